// The table of layers follows the cursor: it shows the figures of its step.
import { all, byId, json } from './dom';
import { step, watch } from './cursor';
import { write } from './data';

type Cell = number | string | null; // a word of what is not finite, null of what was not recorded
type History = { steps: number[]; rows: (Cell[] | null)[][]; bands: [number, number, number, number][] };

let history: History | null = null;
let own = ''; // what is said of the step that the page was made with
let drawn = -1;

export function layers(): void {
  fresh();
  watch(follow);
}

// fresh reads the figures again after the table was replaced.
export function fresh(): void {
  history = json<History>('history');
  own = byId('layers-at')?.textContent ?? '';
  drawn = -1;
  follow();
}

function follow(): void {
  const at = step();
  if (!history || history.steps.length === 0 || at === null) return;
  let i = history.steps.findIndex(s => s > at) - 1;
  if (i === -2) i = history.steps.length - 1;
  i = Math.max(i, 0);
  if (i === drawn) return;
  drawn = i;
  const note = byId('layers-at');
  if (note) note.textContent = `at step ${history.steps[i]}, the last look at or before the cursor; ` + own.split('; ').slice(1).join('; ');
  all<HTMLTableRowElement>('.layers tbody tr').forEach((row, n) => fill(row, history!.rows[n] ?? [], i));
}

// fill writes a row: two figures with an axis each, and two without.
function fill(row: HTMLTableRowElement, figures: (Cell[] | null)[], i: number): void {
  const cells = row.cells;
  for (const [k, text, axis] of [[0, 2, 3], [1, 4, 5]]) {
    const v = figures[k]?.[i] ?? null;
    const [lo, hi, from, to] = history!.bands[k];
    const out = v !== null && !(typeof v === 'number' && v >= from && v <= to);
    cells[text].textContent = told(v);
    cells[text].classList.toggle('out', out);
    const dot = cells[axis].querySelector('circle');
    if (!dot) continue;
    const placed = typeof v === 'number' && v > 0;
    dot.style.visibility = placed ? '' : 'hidden';
    if (!placed) continue;
    const share = Math.min(Math.max(Math.log((v as number) / lo) / Math.log(hi / lo), 0), 1);
    dot.setAttribute('cx', String(4 + 88 * share)); // as package page places it
    dot.setAttribute('class', out ? 'out' : 'in');
  }
  cells[6].textContent = told(figures[2]?.[i] ?? null);
  const dead = figures[3]?.[i] ?? null;
  cells[7].textContent = typeof dead === 'number' ? (100 * dead).toFixed(1) + ' %' : told(dead);
}

const told = (v: Cell): string => typeof v === 'string' ? v : write(v);
