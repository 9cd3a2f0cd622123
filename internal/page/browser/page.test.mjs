// What the page must do in a real browser. The pictures that it is compared to
// are in golden/; NNVET_UPDATE=1 rewrites them.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { golden, grow, launch, open, packages, tab, until } from './nnvet.mjs';

const { BIN, NNVET_UPDATE } = process.env;
const store = `${BIN}/.nnvet/runs`;
const meta = id => JSON.parse(readFileSync(`${store}/${id}/meta.json`, 'utf8'));
const named = word => readdirSync(store).find(id => meta(id).command.join(' ').includes(word));
const broken = named('wine_raw'), healthy = named('healthy');

let browser, served;
before(async () => {
	served = await open();
	browser = await launch();
});
after(async () => { await browser?.close(); await served?.stop(); });

// start notes a server that ends with the test, also with one that fails.
const started = [];
const start = async server => { started.push(await server); return server; };
afterEach(() => Promise.all(started.splice(0).map(s => s.stop('SIGKILL'))));

// visit opens an address of a server with its key, as a person does first.
async function visit(options, path = '/', server = served) {
	const t = await tab(browser, options);
	await t.page.goto(server.origin + path + new URL(server.address).search);
	return t;
}

const pages = () => ({ list: '/', 'broken run': `/run/${broken}`, 'healthy run': `/run/${healthy}`, comparison: `/compare/${broken}/${healthy}` });

test('no error on the console, and no request beyond the page', async () => {
	for (const [name, path] of Object.entries(pages())) {
		const t = await visit({}, path);
		await t.page.waitForLoadState('networkidle');
		assert.deepEqual(t.seen.errors, [], name);
		const other = t.seen.requests.filter(u => !u.startsWith(served.origin + '/') && !u.startsWith('data:'));
		assert.deepEqual(other, [], name);
		assert.ok(!t.page.url().includes('k='), `${name}: the key stays in the address ${t.page.url()}`);
		assert.equal(await t.page.evaluate(() => document.cookie), '', `${name}: scripts see the cookie`);
		await t.close();
	}
});

test('a report is a file that asks for nothing', async () => {
	const t = await tab(browser);
	await t.page.goto(`file://${store}/${broken}/report.html`);
	await t.page.waitForLoadState('networkidle');
	assert.deepEqual(t.seen.errors, []);
	assert.equal(t.seen.requests.length, 1);
	assert.ok(await t.page.locator('#plots canvas').count() > 0, 'no timeline is drawn');
	await t.close();
});

test('works without scripts', async () => {
	const t = await visit({ javaScriptEnabled: false });
	assert.ok(!t.page.url().includes('k='), 'the key stays in the address');
	await t.page.click(`a[href="/run/${broken}"]`);
	assert.match(await t.page.locator('h1').innerText(), /normalized/);
	assert.equal(await t.page.locator('#lamps li').count(), 11);
	assert.ok(await t.page.locator('#still svg').isVisible(), 'no timeline as a picture');
	await t.page.click('#lamps li.error a');
	assert.ok(await t.page.locator('article[data-finding]').first().isVisible());
	assert.equal(await t.page.locator('.scripted').filter({ visible: true }).count(), 0, 'buttons that do nothing are shown');
	await t.page.goBack();
	await t.close();
});

test('keys', async () => {
	const t = await visit({}, `/run/${broken}`);
	const here = () => t.page.evaluate(() => document.querySelector('[data-finding].here')?.id ?? '');
	await t.page.keyboard.press('j');
	const first = await here();
	assert.notEqual(first, '', 'j goes to no finding');
	await t.page.keyboard.press('j');
	const second = await here();
	await t.page.keyboard.press('k');
	assert.equal(await here(), first, 'k does not go back');
	assert.notEqual(second, '', 'j leaves the findings');
	assert.ok(t.page.url().includes('#' + first) || (await until('the address holds the finding', () => t.page.url().includes(first)), true));
	await t.page.keyboard.press('t');
	assert.ok(await t.page.locator(`#${first} details.figures[open]`).count() > 0, 't opens no table');
	await t.page.keyboard.press('/');
	assert.equal(await t.page.evaluate(() => document.activeElement.id), 'filter');
	await t.page.keyboard.type('zzzz');
	assert.equal(await t.page.locator('[data-finding]').filter({ visible: true }).count(), 0, 'the filter leaves findings');
	await t.page.locator('#filter').fill('');
	await t.page.evaluate(() => document.activeElement.blur());
	await t.page.keyboard.press('?');
	assert.ok(await t.page.locator('dialog#help').isVisible());
	await t.page.keyboard.press('Escape');
	assert.ok(!await t.page.locator('dialog#help').isVisible());
	await t.page.keyboard.press('1');
	assert.equal(await here(), first, 'lamp 1 does not lead to its finding');
	assert.deepEqual(t.seen.errors, []);
	await t.close();
});

test('a link shows the same view', async () => {
	const t = await visit({}, `/run/${broken}`);
	await t.page.goto(served.origin + `/run/${broken}#;step=40;zoom=10-90`);
	await t.page.reload();
	assert.equal(await t.page.locator('#at').innerText(), '40');
	assert.ok(await t.page.locator('#unzoom').isVisible(), 'the zoom is not kept');
	await t.close();
});

// A run that goes on: the trace of another one, a part at a time.
function goingOn(id, from) {
	mkdirSync(`${store}/${id}`);
	const trace = readdirSync(`${store}/${from}`).find(f => f.endsWith('.jsonl'));
	const lines = readFileSync(`${store}/${from}/${trace}`, 'utf8').split(/(?<=\n)/);
	const { ended, exit, ...begun } = meta(from);
	const put = more => writeFileSync(`${store}/${id}/meta.json`, JSON.stringify({ ...begun, id, started: new Date(), ...more }));
	put({});
	let at = 0;
	return {
		write(share) {
			const to = Math.round(share * lines.length);
			appendFileSync(`${store}/${id}/${trace}`, lines.slice(at, to).join(''));
			at = to;
		},
		end() { put({ ended: new Date(), exit: 0 }); },
	};
}

const free = () => new Promise(done => {
	const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); });
});

test('a live page reconnects after its server was killed', async () => {
	const run = goingOn('aa0001', broken);
	run.write(0.55);
	const port = String(await free());
	let server = await start(open('--port', port, 'aa0001'));
	const t = await visit({}, '/', server);
	const last = () => t.page.evaluate(() => Number(document.getElementById('step').max));
	const state = word => until(`the page says ${word}`, async () => (await t.page.locator('#live').allInnerTexts()).join() === word, 15000);
	await state('live');
	await until('figures come', async () => await last() > 0);
	const before = await last();
	run.write(0.72);
	await until('newer figures come', async () => await last() > before);
	await server.stop('SIGKILL');
	await state('reconnecting');
	const killed = await last();
	run.write(0.92);
	server = await start(open('--port', port, 'aa0001'));
	await state('live');
	await until('what was missed comes', async () => await last() > killed);
	run.write(1);
	run.end();
	await until('the page ends', async () => (await t.page.locator('#said').innerText()) === 'the run has ended' || (await t.page.locator('#live').count()) === 0 || (await t.page.locator('#live').innerText()) === 'finished', 15000);
	await until('the verdict is the whole run\'s', async () => (await t.page.locator('h1').innerText()).includes('normalized'));
	const errors = t.seen.errors.filter(e => !e.includes('ERR_CONNECTION') && !e.includes('ERR_INCOMPLETE_CHUNKED_ENCODING') && !e.includes('ERR_EMPTY_RESPONSE'));
	assert.deepEqual(errors, []); // that the server was gone, the browser says itself
	await t.close();
	await server.stop();
	rmSync(`${store}/aa0001`, { recursive: true });
});

test('20,000 points that grow by 1,000 a second', async () => {
	const server = await start(grow());
	const t = await visit({}, '/', server);
	const last = () => t.page.evaluate(() => Number(document.getElementById('step').max));
	await until('the timeline is there', async () => await last() >= 20000);
	const from = await last(), seconds = 3;
	const fps = await t.page.evaluate(seconds => new Promise(done => {
		let frames = 0;
		const began = performance.now();
		requestAnimationFrame(function count(now) {
			frames++;
			if (now - began < seconds * 1000) requestAnimationFrame(count); else done(frames / (now - began) * 1000);
		});
	}), seconds);
	const grown = await last() - from;
	console.log(`said: ${fps.toFixed(0)} frames a second while ${grown} points came in ${seconds} s`);
	// Half of what comes must be drawn in time also on a machine that does other
	// things; what it reaches alone is measured in bench/page.
	assert.ok(grown >= 500 * seconds, `only ${grown} points in ${seconds} s`);
	assert.ok(fps >= 10, `only ${fps.toFixed(1)} frames a second`);
	assert.deepEqual(t.seen.errors, []);

	// A hidden tab closes its stream, and one that is shown again catches up.
	const streams = t.seen.requests.filter(u => u.includes('/events/')).length;
	assert.equal(streams, 1);
	const hide = hidden => t.page.evaluate(hidden => {
		Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
		document.dispatchEvent(new Event('visibilitychange'));
	}, hidden);
	await hide(true);
	await t.page.waitForTimeout(300);
	const asleep = await last();
	await t.page.waitForTimeout(700);
	assert.equal(await last(), asleep, 'a hidden tab still gets figures');
	await hide(false);
	await until('the tab catches up', async () => await last() > asleep + 500);
	await server.end();
	await until('the page says that the run ended', async () => (await t.page.locator('#live').allInnerTexts()).join() !== 'live');
	await t.close();
});

const axe = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');
const modes = {
	light: { of: ['list', 'broken run', 'healthy run', 'comparison'] },
	dark: { of: ['list', 'broken run'], colorScheme: 'dark' },
	phone: { of: ['list', 'broken run', 'comparison'], viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
for (const [mode, { of, ...options }] of Object.entries(modes)) {
	test(`accessible: ${mode}`, async () => {
		for (const name of of) {
			const t = await visit({ ...options, bypassCSP: true }, pages()[name]); // for axe, not for the page
			await t.page.evaluate(axe);
			const { violations, passes } = await t.page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
			const said = violations.map(v => `${v.id}: ${v.nodes.length} x ${v.help}: ${v.nodes[0].target} ${v.nodes[0].failureSummary ?? ''}`);
			assert.deepEqual(said, [], name);
			assert.ok(passes.length > 10, `${name}: axe looked at nothing`);
			const over = await t.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(over <= 0, `${name}: ${over} px too wide`);
			await t.close();
		}
	});
}

// share is the tolerance of the comparison: what part of the pixels may differ by
// more than a tenth of the contrast. Other builds of Chromium round the edges of
// letters otherwise; a line that moves by two pixels changes ten times as much.
const share = 0.002;

test('pictures, pixel by pixel', async t => {
	const { default: pixelmatch } = await import(packages.resolve('pixelmatch'));
	const { PNG } = packages('pngjs');
	const view = await visit({}, `/run/${broken}`);
	const has = await view.page.evaluate(() => {
		const c = document.createElement('canvas').getContext('2d');
		const width = f => { c.font = `20px ${f}`; return c.measureText('Iil1 mW').width; };
		return width('"DejaVu Sans", monospace') !== width('monospace') && width('"DejaVu Sans", serif') !== width('serif');
	});
	if (!has) { await view.close(); return t.skip('the font DejaVu Sans is not here'); }
	const css = await view.page.evaluate(() => document.getElementById('pictures').textContent);
	await view.close();
	for (const scheme of ['light', 'dark']) {
		const { page, close } = await tab(browser, { colorScheme: scheme, viewport: { width: 760, height: 600 } });
		for (const name of ['feature-scale', 'confusion', 'loss-gap', 'gradient-heat', 'update-ratio', 'timeline']) {
			const svg = readFileSync(new URL(`../../report/picture/testdata/golden/${name}.svg`, import.meta.url), 'utf8');
			await page.setContent(`<style>body{margin:0;background:Canvas;color-scheme:${scheme}}div{width:fit-content}svg{width:720px}${css} svg text{font-family:"DejaVu Sans"!important}</style><div>${svg}</div>`);
			const shot = await page.locator('div').screenshot({ animations: 'disabled' });
			const file = `${golden}${name}-${scheme}.png`;
			if (NNVET_UPDATE) { mkdirSync(golden, { recursive: true }); writeFileSync(file, shot); continue; }
			const got = PNG.sync.read(shot), want = PNG.sync.read(readFileSync(file));
			assert.deepEqual([got.width, got.height], [want.width, want.height], `${name}, ${scheme}: another size`);
			const n = pixelmatch(got.data, want.data, null, got.width, got.height, { threshold: 0.1 });
			assert.ok(n <= share * got.width * got.height, `${name}, ${scheme}: ${n} pixels differ; NNVET_UPDATE=1 rewrites them`);
		}
		await close();
	}
});

test('a finding is dismissed with a reason', async () => {
	const t = await visit({}, `/run/${broken}`);
	const form = t.page.locator('form.dismiss').first();
	await form.locator('summary').click();
	await form.locator('[name=reason]').fill('a "laboratory" wants it so');
	await form.locator('button').click();
	await until('the page shows it', async () => (await t.page.locator('#findings').innerText()).includes('laboratory'));
	assert.match(readFileSync(`${BIN}/nnvet.toml`, 'utf8'), /\[\[ignore\]\]\nfingerprint = .*\nreason = 'a "laboratory" wants it so'\n/);
	assert.deepEqual(t.seen.errors, []);
	await t.close();
	rmSync(`${BIN}/nnvet.toml`);
});
