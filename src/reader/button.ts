import { make } from '../ui/dom';

/** A button with a picture or a short text on it; what it does is said by its label. */
export function button(label: string, content: Node | string, click: () => void): HTMLButtonElement {
  const made = make('button', { type: 'button', class: 'wasmcell-button', 'aria-label': label, title: label }, content);
  made.addEventListener('click', click);
  return made;
}
