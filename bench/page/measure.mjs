// Measures the page in a real browser, which tools/browser.sh installs.
//
//   go build -o /tmp/pagebench/page ./bench/page
//   BIN=/tmp/pagebench PACKAGES=$(tools/browser.sh) CHROMIUM=$(command -v chromium) node bench/page/measure.mjs
import { readFileSync } from 'node:fs';
import { grow, launch, tab } from '../../internal/page/browser/nnvet.mjs';

const ROUNDS = 3, SECONDS = 10;
const median = xs => xs.toSorted((a, b) => a - b)[xs.length >> 1];
const spread = xs => `${median(xs).toFixed(1)} (${Math.min(...xs).toFixed(1)} to ${Math.max(...xs).toFixed(1)})`;

// cpu returns the seconds of processor time that a process has taken.
function cpu(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

// painted returns when the page first showed something, and when its script was
// done, in ms since the browser asked for it.
const painted = page => page.evaluate(async () => {
	await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
	const [nav] = performance.getEntriesByType('navigation');
	return { paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, loaded: nav.loadEventEnd, drawn: performance.now() };
});

async function open(args) {
	const server = await grow(...args);
	const t = await tab(browser);
	await t.page.goto(server.address);
	return { server, ...t, times: await painted(t.page) };
}

const browser = await launch();
const rows = { paint: [], drawn: [], fps: [], longest: [], came: [], server: [], wide: [] };
for (let i = 0; i < ROUNDS; i++) {
	const live = await open([]);
	rows.paint.push(live.times.paint);
	rows.drawn.push(live.times.drawn);
	const before = cpu(live.server.process.pid);
	const { fps, longest, came } = await live.page.evaluate(seconds => new Promise(done => {
		const step = () => Number(document.getElementById('step').max);
		let frames = 0, longest = 0;
		new PerformanceObserver(list => { for (const e of list.getEntries()) longest = Math.max(longest, e.duration); }).observe({ type: 'longtask' });
		const began = performance.now(), from = step();
		requestAnimationFrame(function count(now) {
			frames++;
			if (now - began < seconds * 1000) requestAnimationFrame(count);
			else done({ fps: frames / (now - began) * 1000, longest, came: (step() - from) / (now - began) * 1000 });
		});
	}), SECONDS);
	rows.fps.push(fps); rows.longest.push(longest); rows.came.push(came);
	rows.server.push(100 * (cpu(live.server.process.pid) - before) / SECONDS);
	await live.close();
	await live.server.end();
	const wide = await open(['-rate', '0', '-layers', '200', '-findings', '100', '-points', '2000']);
	rows.wide.push(wide.times.drawn);
	await wide.close();
	await wide.server.end();
}
const version = browser.version();
await browser.close();
console.log(`Chromium ${version}, Node ${process.versions.node}, ${ROUNDS} rounds; median (least to greatest)`);
for (const [what, xs] of [
	['first paint with 20,000 points, ms', rows.paint], ['all of it drawn, ms', rows.drawn],
	['frames a second while 1,000 points a second come', rows.fps], ['points a second that are drawn', rows.came],
	['longest task while they come, ms (0: none over 50)', rows.longest], ['the server, % of a core', rows.server],
	['200 layers and 100 findings drawn, ms', rows.wide],
]) console.log(`| ${what} | ${spread(xs)} |`);
