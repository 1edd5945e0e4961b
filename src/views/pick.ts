import { MAX_FILE } from '../bridge/files';
import type { FileRef } from '../bridge/values';
import type { ChosenFile, PageWord, ShownFile, ViewOptions } from '../bridge/view';
import { make } from '../ui/dom';
import { listed, size } from '../ui/text';
import type { Stage } from './mount';
import { thumbnail } from './thumbnail';
import { accepts, typeOf } from './types';

/** How many files one widget holds. */
const MAX_FILES = 10_000;
/** How many files of one choice are read at a time. */
const READERS = 3;
/** So long files that are read wait for others, to be told of together; in milliseconds. */
const TOGETHER = 100;
/** How many rows are made at a time: the browser draws, and hears people, in between. */
const ROWS = 200;

/** How many names a message has. */
const NAMES = 3;

const KEPT = {
  vault: 'Files stay in this page, in a vault: neither the network nor the kernel sees their bytes.',
  workers: 'This page forbids the vault. Files stay in the browser, but other scripts of this page could read them.'
} as const;

const LOST =
  'The kernel has ended, and what it knew of these files with it: run the cell again to choose files. These stay in the page as long as they are shown here.';

/** A file's line in the list. */
interface Row {
  readonly element: HTMLElement;
  /** Which choice in this view brought it last; 0 if the page told of it. */
  choice: number;
  /** Ends the reading of the file. */
  readonly stop: AbortController;
  /** Tells how many bytes are read. */
  reads(bytes: number): void;
  /** Tells that all are, or why they could not be. */
  done(failure?: string): void;
}

/** A drop zone and file dialog, and the files that were chosen. */
export function pick(stage: Stage, options: ViewOptions['pick']): (word: PageWord) => void {
  const { root, desk, tell, home, trans, complaint } = stage;
  const rows = new Map<number, Row>();
  /**
   * The files that were chosen and read here, by name, size and sha256. No word of the page's is among them:
   * it could say of any file that it is the same.
   */
  const known = new Map<string, FileRef[]>();
  let choices = 0;
  const status = make('span', { class: 'quiet small', role: 'status' });
  const note = make('p', { class: 'quiet small', role: 'status' });
  const list = make('ul', { 'aria-label': trans('Chosen files') });
  const input = make('input', { type: 'file', hidden: true, accept: options.accept, multiple: options.multiple });
  const folder = make('input', { type: 'file', hidden: true, webkitdirectory: true });
  const zone = make(
    'div',
    { class: 'zone', role: 'group', 'aria-label': options.label },
    make(
      'div',
      { class: 'row' },
      make('button', { class: 'primary', onclick: () => input.click() }, trans(options.multiple ? 'Choose files…' : 'Choose a file…')),
      ...(options.multiple ? [make('button', { onclick: () => folder.click() }, trans('Choose a folder…'))] : []),
      make('span', {}, trans(options.multiple ? 'or drop them here' : 'or drop it here')),
      status
    ),
    make('p', { class: home === 'vault' ? 'quiet small' : 'small warn' }, trans(KEPT[home]))
  );
  root.append(zone, input, folder, complaint, note, list);

  const count = (): void => {
    status.textContent = rows.size > 1 ? trans('%1 files', rows.size) : '';
  };

  const drop = (number: number): void => {
    const row = rows.get(number);
    row?.stop.abort();
    row?.element.remove();
    rows.delete(number);
    count();
  };

  const remove = (file: FileRef): void => {
    drop(file.$file);
    tell({ removed: [file.$file] });
    zone.querySelector('button')!.focus();
  };

  const show = (file: ShownFile, blob: () => Promise<Blob>, choice = 0): void => {
    const line = [
      typeOf(file).replace(/^image\//, '').toUpperCase(),
      size(file.size),
      file.size > MAX_FILE ? trans('too large to be worked on in a page (more than 1 GiB)') : ''
    ].filter(Boolean).join(' · ');
    const bar = make('progress', { max: Math.max(1, file.size), value: 0, 'aria-label': trans('Reading %1', file.name) });
    const state = make('span', {}, ` · ${trans('reading')}`, bar);
    const about = make('div', { class: 'quiet small' }, line);
    const element = make(
      'li',
      {},
      thumbnail(file, blob),
      make('div', { class: 'about' }, make('div', { class: 'name', title: file.name }, file.name), about),
      make('button', { class: 'icon', title: trans('Remove'), 'aria-label': trans('Remove %1', file.name), onclick: () => remove(file) }, '×')
    );
    if (!isRead(file)) {
      about.append(state);
    }
    rows.set(file.$file, {
      element,
      choice,
      stop: new AbortController(),
      reads: bytes => (bar.value = bytes),
      done: failure => {
        state.remove();
        if (failure !== undefined) {
          about.replaceWith(make('div', { class: 'bad small', role: 'alert' }, failure));
        }
      }
    });
    list.append(element);
  };

  const take = async (files: readonly File[]): Promise<void> => {
    complaint.textContent = note.textContent = '';
    again.length = 0;
    let fitting = files.filter(file => accepts(options.accept, file));
    const others = files.filter(file => !accepts(options.accept, file));
    if (others.length > 0) {
      const names = listed(others.map(file => file.name), trans, NAMES);
      complaint.textContent = trans('%1: not of the type that is asked for here (%2).', names, options.accept);
    }
    if (!options.multiple && fitting.length > 1) {
      complaint.textContent = trans('Only one file is asked for here; the first one was taken.');
      fitting = fitting.slice(0, 1);
    }
    if (rows.size + fitting.length > MAX_FILES) {
      complaint.textContent = trans('At most %1 files can be chosen here; the others were left out.', MAX_FILES);
      fitting = fitting.slice(0, MAX_FILES - rows.size);
    }
    const choice = ++choices;
    const kept = await Promise.all(
      fitting.map(async file => [await desk.call<FileRef>('put', [file, file.name, typeOf(file)]), file] as const)
    );
    remind([]);
    tell({ kept: kept.map(([file]) => file) });
    for (let at = 0; at < kept.length; at += ROWS) {
      for (const [file, blob] of kept.slice(at, at + ROWS)) {
        // Another view of the same files may have had it shown already.
        const row = rows.get(file.$file);
        if (row) {
          row.choice = choice;
        } else {
          show(file, async () => blob, choice);
        }
      }
      count();
      await new Promise(requestAnimationFrame);
    }
    await readAll(kept.map(([file]) => file));
  };

  const readAll = async (files: readonly FileRef[]): Promise<void> => {
    // Small ones first: none waits for a large one.
    const waiting = [...files].sort((one, other) => one.size - other.size).values();
    await Promise.all(
      Array.from({ length: READERS }, async () => {
        for (const file of waiting) {
          await read(file);
        }
      })
    );
  };

  const read = async (file: FileRef): Promise<void> => {
    const row = rows.get(file.$file);
    if (!row) {
      return; // it was removed before its turn
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<number>) => row.reads(data);
    try {
      const chosen = { ...file, sha256: await desk.call<string>('digest', [file, port2], row.stop.signal) };
      if (row.stop.signal.aborted) {
        return; // it was removed meanwhile, or another view was faster
      }
      const same = await standing(chosen, row);
      if (same) {
        repeat(same, file);
      } else {
        report(chosen);
        row.done();
      }
    } catch (error) {
      if (!row.stop.signal.aborted) {
        row.done((error as Error).message);
        tell({ removed: [file.$file] });
      }
    } finally {
      port1.close();
    }
  };

  const again: string[] = [];
  /** Says of what was chosen before that it stands there once: who has it keeps it. */
  const repeat = (same: FileRef, file: FileRef): void => {
    drop(file.$file);
    tell({ removed: [file.$file] });
    replace(same);
    again.push(file.name);
    note.textContent = trans('Chosen before, and kept once: %1', listed(again, trans, NAMES));
  };

  /**
   * The same file, if an earlier choice in this view brought it and it can still be read. Each stands for one of a
   * choice, which may have the same from two folders.
   */
  const standing = async (file: ChosenFile, { choice }: Row): Promise<FileRef | undefined> => {
    if (choice === 0) {
      return undefined; // its name is the page's word
    }
    const content = JSON.stringify([file.name, file.size, file.sha256]);
    const same = (known.get(content) ?? []).filter(({ $file }) => rows.has($file));
    known.set(content, [...same, file]);
    for (const one of same) {
      const row = rows.get(one.$file);
      if (row && row.choice !== choice) {
        row.choice = choice;
        try {
          const blob = await desk.call<Blob>('blob', [one]);
          await blob.slice(0, 1).arrayBuffer();
          return one;
        } catch {
          // It was moved or changed since: the new one is another.
        }
      }
    }
    return undefined;
  };

  let told: ChosenFile[] = [];
  const report = (file: ChosenFile): void => {
    if (told.push(file) === 1) {
      setTimeout(() => {
        told.forEach(replace);
        const chosen = told.filter(({ $file }) => rows.has($file));
        told = [];
        if (chosen.length > 0) {
          tell({ chosen });
        }
      }, TOGETHER);
    }
  };

  /** Where one file is asked for, it takes the place of those that came before it: when it is read, and not sooner. */
  const replace = ({ $file }: FileRef): void => {
    const row = rows.get($file);
    if (options.multiple || !row) {
      return;
    }
    const old = [...rows].filter(([number, { choice }]) => number !== $file && choice <= row.choice).map(([number]) => number);
    if (old.length > 0) {
      old.forEach(drop);
      tell({ removed: old });
    }
  };

  const failed = (error: Error): void => {
    complaint.textContent = error.message;
  };
  for (const source of [input, folder]) {
    source.onchange = () => {
      take([...(source.files ?? [])]).catch(failed);
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
    dropped(event.dataTransfer).then(
      files => take(files).catch(failed),
      (error: Error) => failed(new Error(trans('What was dropped cannot be read: %1', error.message)))
    );
  };

  const hear = (files: readonly ShownFile[]): void => {
    const there = new Set(files.map(file => file.$file));
    [...rows.keys()].filter(number => !there.has(number)).forEach(drop);
    for (const file of files) {
      if (!rows.has(file.$file)) {
        show(file, () => desk.call<Blob>('blob', [file]));
      } else if (isRead(file)) {
        end(rows.get(file.$file)!); // another view has read it
      }
    }
    count();
    remind([]);
  };
  const end = ({ stop, done }: Row): void => {
    stop.abort();
    done();
  };

  const lose = (): void => {
    rows.forEach(end);
    zone.inert = true;
    zone.after(make('p', { class: 'warn', role: 'status' }, trans(LOST)));
  };
  const reminder = make('p', { class: 'warn', role: 'status' });
  /** Says what must be chosen again, until something is. */
  const remind = (names: readonly string[]): void => {
    reminder.remove();
    if (names.length > 0 && rows.size === 0) {
      reminder.textContent = trans(
        'The page was closed or reloaded since; what was in it must be chosen again: %1',
        listed(names, trans, NAMES)
      );
      zone.after(reminder);
    }
  };
  hear(options.files);
  remind(options.missing);
  if (options.lost) {
    lose();
  } else {
    // A view that was moved starts anew, and goes on with what it was reading.
    void readAll(options.files.filter(file => !isRead(file)));
  }
  return word => {
    if ('files' in word) {
      hear(word.files);
    } else if ('missing' in word) {
      remind(word.missing);
    } else if ('gone' in word) {
      zone.inert = true;
    } else if ('lost' in word) {
      lose();
    }
  };
}

function isRead(file: ShownFile): file is ChosenFile {
  return file.sha256 !== undefined;
}

/** The files that were dropped, those in folders among them. */
async function dropped(data: DataTransfer | null): Promise<File[]> {
  // All entries are asked for at once: they are gone after the event.
  const dropped = [...(data?.items ?? [])].map(item => item.webkitGetAsEntry() ?? item.getAsFile());
  const files = dropped.map(one => (one instanceof File || !one ? (one ?? []) : collect(one)));
  return (await Promise.all(files)).flat();
}

async function collect(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // It gives some at a time, and none when there are no more.
  while (files.length <= MAX_FILES) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      break;
    }
    files.push(...(await Promise.all(some.map(collect))).flat());
  }
  return files;
}
