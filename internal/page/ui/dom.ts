// Short ways to what is on the page.

export const byId = <T extends HTMLElement>(id: string): T | null => document.getElementById(id) as T | null;

export const all = <T extends Element>(selector: string, within: ParentNode = document): T[] => [...within.querySelectorAll<T>(selector)];

// json reads an element that holds data; null where there is none.
export function json<T>(id: string): T | null {
  const text = byId(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}

// make makes an element. Its text is text: nothing in it is read as markup.
export function make<K extends keyof HTMLElementTagNameMap>(name: K, cls = '', text = ''): HTMLElementTagNameMap[K] {
  const e = document.createElement(name);
  e.className = cls;
  e.textContent = text;
  return e;
}

// say tells what was done, also to who cannot see it.
export function say(text: string): void {
  const e = byId('said');
  if (!e) return;
  e.textContent = text;
  setTimeout(() => { if (e.textContent === text) e.textContent = ''; }, 3000);
}

export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
