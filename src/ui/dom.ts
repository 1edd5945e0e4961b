/** What an element is given: attributes, and under names such as `onclick` what hears its events. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

/** Makes an element; attributes that are undefined or false are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name.replace(/^on/, ''), value);
    } else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
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
