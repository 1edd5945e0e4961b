import type { Contents } from '@jupyterlab/services';

import type { Bridge, Segment } from '../bridge';
import { wasCancelled } from '../bridge/errors';
import type { Chosen, Operation } from '../forms';
import { another, formatOf, target } from './names';
import { kindOf, load, save } from './contents';

/** How many files are read, worked on and saved at a time. */
const LANES = 4;

/** The work on some files. */
export interface Job {
  readonly module: string;
  readonly paths: readonly string[];
  readonly steps: readonly Chosen[];
  /** Undefined for the source's own format. */
  readonly output: Chosen | undefined;
  /** The formats that can be written. */
  readonly outputs: readonly Operation[];
  /** Options for a format that nobody chose, where it has them. */
  readonly defaults: Readonly<Record<string, number>>;
  /** What is added to a result's name. */
  readonly suffix: string;
}

/** What became of a file. */
export type Done =
  | { readonly path: string; readonly result: string; readonly before: number; readonly after: number }
  | { readonly path: string; readonly error: unknown };

/** The server did not take a result. */
export class SaveError extends Error {
  constructor(
    readonly path: string,
    override readonly cause: unknown
  ) {
    super((cause as Error).message);
  }
}

/** The format of a result whose source has this one. */
function outputFormat({ output, outputs }: Job, source: string | undefined): string {
  return output?.tag ?? outputs.find(({ name }) => name === source)?.name ?? 'png';
}

/** Where results will go, as far as the names of the sources tell. */
export function targets(job: Job, readable: readonly string[]): string[] {
  return job.paths.map(path => target(path, job.suffix, outputFormat(job, formatOf(path, readable))));
}

/**
 * Does the work; a file that fails does not hinder the others.
 *
 * @param replace Paths that may be written over; everything else that is there stays.
 * @param progress Called when a file is done.
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
  const waiting = [...job.paths];

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

  const one = async (path: string): Promise<Done> => {
    try {
      const source = await load(contents, path);
      const before = source.length;
      const output = job.output ?? (await sameAs(source));
      const segment = { steps: job.steps, output } as Segment<'image'>;
      const { value } = await bridge.run(job.module, source, segment, { signal, transfer: true });
      const bytes = value as Uint8Array<ArrayBuffer>;
      const result = await claim(target(path, job.suffix, output.tag));
      await save(contents, result, bytes, replace.has(result), signal).catch(error => {
        throw wasCancelled(error) ? error : new SaveError(result, error);
      });
      return { path, result, before, after: bytes.length };
    } catch (error) {
      return { path, error };
    }
  };

  const sameAs = async (source: Uint8Array): Promise<Chosen> => {
    const { value } = await bridge.call<string, string>(job.module, 'probe', [source], { signal });
    const tag = outputFormat(job, (value as { format: string }).format);
    const { payload, parameters } = job.outputs.find(({ name }) => name === tag)!;
    const known = parameters.filter(({ key }) => key in job.defaults);
    return payload ? { tag, val: Object.fromEntries(known.map(({ key }) => [key, job.defaults[key]])) } : { tag };
  };

  const lane = async (): Promise<void> => {
    for (let path; !signal.aborted && (path = waiting.shift()) !== undefined; ) {
      done.push(await one(path));
      progress(done.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, job.paths.length) }, lane));
  const place = new Map(job.paths.map((path, index) => [path, index]));
  return done.sort((a, b) => place.get(a.path)! - place.get(b.path)!);
}
