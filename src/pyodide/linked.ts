import { REFUSED } from '../bridge/glue';
import { Handles } from './handles';
import type { Export, Intrinsic, Request } from './protocol';

/** The core instances of a component, linked as its description says. */
export class Linked {
  readonly handles: Handles;
  readonly memories: WebAssembly.Memory[] = [];
  readonly #exports: WebAssembly.Exports[] = [];

  constructor({ modules, instances, destructors }: Extract<Request, { op: 'link' }>) {
    this.handles = new Handles((resource, rep) => {
      const destructor = destructors[resource];
      if (destructor) {
        this.function(destructor)(rep);
      }
    });
    for (const { module, imports } of instances) {
      const given: Record<string, Record<string, WebAssembly.ImportValue>> = {};
      for (const [space, name, item] of imports) {
        (given[space] ??= {})[name] = isIntrinsic(item) ? this.#intrinsic(item) : this.get(item);
      }
      this.#exports.push(new WebAssembly.Instance(modules[module]!, given).exports);
    }
  }

  #intrinsic([operation, resource]: Intrinsic): (number: number) => number {
    return number => this.handles[operation](resource, number >>> 0);
  }

  /** What an instance exports. @throws WebAssembly.LinkError if there is no such thing. */
  get([instance, name]: Export): WebAssembly.ExportValue {
    const found = this.#exports[instance]?.[name];
    if (found === undefined) {
      throw new WebAssembly.LinkError(`there is no export ${JSON.stringify(name)}, which the description names.`);
    }
    return found;
  }

  function(item: Export): (...args: unknown[]) => unknown {
    return this.get(item) as (...args: unknown[]) => unknown;
  }

  /** How many bytes of memory the module last asked for in vain; 0 if it did not, or does not tell. */
  refused(): number {
    const told = this.#exports.find(exports => REFUSED in exports)?.[REFUSED];
    try {
      return told ? (told as () => number)() >>> 0 : 0;
    } catch {
      return 0;
    }
  }
}

function isIntrinsic(item: Export | Intrinsic): item is Intrinsic {
  return typeof item[0] === 'string';
}
