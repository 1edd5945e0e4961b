import type { ViewOptions } from '../bridge/view';
import { make } from '../ui/dom';
import { save } from './download';
import type { Stage } from './mount';

/** A picture, one line on it, and a button that saves it. */
export function preview({ root, desk, trans, complaint }: Stage, { file, name, caption, width, height }: ViewOptions['preview']): void {
  const picture = make('img', { alt: name, width, height });
  // At most this high on screen, as pictures from the kernel are.
  picture.style.maxHeight = '512px';
  picture.style.width = `min(100%, ${width}px, ${(512 * width) / height}px)`;
  picture.style.aspectRatio = `${width} / ${height}`;
  const download = make('button', { 'aria-label': trans('Download %1', name), disabled: true }, trans('Download'));
  const line = make('figcaption', { class: 'quiet small' }, make('span', {}, caption), download);
  root.append(make('figure', {}, picture, line));

  desk.call<Blob>('blob', [file]).then(
    blob => {
      picture.onerror = () => {
        picture.remove();
        complaint.textContent = trans('This browser cannot draw %1; it can be downloaded.', name);
      };
      picture.src = URL.createObjectURL(blob);
      download.disabled = false;
      download.onclick = () => save(blob, name);
    },
    (error: Error) => {
      picture.remove();
      complaint.textContent = error.message;
    }
  );
}
