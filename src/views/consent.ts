import type { FileRef } from '../bridge/values';
import type { ViewOptions } from '../bridge/view';
import { make } from '../ui/dom';
import { size } from '../ui/text';
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
    const allow = make('button', { class: 'primary', disabled: true, onclick: answer(true) }, 'Allow');
    const box = make(
      'div',
      { class: 'question row', role: 'alertdialog', 'aria-label': 'Permission to send a private file' },
      make('span', {}, 'Send ', make('strong', {}, about.name), ` (${size(about.size)}) to the kernel?`),
      allow,
      make('button', { onclick: answer(false) }, 'Refuse')
    );
    root.append(box);
    // A click that was on its way to something else is no answer.
    setTimeout(() => (allow.disabled = false), SEEN);
  };
  root.style.padding = '0';
  desk.call<FileRef>('about', [file]).then(ask, fail);
}
