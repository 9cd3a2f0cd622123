// The address holds what is looked at, so that a link shows the same:
// #finding-1a2b3c4d;step=117;zoom=40-200
import { byId } from './dom';
import { setStep, setZoom, step, watch, zoom } from './cursor';
import { here, reveal, show } from './findings';

// restore shows what the address asks for, now and when it changes.
export function restore(): void {
  look();
  addEventListener('hashchange', look);
  document.addEventListener('finding', () => note());
  let timer = 0;
  watch(() => { // browsers allow few changes of the address in a while
    clearTimeout(timer);
    timer = setTimeout(() => note(), 400);
  });
}

function look(): void {
  const [id, ...rest] = decodeURIComponent(location.hash.slice(1)).split(';');
  for (const word of rest) {
    const [name, value] = word.split('=');
    const figures = (value ?? '').split('-').map(Number);
    if (!figures.every(Number.isFinite)) continue;
    if (name === 'step') setStep(figures[0]);
    if (name === 'zoom' && figures.length === 2 && figures[0] < figures[1]) setZoom([figures[0], figures[1]]);
  }
  const e = id ? byId(id) : null;
  if (e?.matches('[data-finding]')) { if (e !== here()) show(e); } else if (e) reveal(e);
}

function hash(): string {
  const parts = [here()?.id ?? ''];
  const at = step(), range = zoom();
  if (at !== null) parts.push(`step=${at}`);
  if (range) parts.push(`zoom=${range[0]}-${range[1]}`);
  return parts.length === 1 && !parts[0] ? '' : '#' + parts.join(';');
}

function note(): void {
  try { history.replaceState(null, '', hash() || location.pathname + location.search); } catch { /* a file in some browsers */ }
}

export const address = (): string => location.href.split('#')[0] + hash();
