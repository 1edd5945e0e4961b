import { Notification, showDialog, Dialog } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

import { wasCancelled, WasmcellError } from '../bridge/errors';
import type { Translate } from '../forms';
import { make } from '../ui/dom';
import { listed, size } from '../ui/text';
import { message } from './contents';
import { carryOut, FileError, SaveError, type Done, type Job } from './job';
import { short } from './names';
import type { IWasmcell } from './token';

/** JupyterLab cuts messages that are longer. */
const LONGEST = 140;

/**
 * Does a job under a notification, which counts, can cancel, and says in the end what became of it.
 *
 * @returns The module's words if it refused the options for every file: then nothing is done.
 */
export async function run(
  job: Job,
  wasmcell: IWasmcell,
  contents: Contents.IManager,
  replace: ReadonlySet<string>,
  texts: { name(path: string): string; open(path: string): void; title: string; trans: Translate }
): Promise<string | undefined> {
  const { open, title, trans } = texts;
  // Long names would push what is said out of the message.
  const name = (path: string): string => short(texts.name(path));
  const files = job.batches.flat();
  const all = job.batches.length;
  const counting = (done: number): string =>
    all > 1
      ? trans('%1: %2 of %3 files', title, Math.floor(done), all)
      : files.length > 1
        ? trans('%1: %2 files', title, files.length)
        : trans('%1: %2', title, name(files[0]!));
  const controller = new AbortController();
  const cancel = (event: MouseEvent): void => {
    event.preventDefault(); // else the notification goes, and could not say what was done
    controller.abort();
  };
  const id = Notification.emit(counting(0), 'in-progress', {
    autoClose: false,
    progress: 0,
    actions: [{ label: trans('Cancel'), displayType: 'warn', callback: cancel }]
  });

  let outcomes: Done[];
  try {
    const bridge = await wasmcell.bridge();
    outcomes = await carryOut(job, bridge, contents, replace, controller.signal, done =>
      Notification.update({ id, message: counting(done), progress: done / all })
    );
  } catch (error) {
    outcomes = job.batches.map(paths => ({ paths, results: [], notes: [], warned: false, before: 0, after: 0, error }));
  }

  const good = outcomes.filter(done => !('error' in done));
  const bad = outcomes.filter(done => 'error' in done && !wasCancelled(done.error));
  const named = ({ paths }: Done): string => (paths.length > 1 ? title : name(paths[0]!));
  const finish = (message: string, type: Notification.TypeOptions, actions: Notification.IAction[] = []): void => {
    const options = { autoClose: type === 'success' ? 8000 : false, actions } as const;
    // Whoever put the notification away still learns what became of it.
    if (!Notification.update({ id, message, type, ...options, progress: 1 })) {
      Notification.emit(message, type, options);
    }
  };

  const refusals = new Set(bad.map(({ error }) => (isRefusal(error) ? error.message : undefined)));
  const [refusal] = refusals;
  if (bad.length === all && refusals.size === 1 && refusal) {
    Notification.update({ id, message: refusal, type: 'warning', autoClose: 5000, actions: [] });
    return refusal;
  }
  const results = outcomes.flatMap(done => done.results);
  const notes = outcomes.flatMap(done => done.notes.map(note => (all === 1 ? note : trans('%1: %2', named(done), note))));
  const [only] = good.length === 1 ? good : [];
  const saved = only ? summary(only, texts.name, trans) : trans('%1 files saved.', results.length);
  const show = results.length === 1 ? [{ label: trans('Open'), callback: () => open(results[0]!) }] : [];
  const detailsOf = (title: string, lines: readonly string[]): Notification.IAction => ({
    label: trans('Details'),
    callback: (event: MouseEvent) => {
      event.preventDefault(); // it stays, to be asked again
      void showLines(title, lines);
    }
  });
  if (bad.length) {
    const lines = bad.map(done => trans('%1: %2', named(done), reason(done.error, name, trans)));
    const failed =
      bad.length === 1
        ? lines[0]!
        : trans('%1 of %2 files failed: %3', bad.length, all, listed(bad.map(({ paths }) => short(texts.name(paths[0]!), 24)), trans, 3));
    const text = good.length ? `${saved} ${failed}` : failed;
    const details = detailsOf(trans('Not Done'), lines);
    finish(text, good.length ? 'warning' : 'error', bad.length > 1 || text.length > LONGEST ? [details] : []);
  } else if (good.length < all) {
    const left = results.length > good.length ? ` ${trans('%1 files were saved.', results.length)}` : '';
    finish(trans('Cancelled: %1 of %2 files are done.', good.length, all) + left, 'info', show);
  } else if (notes.length) {
    const text = `${saved} ${notes[0]}`;
    const details = detailsOf(trans('To Be Known'), notes);
    finish(text, outcomes.some(({ warned }) => warned) ? 'warning' : 'info', [...show, ...(notes.length > 1 || text.length > LONGEST ? [details] : [])]);
  } else {
    finish(saved, 'success', show);
  }
  return undefined;
}

function isRefusal(error: unknown): error is WasmcellError {
  return error instanceof WasmcellError && error.code === 'invalid-argument';
}

function reason(error: unknown, name: (path: string) => string, trans: Translate): string {
  if (error instanceof FileError) {
    return trans('%1: %2', name(error.path), message(error.cause, trans));
  }
  if (error instanceof SaveError) {
    return trans('%1 could not be saved: %2', name(error.path), message(error.cause, trans));
  }
  return message(error, trans);
}

/** What is said of a batch that is done. */
function summary({ paths, results, before, after }: Done, name: (path: string) => string, trans: Translate): string {
  const [first] = results;
  if (results.length !== 1) {
    const folder = first?.split('/').at(-2);
    return folder ? trans('%1 files saved in %2.', results.length, short(folder)) : trans('%1 files saved.', results.length);
  }
  const sizes = [short(name(first!)), size(after), size(before)] as const;
  return paths.length === 1
    ? trans('%1 saved: %2, the source has %3.', ...sizes)
    : trans('%1 saved: %2, the sources have %3.', ...sizes);
}

async function showLines(title: string, lines: readonly string[]): Promise<void> {
  const node = make('ul', { class: 'wasmcell-Dialog-lines' }, ...lines.map(line => make('li', {}, line)));
  await showDialog({ title, body: new Widget({ node }), buttons: [Dialog.okButton()] });
}
