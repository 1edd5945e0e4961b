import { WasmcellError, type FileRef, type pdf, type ResourceRef, type Session } from '../bridge';
import { wasCancelled } from '../bridge/errors';
import type { Context } from './command';
import { askPassword } from './dialog';
import { FileError, type Tools } from './job';

/** A document that is open in a session of its own. */
export interface Opened {
  /** Its password, if it wants one. */
  readonly password: string | undefined;
  /** Calls a method of it. */
  ask<T>(method: string, ...args: readonly unknown[]): Promise<T>;
  /** The document that steps make of it. */
  apply(steps: readonly unknown[]): Promise<Opened>;
}

/** A document that waits to be opened. */
export interface Locked {
  readonly file: FileRef;
  readonly password: string | undefined;
}

/** Reads documents for a job, and asks for the passwords that they want: one question at a time, and none twice. */
export class Documents {
  readonly #context: Context;
  /** Passwords that have opened something. */
  readonly #known: string[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Reads a document and finds its password. It is kept as long as `use` runs. */
  async read<T>(path: string, tools: Tools, use: (locked: Locked) => Promise<T>): Promise<T> {
    const { bridge } = tools;
    const name = this.#context.name(path);
    let file: FileRef | undefined;
    try {
      let locked: Locked;
      try {
        file = await bridge.put(new Blob([await tools.load(path)]), name);
        locked = { file, password: await this.#unlock(file, tools) };
      } catch (error) {
        throw wasCancelled(error) ? error : new FileError(path, error);
      }
      return await use(locked);
    } finally {
      if (file) {
        void bridge.forget(file);
      }
    }
  }

  /** Opens a document for as long as `use` runs. */
  open<T>(path: string, tools: Tools, use: (document: Opened) => Promise<T>): Promise<T> {
    const { bridge, signal } = tools;
    return this.read(path, tools, async ({ file, password }) => {
      const session = await bridge.session('pdf');
      try {
        const { value } = await session.call<ResourceRef>('[static]document.open', [file, { password }], { signal });
        return await use(opened(session, value, password, signal));
      } finally {
        void session.close().catch(() => undefined);
      }
    });
  }

  async #unlock(file: FileRef, { bridge, signal }: Tools): Promise<string | undefined> {
    const opens = async (password?: string): Promise<boolean> => {
      const { value } = await bridge.call<string, string>('pdf', 'probe', [file, password], { signal });
      return !(value as pdf.Info).locked;
    };
    if (await opens()) {
      return undefined;
    }
    const turn = this.#turn.then(async () => {
      for (const known of this.#known) {
        if (await opens(known)) {
          return known;
        }
      }
      for (let again = false; ; again = true) {
        const password = signal.aborted ? undefined : await askPassword(file.name, again, this.#context.trans);
        if (password === undefined) {
          throw new WasmcellError('cancelled', 'No password was given.');
        }
        if (await opens(password)) {
          this.#known.push(password);
          return password;
        }
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function opened(session: Session, document: ResourceRef, password: string | undefined, signal: AbortSignal): Opened {
  const ask = async <T>(method: string, ...args: readonly unknown[]): Promise<T> =>
    (await session.call<T>(`[method]document.${method}`, [document, ...args], { signal })).value;
  return {
    password,
    ask,
    apply: async steps => opened(session, await ask<ResourceRef>('apply', steps), password, signal)
  };
}
