import type { ViewOptions } from '../bridge/view';
import { h, size } from './dom';
import type { Stage } from './mount';

/** Asks whether a file may be sent to the kernel. A click here is a person's: no script can reach in. */
export function consent({ root, desk, tell }: Stage, { file }: ViewOptions['consent']): void {
  const answer = (allowed: boolean) => async (event: Event) => {
    if (event.isTrusted) {
      box.inert = true;
      if (allowed) {
        await desk.call('allow', [file]);
      }
      tell({ allowed });
    }
  };
  const box = h(
    'div',
    { className: 'question row', role: 'alertdialog', 'aria-label': 'Permission to send a private file' },
    h('span', {}, 'Send ', h('strong', { textContent: file.name }), ` (${size(file.size)}) to the kernel?`),
    h('button', { className: 'primary', textContent: 'Allow', onclick: answer(true) }),
    h('button', { textContent: 'Refuse', onclick: answer(false) })
  );
  root.style.padding = '0';
  root.append(box);
}
