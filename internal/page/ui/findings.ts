// The findings of the page, and the one that is looked at.
import { all } from './dom';

export const cards = (): HTMLElement[] => all<HTMLElement>('[data-finding]').filter(c => !c.hidden);

let current = ''; // id

export const here = (): HTMLElement | null => current ? document.getElementById(current) : null;

// show goes to a finding, and opens what it is folded into.
export function show(card: HTMLElement): void {
  here()?.classList.remove('here');
  current = card.id;
  card.classList.add('here');
  reveal(card);
  if (card.tabIndex === -1) card.focus({ preventScroll: true });
  document.dispatchEvent(new Event('finding'));
}

// mark marks the finding again after the page was replaced below it.
export function mark(): void { here()?.classList.add('here'); }

export function reveal(e: HTMLElement): void {
  for (let d: HTMLElement | null = e; d; d = d.parentElement) if (d instanceof HTMLDetailsElement) d.open = true;
  e.scrollIntoView({ block: 'start' });
}

export function next(by: number): void {
  const list = cards();
  if (list.length === 0) return;
  const i = list.findIndex(c => c.id === current);
  show(list[i < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(i + by, 0), list.length - 1)]);
}
