// Takes the pictures of run.html and proof.html in the working directory.
// node screenshots.mjs FOLDER
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { PACKAGES, CHROMIUM } = process.env;
const { chromium } = createRequire(PACKAGES + '/')('playwright-core');
const [folder] = process.argv.slice(2);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-lcd-text'] });

// opened shows a page as somebody sees it who has just opened it.
async function opened(file, height, colorScheme) {
	const page = await browser.newPage({ viewport: { width: 1180, height }, colorScheme });
	await page.goto(pathToFileURL(file).href);
	await page.waitForTimeout(300); // the timeline is drawn after the page
	return page;
}

const run = await opened('run.html', 1330, 'light');
await run.screenshot({ path: `${folder}/run.png` });

// High enough that the bar, which stays in sight, is not above the card.
const proof = await opened('proof.html', 3000, 'dark');
await proof.locator('article.card').first().screenshot({ path: `${folder}/proof.png` });
await browser.close();
