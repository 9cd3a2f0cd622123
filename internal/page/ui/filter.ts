// The filter hides the findings that do not hold all of its words.
import { all, byId } from './dom';

export function filter(): void {
  byId('filter')?.addEventListener('input', apply);
}

export function apply(): void {
  const words = (byId<HTMLInputElement>('filter')?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const list = all<HTMLElement>('[data-finding]');
  let shown = 0;
  for (const card of list) {
    const text = (card.textContent ?? '').toLowerCase();
    card.hidden = !words.every(w => text.includes(w));
    if (!card.hidden) shown++;
  }
  const note = byId('filtered');
  if (note) note.textContent = words.length ? `${shown} of ${list.length}` : '';
}
