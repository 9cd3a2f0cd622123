// The timeline: a plot for losses, and smaller ones below for shares and rates,
// with one cursor and one zoom. Flags stand where findings begin.
/*! uPlot 1.6.32, (c) Leon Sorokin, MIT License: https://github.com/leeoniya/uPlot/blob/1.6.32/LICENSE */
import uPlot from './vendor/uplot/uPlot.esm.js';
import { all, byId, colour, json, make } from './dom';
import { setStep, setZoom, step, watch, zoom } from './cursor';
import { type Curve, type Figures, type Timeline, extend, write } from './data';
import { show } from './findings';

type Plot = { box: HTMLElement; plot: any; axis: string };

const names: Record<string, string> = { loss: 'loss', share: 'share that is right', rate: 'learning rate' };
const heights: Record<string, number> = { loss: 230, share: 130, rate: 90 };

let data: Timeline | null = null;
let ghost: Timeline | null = null; // of an earlier run that this one is held against
let plots: Plot[] = [];
let shape = ''; // of what is plotted: where it changes, plots are made anew

export function timeline(): void {
  const box = byId('plots');
  if (!box) return;
  data = json<Timeline>('series');
  ghost = json<Timeline>('ghost');
  redraw();
  new ResizeObserver(resize).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  document.addEventListener('theme', redraw);
  byId('step')?.addEventListener('input', e => setStep(Number((e.target as HTMLInputElement).value)));
  watch(follow);
}

// last is the last step that is known of, -1 of none.
export const last = (): number => data?.last ?? -1;

// grow adds what a live run recorded since.
export function grow(more: Timeline): void {
  if (!data) data = more; else extend(data, more);
  if (shapeOf() !== shape) { redraw(); return; }
  for (const p of plots) {
    const range = zoom();
    p.plot.setData(columns(p.axis), range === null);
    if (range) p.plot.setScale('x', { min: range[0], max: range[1] });
  }
  slider();
}

function shapeOf(): string {
  return (data?.curves ?? []).map(c => c.name + !!c.min + !!c.smooth).join();
}

// redraw makes all plots anew, as after a change of colours.
export function redraw(): void {
  const box = byId('plots');
  if (!box) return;
  for (const p of plots) p.plot.destroy();
  plots = [];
  box.textContent = '';
  shape = shapeOf();
  const curves = (data?.curves ?? []).concat(ghost?.curves ?? []).filter(c => c.steps.length > 0);
  document.documentElement.classList.toggle('still', curves.length === 0);
  for (const axis of ['loss', 'share', 'rate']) {
    const of = curves.filter(c => c.axis === axis);
    if (of.length && !(axis === 'rate' && of.every(constant))) plots.push(draw(box, axis));
  }
  slider();
  follow();
}

// constant reports whether a curve tells nothing that a word would not.
const constant = (c: Curve): boolean => c.mean.every(v => v === c.mean[0]);

function draw(box: HTMLElement, axis: string): Plot {
  const holder = make('div', 'plot');
  holder.append(make('div', 'name', names[axis] + (logarithmic(axis) ? ', in decades' : '')));
  box.append(holder);
  const p: Plot = { box: holder, axis, plot: null };
  p.plot = new uPlot(options(axis, holder.clientWidth), columns(axis), holder);
  if (zoom()) p.plot.setScale('x', { min: zoom()![0], max: zoom()![1] });
  return p;
}

// logarithmic reports whether a plot is in decades: where its curves span more
// than two of them, and never touch 0.
function logarithmic(axis: string): boolean {
  if (axis === 'share') return false;
  let lo = Infinity, hi = -Infinity;
  for (const c of of(axis)) {
    for (const v of (c.min ?? c.mean)) if (v !== null) lo = Math.min(lo, v);
    for (const v of (c.max ?? c.mean)) if (v !== null) hi = Math.max(hi, v);
  }
  return lo > 0 && hi / lo > 100;
}

const mine = (axis: string): Curve[] => (data?.curves ?? []).filter(c => c.axis === axis);
const ghosts = (axis: string): Curve[] => (ghost?.curves ?? []).filter(c => c.axis === axis);
const of = (axis: string): Curve[] => mine(axis).concat(ghosts(axis));

// lines lists the columns of a curve: its range where it was binned, its
// values, and the smoothed line.
function lines(c: Curve): Figures[] {
  return [...(c.min && c.max ? [c.min, c.max] : []), c.mean, ...(c.smooth ? [c.smooth] : [])];
}

// columns lays all curves of a plot over one row of steps.
function columns(axis: string): any {
  const tables = of(axis).map(c => [c.steps, ...lines(c)]);
  if (tables.length === 0) return [[]];
  return tables.length === 1 ? tables[0] : uPlot.join(tables as any, tables.map(t => t.map(() => 1)) as any);
}

function options(axis: string, width: number): any {
  const series: any[] = [{ label: 'step' }], bands: any[] = [];
  const baselines: { at: number; stroke: string }[] = [];
  for (const [i, c] of of(axis).entries()) {
    const old = i >= mine(axis).length;
    const stroke = strokeOf(c);
    if (c.min && c.max) {
      bands.push({ series: [series.length + 1, series.length], fill: stroke + '33' });
      series.push(quiet(), quiet());
    }
    const faint = c.smooth !== undefined;
    const label = c.name + (old ? ', before' : '');
    series.push(faint ? { ...quiet(), label, hushed: false, stroke: stroke + '66', width: 1, value } : { label, stroke, width: old ? 1.2 : 1.6, dash: old ? [6, 4] : undefined, spanGaps: !c.broken, value });
    if (faint) series.push({ label: label + ', smoothed', stroke, width: old ? 1.2 : 1.8, dash: old ? [6, 4] : undefined, value });
    if (c.baseline !== null && !old) baselines.push({ at: c.baseline, stroke });
  }
  const line = { stroke: colour('dim'), grid: { stroke: colour('grid'), width: 1 }, ticks: { show: false }, font: '12px system-ui, "DejaVu Sans", sans-serif' };
  return {
    width, height: heights[axis],
    legend: { live: true },
    scales: { x: { time: false }, y: { distr: logarithmic(axis) ? 3 : 1, ...(axis === 'share' ? { range: [0, 1] } : {}) } },
    axes: [{ ...line, size: 30 }, { ...line, size: 62, values: (_: unknown, at: number[]) => at.map(write) }],
    cursor: { drag: { x: true, y: false, setScale: false }, sync: { key: 'step', setSeries: false }, points: { size: 6 } },
    series, bands,
    hooks: {
      draw: [(u: any) => { for (const b of baselines) rule(u, b.at, b.stroke); for (const c of mine(axis)) broken(u, c); }, flags],
      setCursor: [(u: any) => { if (u.cursor.event) moved(u); }],
      setSelect: [(u: any) => { if (u.select.width > 4) setZoom([Math.round(u.posToVal(u.select.left, 'x')), Math.round(u.posToVal(u.select.left + u.select.width, 'x'))]); u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false); }],
      ready: [(u: any) => { u.over.addEventListener('dblclick', () => setZoom(null)); unnamed(u); }],
    },
  };
}

const value = (_: unknown, v: number | null): string => write(v) || '–';

// quiet is a line that is drawn by its band alone, or told by another.
const quiet = (): any => ({ label: 'range', hushed: true, stroke: 'transparent', points: { show: false }, value: () => '' });

// unnamed takes lines without a name out of the legend.
function unnamed(u: any): void {
  all<HTMLElement>('.u-legend .u-series', u.root).forEach((row, i) => { if (u.series[i].hushed) row.hidden = true; });
}

function strokeOf(c: Curve): string {
  if (c.axis === 'rate') return colour('use');
  return colour(c.name.startsWith('val') ? 'yours' : 'ink');
}

// rule draws what a constant guess reaches.
function rule(u: any, at: number, stroke: string): void {
  const y = u.valToPos(at, 'y', true);
  if (!(y >= u.bbox.top && y <= u.bbox.top + u.bbox.height)) return;
  const g = u.ctx as CanvasRenderingContext2D;
  g.save();
  g.strokeStyle = stroke; g.lineWidth = devicePixelRatio; g.globalAlpha = .7;
  g.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  g.beginPath(); g.moveTo(u.bbox.left, y); g.lineTo(u.bbox.left + u.bbox.width, y); g.stroke();
  g.restore();
}

// broken marks where a curve stopped being finite.
function broken(u: any, c: Curve): void {
  if (!c.broken) return;
  const x = u.valToPos(c.broken.step, 'x', true);
  if (!(x >= u.bbox.left && x <= u.bbox.left + u.bbox.width)) return;
  const g = u.ctx as CanvasRenderingContext2D, px = devicePixelRatio;
  g.save();
  g.strokeStyle = g.fillStyle = colour('error'); g.lineWidth = 1.6 * px;
  g.beginPath(); g.moveTo(x, u.bbox.top); g.lineTo(x, u.bbox.top + u.bbox.height); g.stroke();
  g.font = `600 ${12 * px}px system-ui, "DejaVu Sans", sans-serif`;
  const right = x < u.bbox.left + u.bbox.width * .8;
  g.textAlign = right ? 'left' : 'right';
  g.fillText(c.broken.what, x + (right ? 5 : -5) * px, u.bbox.top + u.bbox.height - 6 * px);
  g.restore();
}

// flags stand in the first plot where findings begin: a click shows one.
function flags(u: any): void {
  const holder = plots[0]?.box ?? u.root.parentElement;
  if (u.root.parentElement !== holder) return;
  for (const f of all('.flag', holder)) f.remove();
  const rows: number[] = []; // right end of the last flag in each row
  for (const card of all<HTMLElement>('article[data-finding]')) {
    const from = Number(card.dataset.fromStep);
    const x = u.valToPos(from, 'x');
    if (!(from > 0) || !(x >= 0 && x <= u.over.clientWidth)) continue;
    const f = make('button', 'flag ' + card.dataset.severity, card.dataset.name);
    f.type = 'button';
    f.title = `step ${from}`;
    f.addEventListener('click', () => show(card));
    holder.append(f);
    const at = u.over.offsetLeft + x, left = x > u.over.clientWidth - f.offsetWidth;
    f.classList.toggle('left', left);
    const start = left ? at - f.offsetWidth : at;
    let row = rows.findIndex(end => start > end);
    if (row < 0) row = rows.length;
    rows[row] = start + f.offsetWidth + 4;
    f.style.left = at + 'px';
    f.style.top = u.root.offsetTop + 4 + 20 * row + 'px';
  }
}

function moved(u: any): void {
  setStep(u.cursor.left >= 0 ? Math.round(u.posToVal(u.cursor.left, 'x')) : null);
}

// follow brings the plots to the shared step and zoom.
function follow(): void {
  const at = step(), range = zoom();
  for (const p of plots) {
    const x = p.plot.scales.x, to = range ?? [first(), last()];
    if (x.min !== to[0] || x.max !== to[1]) p.plot.setScale('x', { min: to[0], max: to[1] });
  }
  queueMicrotask(point); // a new range holds from then on
  const input = byId<HTMLInputElement>('step'), out = byId('at'), whole = byId('unzoom');
  if (out) out.textContent = at === null ? input?.max ?? '' : String(at);
  if (input && at !== null) input.value = String(at);
  if (whole) whole.hidden = range === null;
}

// point puts the cursors of all plots on the shared step.
function point(): void {
  const at = step();
  if (at === null) return;
  for (const p of plots) {
    const left = p.plot.valToPos(at, 'x');
    if (Math.abs(left - p.plot.cursor.left) > 1) p.plot.setCursor({ left, top: p.plot.cursor.top < 0 ? 10 : p.plot.cursor.top }, false);
  }
}

function first(): number {
  return Math.min(...of('loss').concat(of('share'), of('rate')).map(c => c.steps[0] ?? Infinity), last());
}

function slider(): void {
  const input = byId<HTMLInputElement>('step');
  if (!input) return;
  const end = Math.max(last(), ghost?.last ?? 0, 0);
  const atEnd = step() === null;
  input.max = String(end);
  if (atEnd) input.value = String(end);
}

function resize(): void {
  for (const p of plots) {
    if (p.box.clientWidth > 0 && p.plot.width !== p.box.clientWidth) p.plot.setSize({ width: p.box.clientWidth, height: heights[p.axis] });
  }
}
