import { Notification, showDialog, Dialog } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

import { wasCancelled, WasmcellError } from '../bridge/errors';
import type { Translate } from '../forms';
import { make } from '../ui/dom';
import { listed, size } from '../ui/text';
import { message } from './contents';
import { carryOut, SaveError, type Done, type Job } from './job';
import { short } from './names';
import type { IWasmcell } from './token';

type Good = Extract<Done, { result: string }>;
type Bad = Extract<Done, { error: unknown }>;

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
  const all = job.paths.length;
  const controller = new AbortController();
  const counting = (done: number): string =>
    all === 1 ? trans('%1: %2', title, name(job.paths[0]!)) : trans('%1: %2 of %3 images', title, done, all);
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
    outcomes = job.paths.map(path => ({ path, error }));
  }

  const good = outcomes.filter((done): done is Good => 'result' in done);
  const bad = outcomes.filter((done): done is Bad => 'error' in done && !wasCancelled(done.error));
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
  const [first] = good;
  const saved = good.length === 1 ? summary(first!, name, trans) : trans('%1 images saved.', good.length);
  const show = good.length === 1 ? [{ label: trans('Open'), callback: () => open(first!.result) }] : [];
  if (bad.length) {
    const lines = bad.map(({ path, error }) => trans('%1: %2', name(path), reason(error, name, trans)));
    const failed =
      bad.length === 1
        ? lines[0]!
        : trans('%1 of %2 images failed: %3', bad.length, all, listed(bad.map(({ path }) => short(texts.name(path), 24)), trans, 3));
    const details = {
      label: trans('Details'),
      callback: (event: MouseEvent) => {
        event.preventDefault(); // it stays, to be asked again
        void showLines(trans('Not Done'), lines);
      }
    };
    const text = good.length ? `${saved} ${failed}` : failed;
    finish(text, good.length ? 'warning' : 'error', bad.length > 1 || text.length > LONGEST ? [details] : []);
  } else if (good.length < all) {
    finish(trans('Cancelled: %1 of %2 images are done.', good.length, all), 'info', show);
  } else {
    finish(saved, 'success', show);
  }
  return undefined;
}

function isRefusal(error: unknown): error is WasmcellError {
  return error instanceof WasmcellError && error.code === 'invalid-argument';
}

function reason(error: unknown, name: (path: string) => string, trans: Translate): string {
  if (error instanceof SaveError) {
    return trans('%1 could not be saved: %2', name(error.path), message(error.cause, trans));
  }
  return message(error, trans);
}

function summary({ result, before, after }: Good, name: (path: string) => string, trans: Translate): string {
  return trans('%1 saved: %2, the source has %3.', name(result), size(after), size(before));
}

async function showLines(title: string, lines: readonly string[]): Promise<void> {
  const node = make('ul', { class: 'wasmcell-Dialog-lines' }, ...lines.map(line => make('li', {}, line)));
  await showDialog({ title, body: new Widget({ node }), buttons: [Dialog.okButton()] });
}
