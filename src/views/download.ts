import type { ViewOptions } from '../bridge/view';
import { make } from '../ui/dom';
import type { Stage } from './mount';

/** Saves a file from here to the person's disk. */
export function save(blob: Blob, name: string): void {
  const link = make('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  // The browser still reads it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Nothing to see: saves a file. */
export function download({ desk, tell }: Stage, { file, name }: ViewOptions['download']): void {
  desk.call<Blob>('blob', [file]).then(
    blob => {
      save(blob, name);
      tell({ done: true });
    },
    (error: Error) => tell({ failed: error.message })
  );
}
