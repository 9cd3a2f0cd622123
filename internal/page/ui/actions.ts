// What the buttons do.
import { all, byId, say } from './dom';
import { setZoom } from './cursor';
import { address } from './link';
import { turn } from './theme';

export function actions(): void {
  document.addEventListener('click', e => {
    const b = (e.target as Element).closest<HTMLButtonElement>('button[data-do]');
    if (b) act(b);
  });
}

function act(b: HTMLButtonElement): void {
  switch (b.dataset.do) {
    case 'copy': copy(b.dataset.from!); break;
    case 'share': put(address(), 'link copied'); break;
    case 'theme': turn(); break;
    case 'help': help(); break;
    case 'unzoom': setZoom(null); break;
    case 'save': save('diagnosis.json', 'application/json', JSON.stringify(JSON.parse(byId('diagnosis')?.textContent ?? '{}'), null, 2)); break;
    case 'svg': drawing(b); break;
  }
}

// copy puts the text of an element on the clipboard.
export function copy(id: string): void {
  const text = byId(id)?.textContent;
  if (text) put(text, 'copied');
}

async function put(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch { // no clipboard where the page is a file in some browsers
    say(byHand(text) ? done : 'this browser lets no page copy');
  }
}

// byHand copies the old way.
function byHand(text: string): boolean {
  const box = document.createElement('textarea');
  box.value = text;
  document.body.append(box);
  box.select();
  const ok = document.execCommand('copy');
  box.remove();
  return ok;
}

export function help(): void { byId<HTMLDialogElement>('help')?.showModal(); }

// drawing saves a picture with its colours, so that it stands alone.
function drawing(b: HTMLButtonElement): void {
  const svg = b.closest('figure')?.querySelector('svg');
  if (!svg) return;
  const copy = svg.cloneNode(true) as SVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = byId('pictures')!.textContent + '.pic{background:var(--pic-ground)}';
  copy.prepend(style);
  save(b.dataset.name + '.svg', 'image/svg+xml', new XMLSerializer().serializeToString(copy));
}

function save(name: string, kind: string, text: string): void {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([text], { type: kind }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

// opened lists the folded parts that are open, by their order within a part of
// the page, so that they stay open when it is replaced.
export const opened = (part: HTMLElement): boolean[] => all<HTMLDetailsElement>('details', part).map(d => d.open);
