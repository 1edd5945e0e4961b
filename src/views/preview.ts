import type { ViewOptions } from '../bridge/view';
import { h } from './dom';
import { save } from './download';
import type { Stage } from './mount';

/** A picture, one line on it, and a button that saves it. */
export function preview({ root, desk }: Stage, { file, name, caption, width, height }: ViewOptions['preview']): void {
  const picture = h('img', { alt: name, width, height });
  // At most this high on screen, as pictures from the kernel are.
  picture.style.maxHeight = '512px';
  picture.style.width = `min(100%, ${width}px, ${(512 * width) / height}px)`;
  picture.style.aspectRatio = `${width} / ${height}`;
  const note = h('p', { className: 'bad', role: 'alert' });
  const download = h('button', { textContent: 'Download', 'aria-label': `Download ${name}`, disabled: true });
  const line = h('figcaption', { className: 'quiet small' }, h('span', { textContent: caption }), download);
  root.append(h('figure', {}, picture, line), note);

  desk.call<Blob>('blob', [file]).then(
    blob => {
      picture.onerror = () => {
        picture.remove();
        note.textContent = `This browser cannot draw ${name}; it can be downloaded.`;
      };
      picture.src = URL.createObjectURL(blob);
      download.disabled = false;
      download.onclick = () => save(blob, name);
    },
    (error: Error) => {
      picture.remove();
      note.textContent = error.message;
    }
  );
}
