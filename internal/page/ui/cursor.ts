// What the parts of the page share: the step under the cursor, and the range of
// steps that is shown.

export type Range = [number, number] | null; // null: the whole run

type Watcher = () => void;
const watchers: Watcher[] = [];

let at: number | null = null;
let zoomed: Range = null;

export const step = (): number | null => at;
export const zoom = (): Range => zoomed;

export function setStep(s: number | null): void {
  if (s !== at) { at = s; tell(); }
}

export function setZoom(r: Range): void {
  if (r?.[0] !== zoomed?.[0] || r?.[1] !== zoomed?.[1]) { zoomed = r; tell(); }
}

// watch calls w after every change.
export function watch(w: Watcher): void { watchers.push(w); }

function tell(): void { for (const w of watchers) w(); }
