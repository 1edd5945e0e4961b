import type { ViewOptions } from '../bridge/view';
import { DocumentBook, Reader, type Instance } from '../reader';
import button from '../../style/button.css';
import style from '../../style/reader.css';
import type { Stage } from './mount';

/** A private document. It is worked on by the vault for this view alone: not even its words are the page's to see. */
export function document({ root, desk, trans, complaint }: Stage, { height, file, fonts, target }: ViewOptions['document']): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(button + style);
  (root.getRootNode() as Document | ShadowRoot).adoptedStyleSheets.push(sheet);
  root.style.padding = '0';
  root.style.height = `${height}px`;
  const start = async (): Promise<Instance> => {
    const number = await desk.call<number>('open', [target, target.seconds]);
    return {
      call: (name, args, { signal }) => desk.call('use', [number, name, args, target.seconds], signal),
      close: () => desk.call('close', [number])
    };
  };
  root.append(complaint, new Reader({ book: new DocumentBook(start, file, fonts), name: file.name, trans }).element);
}
