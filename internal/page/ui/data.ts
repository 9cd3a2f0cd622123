// The columns of the timeline, as package page writes them.

export type Figures = (number | null)[];

export type Curve = {
  name: string;
  axis: 'loss' | 'share' | 'rate';
  baseline: number | null;
  steps: number[];
  mean: Figures;
  min?: Figures;
  max?: Figures;
  smooth?: Figures;
  broken?: { step: number; what: string };
};

export type Timeline = { last: number; curves: Curve[] };

// Past so many points neighbours are merged, so that a page that is open for
// days stays as quick as one that was just opened.
const most = 6000;

// extend appends what came after the last step of a timeline.
export function extend(t: Timeline, more: Timeline): void {
  for (const c of more.curves) {
    const mine = t.curves.find(x => x.name === c.name);
    if (!mine) { t.curves.push(c); continue; }
    append(mine, c);
    mine.broken ??= c.broken;
    while (mine.steps.length > most) halve(mine);
  }
  t.last = Math.max(t.last, more.last);
}

function append(to: Curve, c: Curve): void {
  const from = after(c.steps, to.steps.at(-1));
  if (c.min && !to.min) { to.min = [...to.mean]; to.max = [...to.mean]; }
  for (let i = from; i < c.steps.length; i++) {
    to.steps.push(c.steps[i]);
    to.mean.push(c.mean[i]);
    to.min?.push(c.min ? c.min[i] : c.mean[i]);
    to.max?.push(c.max ? c.max[i] : c.mean[i]);
  }
  if (c.smooth) {
    to.smooth ??= [...to.mean.slice(0, to.steps.length - (c.steps.length - from))];
    to.smooth.push(...c.smooth.slice(from));
  } else if (to.smooth) {
    to.smooth.push(...c.mean.slice(from));
  }
}

// after returns the index of the first step past one.
function after(steps: number[], last: number | undefined): number {
  if (last === undefined) return 0;
  const i = steps.findIndex(s => s > last);
  return i < 0 ? steps.length : i;
}

// halve merges every two points into one. One that is not finite makes both so.
function halve(c: Curve): void {
  const pairs = (xs: Figures, f: (a: number, b: number) => number): Figures => {
    const out: Figures = [];
    for (let i = 0; i < xs.length; i += 2) {
      const a = xs[i], b = i + 1 < xs.length ? xs[i + 1] : a;
      out.push(a === null || b === null ? null : f(a, b));
    }
    return out;
  };
  c.min = pairs(c.min ?? c.mean, Math.min);
  c.max = pairs(c.max ?? c.mean, Math.max);
  c.mean = pairs(c.mean, (a, b) => (a + b) / 2);
  if (c.smooth) c.smooth = pairs(c.smooth, (_, b) => b);
  c.steps = c.steps.filter((_, i) => i % 2 === 0);
}

// write writes a figure in three digits.
export function write(v: number | null | undefined): string {
  if (v === null || v === undefined) return '';
  const a = Math.abs(v);
  if (a !== 0 && (a < 1e-3 || a >= 1e5)) return v.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  return String(Number(v.toPrecision(3)));
}
