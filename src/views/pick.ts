import { MAX_FILE } from '../bridge/files';
import type { FileRef } from '../bridge/values';
import type { ChosenFile, PageWord, ViewOptions } from '../bridge/view';
import { h, size } from './dom';
import type { Stage } from './mount';
import { thumbnail } from './thumbnail';
import { accepts, typeOf } from './types';

/** How many files one widget holds. */
const MAX_FILES = 10_000;

const KEPT = {
  vault: 'Files stay in this page, in a vault: neither the network nor the kernel sees their bytes.',
  workers: 'This page forbids the vault. Files stay in the browser, but other scripts of this page could read them.'
};

/** A drop zone and file dialog, and the files that were chosen. */
export function pick(stage: Stage, options: ViewOptions['pick']): (word: PageWord) => void {
  const { root, desk, tell, home } = stage;
  const rows = new Map<number, HTMLElement>();
  const complaint = h('p', { className: 'bad', role: 'alert' });
  const status = h('span', { className: 'quiet small', role: 'status' });
  const list = h('ul', { 'aria-label': 'Chosen files' });
  const input = h('input', { type: 'file', hidden: true, accept: options.accept, multiple: options.multiple });
  const folder = h('input', { type: 'file', hidden: true, webkitdirectory: true });
  const zone = h(
    'div',
    { className: 'zone', role: 'group', 'aria-label': options.label },
    h(
      'div',
      { className: 'row' },
      h('button', { className: 'primary', textContent: options.multiple ? 'Choose files…' : 'Choose a file…', onclick: () => input.click() }),
      ...(options.multiple ? [h('button', { textContent: 'Choose a folder…', onclick: () => folder.click() })] : []),
      h('span', { textContent: `or drop ${options.multiple ? 'them' : 'it'} here` }),
      status
    ),
    h('p', { className: home === 'vault' ? 'quiet small' : 'small warn', textContent: KEPT[home] })
  );
  root.append(zone, input, folder, complaint, list);

  const count = (): void => {
    status.textContent = rows.size > 1 ? `${rows.size} files` : '';
  };

  const drop = (number: number): void => {
    rows.get(number)?.remove();
    rows.delete(number);
    count();
  };

  const remove = (file: FileRef): void => {
    drop(file.$file);
    tell({ removed: [file.$file] });
    zone.querySelector('button')!.focus();
  };

  /** Shows a file; what it returns tells the state of it. */
  const show = (file: FileRef, blob: () => Promise<Blob>): ((state: string) => void) => {
    const about = h('div', { className: 'quiet small' });
    const line = [typeOf(file).replace(/^image\//, '').toUpperCase(), size(file.size)].filter(Boolean).join(' · ');
    const tooLarge = file.size > MAX_FILE ? ' · too large to be worked on in a page (more than 1 GiB)' : '';
    const describe = (state: string): void => {
      about.textContent = [line + tooLarge, state].filter(Boolean).join(' · ');
    };
    const row = h(
      'li',
      {},
      thumbnail(file, blob),
      h('div', { className: 'about' }, h('div', { className: 'name', textContent: file.name, title: file.name }), about),
      h('button', { className: 'icon', textContent: '×', title: 'Remove', 'aria-label': `Remove ${file.name}`, onclick: () => remove(file) })
    );
    describe('');
    rows.set(file.$file, row);
    list.append(row);
    count();
    return describe;
  };

  const take = async (files: readonly File[]): Promise<void> => {
    complaint.textContent = '';
    let fitting = files.filter(file => accepts(options.accept, file));
    const others = files.filter(file => !fitting.includes(file));
    if (others.length > 0) {
      const names = others.slice(0, 3).map(file => file.name).join(', ') + (others.length > 3 ? ` and ${others.length - 3} more` : '');
      complaint.textContent = `${names}: not of the type that is asked for here (${options.accept}).`;
    }
    if (!options.multiple && fitting.length > 1) {
      complaint.textContent = 'Only one file is asked for here; the first one was taken.';
      fitting = fitting.slice(0, 1);
    }
    if (rows.size + fitting.length > MAX_FILES) {
      complaint.textContent = `At most ${MAX_FILES} files can be chosen here; the others were left out.`;
      fitting = fitting.slice(0, MAX_FILES - rows.size);
    }
    if (!options.multiple && fitting.length > 0 && rows.size > 0) {
      const replaced = [...rows.keys()];
      replaced.forEach(drop);
      tell({ removed: replaced });
    }
    // Each is told when its sha256 is known; some at a time, for the vault's workers take turns.
    const waiting = fitting.values();
    await Promise.all([1, 2, 3, 4].map(async () => {
      for (const file of waiting) {
        await keep(file);
      }
    }));
  };

  const keep = async (file: File): Promise<void> => {
    try {
      const kept = await desk.call<FileRef>('put', [file, file.name, typeOf(file)]);
      const describe = show(kept, async () => file);
      describe('reading…');
      const sha256 = await desk.call<string>('digest', [kept]);
      describe('');
      if (rows.has(kept.$file)) {
        tell({ chosen: [{ ...kept, sha256 }] });
      }
    } catch (error) {
      complaint.textContent = `${file.name} cannot be read: ${(error as Error).message}`;
    }
  };

  for (const source of [input, folder]) {
    source.onchange = () => {
      void take([...(source.files ?? [])]);
      source.value = '';
    };
  }
  zone.ondragover = event => {
    if (event.dataTransfer?.types.includes('Files')) {
      event.preventDefault();
      zone.classList.add('over');
    }
  };
  zone.ondragleave = event => zone.classList.toggle('over', zone.contains(event.relatedTarget as Node | null));
  zone.ondrop = event => {
    event.preventDefault();
    zone.classList.remove('over');
    void dropped(event.dataTransfer).then(take);
  };

  const hear = (files: readonly ChosenFile[]): void => {
    const numbers = new Set(files.map(file => file.$file));
    files.filter(file => !rows.has(file.$file)).forEach(file => show(file, () => desk.call<Blob>('blob', [file])));
    [...rows.keys()].filter(number => !numbers.has(number)).forEach(drop);
  };
  hear(options.files);
  return word => 'files' in word && hear(word.files);
}

/** The files that were dropped, those in folders among them. */
async function dropped(data: DataTransfer | null): Promise<File[]> {
  // All entries are asked for at once: they are gone after the event.
  const dropped = [...(data?.items ?? [])].map(item => item.webkitGetAsEntry() ?? item.getAsFile());
  const files: File[] = [];
  for (const one of dropped) {
    if (one instanceof File) {
      files.push(one);
    } else if (one) {
      await collect(one, files);
    }
  }
  return files;
}

async function collect(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (files.length > MAX_FILES) {
    return;
  }
  if (entry.isFile) {
    files.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It gives some at a time, and none when there are no more.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      return;
    }
    for (const one of some) {
      await collect(one, files);
    }
  }
}
