// A live page follows its run: the server sends what series have more, and the
// parts of the page that changed. A hidden tab closes its stream.
import { all, byId, say } from './dom';
import { opened } from './actions';
import { apply } from './filter';
import { fresh } from './layers';
import { grow, last } from './timeline';
import { renew } from './strip';
import { mark } from './findings';
import type { Timeline } from './data';

type Fragment = { id: string; v: string; html: string };

const versions = new Map<string, string>();
const lit = new Map<string, string>(); // what each lamp was

let source: EventSource | null = null;
let pending: Timeline[] = [];
let over = false;

export function live(): void {
  if (!document.body.dataset.events) return;
  lamps();
  open();
  document.addEventListener('visibilitychange', () => { if (document.hidden) close(); else if (!over) open(); });
}

function open(): void {
  if (source || document.hidden) return;
  const at = document.body.dataset.events!;
  source = new EventSource(at + (at.includes('?') ? '&' : '?') + 'since=' + last());
  source.addEventListener('open', () => state('live'));
  source.addEventListener('series', e => {
    if (pending.length === 0) requestAnimationFrame(draw);
    pending.push(JSON.parse((e as MessageEvent).data) as Timeline);
  });
  source.addEventListener('fragment', e => replace(JSON.parse((e as MessageEvent).data) as Fragment));
  source.addEventListener('done', () => { over = true; close(); state('finished'); say('the run has ended'); });
  source.addEventListener('error', () => {
    state('reconnecting');
    if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
    close();
    setTimeout(() => { if (!over) open(); }, 2000);
  });
}

function close(): void {
  source?.close();
  source = null;
}

// draw draws all that came since the last frame.
function draw(): void {
  const all = pending;
  pending = [];
  for (const more of all) grow(more);
}

function state(word: string): void {
  const e = byId('live');
  if (e && e.textContent !== word) e.textContent = word;
}

// replace puts in a part of the page anew. The server has escaped it. What is
// unfolded stays so, and who has the focus in it keeps the part as it is.
function replace(f: Fragment): void {
  const part = byId(f.id);
  if (!part || versions.get(f.id) === f.v) return;
  if (part.contains(document.activeElement) && document.activeElement?.matches('input')) return;
  versions.set(f.id, f.v);
  const focus = document.activeElement?.id;
  const was = opened(part);
  part.innerHTML = f.html;
  all<HTMLDetailsElement>('details', part).forEach((d, i) => { if (was[i]) d.open = true; });
  if (focus && part.querySelector('#' + CSS.escape(focus))) byId(focus)?.focus({ preventScroll: true });
  if (f.id === 'layers') { fresh(); renew(); }
  if (f.id === 'lamps') lamps();
  if (f.id === 'findings') { mark(); apply(); }
}

// lamps tells once of each lamp that turns to an error.
function lamps(): void {
  for (const a of all<HTMLElement>('[data-lamp]')) {
    const n = a.dataset.lamp!, now = a.parentElement!.className;
    if (now === 'error' && lit.has(n) && lit.get(n) !== 'error') say(`error: ${a.querySelector('b')?.textContent}`);
    lit.set(n, now);
  }
}
