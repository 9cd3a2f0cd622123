// The strip of layers over steps takes part in the cursor: a line in it stands
// at the shared step, and pointing at it sets that. Where a step lies is read
// off two ticks of its axis, so it holds however the picture is laid out.
import { byId } from './dom';
import { setStep, step, watch } from './cursor';

type Axis = { x0: number; at0: number; perStep: number; top: number; bottom: number };

let axis: Axis | null = null;
let line: SVGLineElement | null = null;

export function strip(): void {
  renew();
  watch(follow);
}

// renew finds the strip again after its part of the page was replaced.
export function renew(): void {
  const svg = byId('strip-figure')?.querySelector('svg');
  axis = svg ? axisOf(svg) : null;
  line = null;
  if (!svg || !axis) return;
  line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  line.setAttribute('class', 'cursor-line');
  line.setAttribute('y1', String(axis.top));
  line.setAttribute('y2', String(axis.bottom));
  svg.append(line);
  svg.addEventListener('pointermove', e => {
    const m = svg.getScreenCTM();
    if (m && axis) setStep(Math.max(0, Math.round(axis.at0 + (new DOMPoint(e.clientX, e.clientY).matrixTransform(m.inverse()).x - axis.x0) / axis.perStep)));
  });
  follow();
}

function axisOf(svg: SVGSVGElement): Axis | null {
  const ticks = [...svg.querySelectorAll<SVGTextElement>('text.tick')]
    .map(t => ({ x: Number(t.getAttribute('x')), y: Number(t.getAttribute('y')), at: Number(t.textContent) }))
    .filter(t => Number.isFinite(t.at));
  const a = ticks[0], b = ticks.at(-1);
  if (!a || !b || a.at === b.at || a.y !== b.y) return null;
  return { x0: a.x, at0: a.at, perStep: (b.x - a.x) / (b.at - a.at), top: 20, bottom: a.y - 12 };
}

function follow(): void {
  const at = step();
  if (!line || !axis) return;
  line.style.visibility = at === null ? 'hidden' : '';
  if (at === null) return;
  const x = String(axis.x0 + (at - axis.at0) * axis.perStep);
  line.setAttribute('x1', x);
  line.setAttribute('x2', x);
}
