import { digest } from './digest';
import { endedError, WasmcellError, type Fault } from './errors';
import { instantiate, invoke, type Glue, type Instance } from './glue';
import type { Link, Reply, Request } from './protocol';
import { isResourceRef, map, type ResourceRef } from './values';

/** The most memory that an instance has ready which nobody has asked for yet, in bytes. */
const READY = 2 ** 25;

const DISPOSE: symbol = Symbol.dispose ?? Symbol.for('dispose');

/** What a worker does, whichever kind of worker it is. */
export class Runner {
  readonly #glue: Readonly<Record<string, Glue>>;
  #kept: Kept | undefined;
  /** What is likely asked for next, made while nobody waits: that takes as long as many a call. */
  #spare: { readonly link: Link; readonly instance: Instance } | undefined;

  constructor(glue: Readonly<Record<string, Glue>>) {
    this.#glue = glue;
  }

  /** Does what is asked. Never throws: a failure is a reply, too. */
  async answer(request: Request): Promise<Reply> {
    const start = performance.now();
    try {
      const value = await this.#do(request);
      return { value, seconds: (performance.now() - start) / 1000 };
    } catch (thrown) {
      return { fault: faultOf(thrown) };
    }
  }

  #do(request: Request): unknown {
    switch (request.op) {
      case 'call': {
        const { interface: interface_, name } = request.function;
        const instance = this.#take(request.link);
        try {
          return plain(watched(instance, request.link, () => invoke(instance, interface_, name, request.args)));
        } finally {
          this.#prepare(request.link, instance.size());
        }
      }
      case 'open':
        this.#kept = new Kept(this.#take(request.link), request.link);
        return undefined;
      case 'use':
        return this.#instance().call(request.function.interface, request.function.name, request.args);
      case 'drop':
        return this.#instance().drop(request.resource);
      case 'close':
        if (this.#kept) {
          this.#prepare(this.#kept.link, this.#kept.instance.size());
        }
        this.#kept = undefined;
        return undefined;
      case 'digest':
        return digest(request.file, request.name, request.progress);
    }
  }

  /** A fresh instance. */
  #take(link: Link): Instance {
    const spare = this.#spare;
    this.#spare = undefined;
    const fits = spare?.link.glue === link.glue && spare.link.memory === link.memory;
    return fits ? spare.instance : this.#link(link);
  }

  /** When all else is done, makes an instance like one that was used, with as many bytes of memory ready. */
  #prepare(link: Link, used: number): void {
    setTimeout(() => {
      if (this.#spare) {
        return;
      }
      try {
        const instance = this.#link(link);
        instance.ready(Math.min(used, READY));
        this.#spare = { link, instance };
      } catch {
        // There may be no memory for one more. Who asks for one will be told.
      }
    });
  }

  #link({ module, glue: key, cores }: Link): Instance {
    const glue = this.#glue[key];
    if (!glue) {
      const why = 'page and kernel have different versions of wasmcell, or it is none of its modules';
      throw new WasmcellError('module', `The page has no glue for this module ${module}: ${why}.`);
    }
    return instantiate(glue, cores);
  }

  #instance(): Kept {
    if (!this.#kept) {
      throw new WasmcellError('closed', 'The session is closed.');
    }
    return this.#kept;
  }
}

/** An instance that stays, with the resources that live in it. */
class Kept {
  readonly link: Link;
  readonly instance: Instance;
  readonly #resources = new Map<number, object>();
  #next = 1;
  #trap: string | undefined;

  constructor(instance: Instance, link: Link) {
    this.instance = instance;
    this.link = link;
  }

  call(interface_: string, name: string, args: unknown[]): unknown {
    if (this.#trap !== undefined) {
      throw endedError(this.#trap);
    }
    const lent = new Map<number, object>();
    const live = args.map(arg =>
      map(arg, object => {
        if (isResourceRef(object)) {
          const resource = this.#resource(object.$resource);
          lent.set(object.$resource, resource);
          return resource;
        }
        return undefined;
      })
    );
    try {
      const value = this.#enter(() => invoke(this.instance, interface_, name, live));
      return map(value, object => (isResource(object) ? this.#keep(object) : undefined));
    } finally {
      lent.forEach((resource, number) => isGone(resource) && this.#resources.delete(number));
    }
  }

  /** Ends a resource; one that is gone already (it was handed over to the module) is no error. */
  drop(number: number): void {
    const resource = this.#resources.get(number) as Record<symbol, () => void> | undefined;
    this.#resources.delete(number);
    if (this.#trap === undefined) {
      this.#enter(() => resource?.[DISPOSE]?.());
    }
  }

  /** Runs the instance's code; what the instance cannot have survived spoils it. */
  #enter(call: () => unknown): unknown {
    try {
      return watched(this.instance, this.link, call);
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (!fault.answered && fault.code !== 'argument-type') {
        this.#trap = fault.message;
      }
      throw thrown;
    }
  }

  #resource(number: number): object {
    const resource = this.#resources.get(number);
    if (!resource) {
      throw new WasmcellError('closed', 'The resource is closed, or belongs to another session.');
    }
    return resource;
  }

  #keep(resource: object): ResourceRef {
    const number = this.#next++;
    this.#resources.set(number, resource);
    return { $resource: number };
  }
}

/** Whether an object is of one of the glue's resource classes. */
function isResource(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype !== Object.prototype && !Array.isArray(object) && !ArrayBuffer.isView(object);
}

/** Whether the module owns the resource now: jco clears the object's handle then. */
function isGone(resource: object): boolean {
  const handle = Object.getOwnPropertySymbols(resource).find(symbol => symbol.description === 'handle');
  return handle === undefined || (resource as Record<symbol, unknown>)[handle] === undefined;
}

/** A value that may leave the worker. */
function plain(value: unknown): unknown {
  return map(value, object => {
    if (isResource(object)) {
      throw new WasmcellError(
        'invalid-argument',
        'The function returns a resource, which lives in its instance: call it in a session.'
      );
    }
    return undefined;
  });
}

/** Calls an instance; a trap for want of memory becomes an error that says so. */
function watched(instance: Instance, { memory }: Link, call: () => unknown): unknown {
  try {
    return call();
  } catch (thrown) {
    const refused = thrown instanceof WebAssembly.RuntimeError ? instance.refused() : 0;
    if (refused === 0) {
      throw thrown;
    }
    throw new WasmcellError(
      'limit-exceeded',
      `The module asked for ${refused} bytes more than it had; its memory limit is ${memory} bytes.`
    );
  }
}

const CORE_ERRORS: readonly unknown[] = ['malformed', 'unsupported', 'invalid-argument', 'limit-exceeded'];

/** What was thrown by a module or its glue, as one of our kinds. */
function faultOf(thrown: unknown): Fault {
  if (thrown instanceof WasmcellError) {
    return thrown.toFault();
  }
  if (!(thrown instanceof Error)) {
    return { code: 'trapped', message: String(thrown) };
  }
  if ('payload' in thrown) {
    const payload = thrown.payload as { tag?: unknown; val?: unknown } | undefined;
    if (CORE_ERRORS.includes(payload?.tag) && typeof payload?.val === 'string') {
      return { code: payload.tag as Fault['code'], message: payload.val, answered: true };
    }
    const message = 'The function answered with an error of its own type: see value.';
    return { code: 'result', message, answered: true, value: payload };
  }
  if (thrown instanceof TypeError) {
    return { code: 'argument-type', message: thrown.message };
  }
  if (thrown instanceof RangeError && /memory/i.test(thrown.message)) {
    return { code: 'limit-exceeded', message: `There is no memory for an instance: ${thrown.message}` };
  }
  if (thrown instanceof RangeError && /stack/i.test(thrown.message)) {
    return { code: 'trapped', message: 'The module recursed too deeply for its stack.' };
  }
  // A RuntimeError is a trap; another RangeError a pointer beyond the memory.
  return { code: 'trapped', message: `The module trapped: ${thrown.message.replace(/^wasm trap: /, '')}.` };
}
