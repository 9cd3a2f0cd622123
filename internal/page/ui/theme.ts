// Dark or light: as the system has it, until one chooses.

const key = 'nnvet-theme';

export function theme(): void {
  try {
    const kept = localStorage.getItem(key);
    if (kept === 'dark' || kept === 'light') document.documentElement.dataset.theme = kept;
  } catch { /* a page without storage, as a file in some browsers */ }
}

export function turn(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try { localStorage.setItem(key, root.dataset.theme); } catch { /* it holds for this page */ }
  document.dispatchEvent(new Event('theme'));
}
