// Starts what is tested, and a browser to look at it with.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const { PACKAGES, BIN, CHROMIUM } = process.env;
export const packages = createRequire(PACKAGES + '/');
export const golden = fileURLToPath(new URL('golden/', import.meta.url));
const { chromium } = packages('playwright-core');

// A started program that serves a page prints its address first.
export class Served {
	static async start(name, ...args) {
		const s = new Served();
		s.process = spawn(`${BIN}/${name}`, args, { cwd: BIN, stdio: ['pipe', 'pipe', 'inherit'] });
		for await (const line of createInterface(s.process.stdout)) {
			s.address = line;
			return s;
		}
		throw new Error(`${name} ${args.join(' ')} printed no address`);
	}
	get origin() { return new URL(this.address).origin; }
	async stop(signal) {
		if (this.process.exitCode !== null || this.process.signalCode !== null) return;
		const ended = once(this.process, 'exit');
		this.process.kill(signal);
		await ended;
	}
	// end closes the input, at which the made-up training ends.
	async end() {
		const ended = once(this.process, 'exit');
		this.process.stdin.end();
		await ended;
	}
}

export const open = (...args) => Served.start('nnvet', 'open', '--no-browser', '--dir', `${BIN}/.nnvet`, ...args);
export const grow = (...args) => Served.start('page', ...args);

export const launch = () => chromium.launch({
	executablePath: CHROMIUM,
	args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'],
});

// A tab notes what must not happen: errors on the console, and requests to
// anything but the server.
export async function tab(browser, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1180, height: 900 }, colorScheme: 'light', ...options });
	const page = await context.newPage();
	const seen = { errors: [], requests: [] };
	page.on('console', m => { if (['error', 'warning'].includes(m.type())) seen.errors.push(m.text()); });
	page.on('pageerror', e => seen.errors.push(String(e)));
	page.on('request', r => seen.requests.push(r.url()));
	return { page, seen, close: () => context.close() };
}

// until waits for something to be so.
export async function until(what, so, within = 10000) {
	for (const end = Date.now() + within; ;) {
		if (await so()) return;
		if (Date.now() > end) throw new Error(`not within ${within / 1000} s: ${what}`);
		await new Promise(r => setTimeout(r, 50));
	}
}
