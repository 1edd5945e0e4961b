import type { Operation } from './protocol';

/** A broken rule of the component model, by the module. */
export class HandleError extends Error {
  override readonly name = 'HandleError';
}

/** More handles than this at once are a fault of the module, as in CanonicalABI.md. */
const MAX_HANDLES = 2 ** 28;

/** The handles that a module owns; as `wasmcell/abi/handles.py` has them where Python is near the module. */
export class Handles implements Record<Operation, (resource: number, number: number) => number> {
  readonly #slots: ({ resource: number; rep: number } | undefined)[] = [undefined];
  readonly #free: number[] = [];
  readonly #destroy: (resource: number, rep: number) => void;

  /** @param destroy Calls a resource's destructor, if it has one. */
  constructor(destroy: (resource: number, rep: number) => void) {
    this.#destroy = destroy;
  }

  new(resource: number, rep: number): number {
    const handle = this.#free.pop() ?? this.#slots.length;
    if (handle >= MAX_HANDLES) {
      throw new HandleError('The module holds too many handles.');
    }
    this.#slots[handle] = { resource, rep };
    return handle;
  }

  rep(resource: number, handle: number): number {
    const slot = this.#slots[handle];
    if (slot?.resource !== resource) {
      throw new HandleError(`The module used handle ${handle}, which is not a handle of that resource.`);
    }
    return slot.rep;
  }

  take(resource: number, handle: number): number {
    const rep = this.rep(resource, handle);
    this.#slots[handle] = undefined;
    this.#free.push(handle);
    return rep;
  }

  drop(resource: number, handle: number): number {
    return this.destroy(resource, this.take(resource, handle));
  }

  destroy(resource: number, rep: number): number {
    this.#destroy(resource, rep);
    return 0;
  }
}
