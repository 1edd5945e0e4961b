import type { FileRef } from '../bridge/values';
import type { ViewOptions } from '../bridge/view';
import { h, size } from './dom';
import type { Stage } from './mount';

/** How long a person must have had the question before them to say yes, in milliseconds. */
const SEEN = 500;

/**
 * Asks whether a file may be sent to the kernel. A click here is a person's: no script can reach in. What the file is
 * called the vault tells, and not who asks.
 */
export function consent({ root, desk, tell }: Stage, { file }: ViewOptions['consent']): void {
  const fail = (error: Error): void => tell({ failed: error.message });
  const ask = (about: FileRef): void => {
    const answer = (allowed: boolean) => (event: Event) => {
      if (event.isTrusted) {
        box.inert = true;
        (allowed ? desk.call('allow', [file]) : Promise.resolve()).then(() => tell({ allowed }), fail);
      }
    };
    const allow = h('button', { className: 'primary', textContent: 'Allow', disabled: true, onclick: answer(true) });
    const box = h(
      'div',
      { className: 'question row', role: 'alertdialog', 'aria-label': 'Permission to send a private file' },
      h('span', {}, 'Send ', h('strong', { textContent: about.name }), ` (${size(about.size)}) to the kernel?`),
      allow,
      h('button', { textContent: 'Refuse', onclick: answer(false) })
    );
    root.append(box);
    whenSeen(allow, seen => (allow.disabled = !seen));
  };
  root.style.padding = '0';
  desk.call<FileRef>('about', [file]).then(ask, fail);
}

/**
 * Tells when something has been before the person for a while, neither covered nor made transparent by the page around
 * (so far as the browser knows), and when it no longer is.
 */
function whenSeen(element: Element, tell: (seen: boolean) => void): void {
  let timer = 0;
  const look = ([entry]: (IntersectionObserverEntry & { readonly isVisible?: boolean })[]): void => {
    clearTimeout(timer);
    tell(false);
    if (entry!.isVisible ?? entry!.isIntersecting) {
      timer = window.setTimeout(() => tell(true), SEEN);
    }
  };
  // TypeScript does not know of the second version, which browsers of Chromium's kin have.
  const options = { threshold: 1, trackVisibility: true, delay: 100 };
  new IntersectionObserver(look, options).observe(element);
}
