import type { Contents } from '@jupyterlab/services';

import type { Bridge } from '../bridge';
import { wasCancelled } from '../bridge/errors';
import { another } from './names';
import { folder, kindOf, load, save } from './contents';

/** How many files are read, worked on and saved at a time. */
const LANES = 4;

/** The work on some files. */
export interface Job {
  /** The files that are worked on together: each alone, or all of them where one result is made of many. */
  readonly batches: readonly (readonly string[])[];
  /** Works on the files of a batch, and saves what comes of it. */
  work(paths: readonly string[], tools: Tools): Promise<void>;
}

/** What work is done with. */
export interface Tools {
  readonly bridge: Bridge;
  readonly signal: AbortSignal;
  load(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Saves a result: under another name, if what is there already may not be replaced. */
  save(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Makes a new folder, under another name if there is one, and tells its path. */
  folder(path: string): Promise<string>;
  /** Says how much of the batch is done, from 0 to 1. */
  progress(share: number): void;
  /** Says what people should know of a result. */
  note(text: string): void;
  /** Says so where it is not what they wanted. */
  warn(text: string): void;
}

/** What became of a batch. */
export interface Done {
  readonly paths: readonly string[];
  /** What was saved. */
  readonly results: readonly string[];
  readonly notes: readonly string[];
  /** Whether they tell that a result is not what was wanted. */
  readonly warned: boolean;
  /** Bytes that were read, and saved. */
  readonly before: number;
  readonly after: number;
  /** Why it is not done. */
  readonly error?: unknown;
}

/** The server did not take a result. */
export class SaveError extends Error {
  constructor(
    readonly path: string,
    override readonly cause: unknown
  ) {
    super((cause as Error).message);
  }
}

/** What is wrong with one of several files that are worked on together. */
export class FileError extends Error {
  constructor(
    readonly path: string,
    override readonly cause: unknown
  ) {
    super((cause as Error).message);
  }
}

/**
 * Does the work; a file that fails does not hinder the others.
 *
 * @param replace Paths that may be written over; everything else that is there stays.
 * @param progress Called with how many batches are done, of which parts count.
 */
export async function carryOut(
  job: Job,
  bridge: Bridge,
  contents: Contents.IManager,
  replace: ReadonlySet<string>,
  signal: AbortSignal,
  progress: (done: number) => void
): Promise<Done[]> {
  const taken = new Set<string>();
  const done: Done[] = [];
  const shares = new Map<object, number>();
  const waiting = [...job.batches.entries()];

  /** A path that is free, or may be written over; nobody else gets it then. */
  const claim = async (wanted: string): Promise<string> => {
    for (let number = 0; ; number++) {
      const path = number ? another(wanted, number) : wanted;
      if (!taken.has(path)) {
        taken.add(path);
        if (replace.has(path) || !(await kindOf(contents, path))) {
          return path;
        }
      }
    }
  };

  const one = async (paths: readonly string[]): Promise<Done> => {
    const results: string[] = [];
    const notes: string[] = [];
    let warned = false;
    let [before, after] = [0, 0];
    const told = (share: number): void => {
      shares.set(paths, share);
      progress([...shares.values()].reduce((sum, one) => sum + one, 0));
    };
    const tools: Tools = {
      bridge,
      signal,
      load: async path => {
        const bytes = await load(contents, path);
        before += bytes.length;
        return bytes;
      },
      save: async (wanted, bytes) => {
        const result = await claim(wanted);
        await save(contents, result, bytes, replace.has(result), signal).catch(error => {
          throw wasCancelled(error) ? error : new SaveError(result, error);
        });
        results.push(result);
        after += bytes.length;
      },
      folder: async wanted => {
        const path = await claim(wanted);
        await folder(contents, path).catch(error => {
          throw new SaveError(path, error);
        });
        return path;
      },
      progress: told,
      note: text => notes.push(text),
      warn: text => {
        notes.push(text);
        warned = true;
      }
    };
    let failed = {};
    try {
      await job.work(paths, tools);
    } catch (error) {
      failed = { error };
    }
    told(1);
    return { paths, results, notes, warned, before, after, ...failed };
  };

  const lane = async (): Promise<void> => {
    for (let next; !signal.aborted && (next = waiting.shift()) !== undefined; ) {
      const [place, paths] = next;
      done[place] = await one(paths);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, job.batches.length) }, lane));
  return done.filter(Boolean);
}
