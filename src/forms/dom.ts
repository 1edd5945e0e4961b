/** Makes an element; attributes that are undefined are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/** Several bundles with this script may be on one page. */
const bundle = Math.random().toString(36).slice(2, 8);
let last = 0;

/** An id that no other element of the page has. */
export function freshId(): string {
  return `wasmcell-${bundle}-${++last}`;
}

/** `auto-orient` → `Auto orient`; `webp` → `WebP`, where the docs write it so. */
export function label(name: string, docs = ''): string {
  const words = name.replaceAll('-', ' ');
  const written = new RegExp(`\\b${words}\\b`, 'i').exec(docs)?.[0];
  if (written && /.[A-Z]/.test(written)) {
    return written;
  }
  return words.charAt(0).toUpperCase() + words.slice(1);
}
