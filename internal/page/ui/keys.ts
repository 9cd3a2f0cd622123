// One key each for what one does most. Every one of them is a button too, or
// a link.
import { all, byId } from './dom';
import { here, next, reveal, show } from './findings';
import { copy, help } from './actions';

export function keys(): void {
  document.addEventListener('keydown', e => {
    const target = e.target as HTMLElement;
    if (e.ctrlKey || e.metaKey || e.altKey || target.closest('input, textarea, select, dialog[open]')) return;
    if (press(e.key)) e.preventDefault();
  });
}

// press does what a key stands for, and reports whether it stands for anything.
function press(key: string): boolean {
  switch (key) {
    case 'j': next(1); return true;
    case 'k': next(-1); return true;
    case 't': tables(); return true;
    case 'c': copy(here() ? here()!.id + '-agent' : 'agent'); return true;
    case '?': help(); return true;
    case '/': byId('filter')?.focus(); return true;
  }
  return /^[1-9]$/.test(key) && lamp(key);
}

// lamp goes where a lamp points.
function lamp(n: string): boolean {
  const to = document.querySelector<HTMLAnchorElement>(`[data-lamp="${n}"]`)?.hash.slice(1);
  const e = to ? byId(to) : null;
  if (!e) return false;
  if (e.matches('[data-finding]')) show(e); else reveal(e);
  return true;
}

// tables opens the tables of the finding that is looked at, or of all, or closes them.
function tables(): void {
  const list = all<HTMLDetailsElement>('details.figures', here() ?? document);
  const open = !list.every(d => d.open);
  for (const d of list) d.open = open;
}
