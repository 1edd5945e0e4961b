import type { AboutFile } from '../bridge/files';
import type { ViewOptions } from '../bridge/view';
import { make } from '../ui/dom';
import { size } from '../ui/text';
import type { Stage } from './mount';
import { formatIn } from './types';

/** What the question is, for those who do not see it. */
export const CONSENT = 'Permission to send a private file';

/** How long a person must have had the question before them to say yes, in milliseconds. */
const SEEN = 500;

/**
 * Asks whether a file may be sent to the kernel. A click here is a person's: no script can reach in.
 *
 * Nothing in the question is said by the page or the kernel, which ask: what the file is called, and what it was made
 * of, the vault tells, and all of it; its words are these, and not the page's translations, which could turn them round;
 * and its look is the vault's, as `mount` sees to.
 */
export function consent({ root, desk, tell, complaint }: Stage, { file }: ViewOptions['consent']): void {
  const fail = (error: Error): void => tell({ failed: error.message });
  const ask = async (): Promise<void> => {
    const about = await desk.call<AboutFile>('about', [file]);
    const origins = about.madeOf;
    const format = origins.length > 0 ? await formatIn(await desk.call<Blob>('blob', [file])) : '';
    const facts = `(${[size(about.size), format].filter(Boolean).join(', ')})`;
    const names = named(origins.length > 0 ? origins : [about.name]);
    const answer = (allowed: boolean) => (event: Event) => {
      if (event.isTrusted) {
        box.inert = true;
        (allowed ? desk.call('allow', [file]) : Promise.resolve()).then(() => tell({ allowed }), fail);
      }
    };
    const allow = make('button', { class: 'primary', disabled: true, onclick: answer(true) }, 'Allow');
    const box = make(
      'div',
      { class: 'question row', role: 'alertdialog', 'aria-label': CONSENT },
      // Many names are scrolled through, also by keys; what is asked comes before them.
      origins.length > 1
        ? make('span', { tabindex: 0 }, `Send a result made from ${origins.length} files ${facts} to the kernel? `, ...names)
        : make('span', {}, origins.length > 0 ? 'Send a result made from ' : 'Send ', ...names, ` ${facts} to the kernel?`),
      allow,
      make('button', { onclick: answer(false) }, 'Refuse')
    );
    root.append(box, complaint);
    // A click that was on its way to something else is no answer.
    setTimeout(() => (allow.disabled = false), SEEN);
  };
  root.style.padding = '0';
  ask().catch(fail);
}

/** The names in one line, each by itself: letters that turn the direction of writing end with it. */
function named(names: readonly string[]): (Node | string)[] {
  return names.flatMap((name, at) => [at > 0 ? ', ' : '', make('strong', { dir: 'auto' }, name)]);
}
