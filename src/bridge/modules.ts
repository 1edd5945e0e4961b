import type { Description } from './description';
import { WasmcellError } from './errors';
import { limitMemory } from './core-memory';

/** A module and where its bytes are to be had. */
export interface ModuleSource {
  readonly description: Description;
  /** Gets the component's bytes; called at most once for each sha256. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** A module whose bytes are here. */
export interface LoadedModule {
  readonly description: Description;
  /** The core modules, sliced out of the component, in jco's order. */
  readonly cores: readonly Uint8Array<ArrayBuffer>[];
}

/** A line of `Bridge.loaded()`. */
export interface ModuleInfo {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** Bytes of the component's core modules. */
  readonly size: number;
}

/** The modules that are known, and those that are loaded, by sha256; people may speak of them by name. */
export class Modules {
  readonly #sources = new Map<string, ModuleSource>();
  /** The sha256 of the module that was added first under a name. */
  readonly #named = new Map<string, string>();
  readonly #loading = new Map<string, Promise<LoadedModule>>();
  readonly #loaded = new Map<string, LoadedModule>();

  /**
   * Makes a module known, by its sha256. Its name is the first's that comes by it: a kernel of another version that
   * brings its own takes nothing from those who are here.
   */
  add(source: ModuleSource): void {
    const { module, sha256 } = source.description;
    this.#sources.set(sha256, source);
    if (!this.#named.has(module)) {
      this.#named.set(module, sha256);
    }
  }

  /** The descriptions of all that were added. */
  get known(): Description[] {
    return [...this.#sources.values()].map(({ description }) => description);
  }

  /** Whether a module of this sha256 was added. */
  has(sha256: string): boolean {
    return this.#sources.has(sha256);
  }

  /** The description of a module, by name or sha256. @throws WasmcellError `module` if it is unknown. */
  describe(key: string): Description {
    return this.#source(key).description;
  }

  /**
   * A module's core modules, by its name or sha256. Each sha256 is loaded once; a load that failed is tried again when
   * asked for again.
   *
   * @throws WasmcellError `module` if the bytes cannot be had, or are not the ones described.
   */
  load(key: string): Promise<LoadedModule> {
    const source = this.#source(key);
    const { sha256 } = source.description;
    let loading = this.#loading.get(sha256);
    if (!loading) {
      loading = load(source);
      this.#loading.set(sha256, loading);
      loading.then(
        module => this.#loaded.set(sha256, module),
        () => this.#loading.delete(sha256)
      );
    }
    return loading;
  }

  /** What is loaded. */
  loaded(): ModuleInfo[] {
    return [...this.#loaded.values()].map(({ description, cores }) => ({
      name: description.module,
      version: description.version,
      sha256: description.sha256,
      size: cores.reduce((sum, core) => sum + core.length, 0)
    }));
  }

  #source(key: string): ModuleSource {
    const source = this.#sources.get(this.#named.get(key) ?? key);
    if (!source) {
      const known = [...this.#named.keys()].sort().join(', ') || 'none';
      throw new WasmcellError('module', `There is no module ${key}. Modules here: ${known}.`);
    }
    return source;
  }
}

/**
 * A module that lies at an address, with its description beside it.
 *
 * @param url Of the `.wasm` file; the description is the `.json` of the same name.
 * @throws WasmcellError `module` if the description cannot be had.
 */
export async function moduleAt(url: URL): Promise<ModuleSource> {
  const extract = new URL(url);
  extract.pathname = extract.pathname.replace(/\.wasm$/, '.json');
  return moduleOf((await (await get(extract)).json()) as Description, url);
}

/** A module whose description is here already, and whose `.wasm` file lies at an address. */
export function moduleOf(description: Description, url: URL): ModuleSource {
  return { description, bytes: async () => new Uint8Array(await (await get(url)).arrayBuffer()) };
}

async function get(url: URL): Promise<Response> {
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new WasmcellError('module', `${url} cannot be read: ${(error as Error).message}.`);
  }
  if (!response.ok) {
    throw new WasmcellError('module', `${url} cannot be read: ${response.status} ${response.statusText}.`);
  }
  return response;
}

async function load({ description, bytes }: ModuleSource): Promise<LoadedModule> {
  let component;
  try {
    component = await bytes();
  } catch (error) {
    throw WasmcellError.from(error, 'module');
  }
  // Only secure contexts have `subtle`; elsewhere the bytes are taken as they come.
  if (globalThis.crypto?.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', component));
    const found = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
    if (found !== description.sha256) {
      throw new WasmcellError(
        'module',
        `Module ${description.module} is not the one described: its sha256 is ${found}, not ${description.sha256}.`
      );
    }
  }
  const cores = description.core.modules.map(({ offset, size }) => component.slice(offset, offset + size));
  return { description, cores };
}

/** Compiles core modules once for each memory limit. */
export class Compiler {
  readonly #compiled = new Map<string, Promise<WebAssembly.Module[]>>();

  /** The sha256 of the modules that are compiled, or just being so. */
  get compiled(): string[] {
    return [...new Set([...this.#compiled.keys()].map(key => key.split(' ')[0]!))];
  }

  /**
   * @param sha256 The module's, by which compiled code is kept.
   * @param memory Bytes that an instance may use.
   * @throws WasmcellError `limit-exceeded` if the module needs more memory from the start, `module`
   *   if it cannot be compiled.
   */
  compile(sha256: string, cores: LoadedModule['cores'], memory: number): Promise<WebAssembly.Module[]> {
    const key = `${sha256} ${memory}`;
    let compiling = this.#compiled.get(key);
    if (!compiling) {
      compiling = Promise.all(cores.map(async core => WebAssembly.compile(limitMemory(core, memory)))).catch(error => {
        this.#compiled.delete(key);
        throw WasmcellError.from(error, 'module');
      });
      this.#compiled.set(key, compiling);
    }
    return compiling;
  }
}
