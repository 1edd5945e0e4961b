import { size } from '../ui/text';

/** The site's files: paths, and the beginnings of their sha256; those first that Python starts with. */
export interface Listing {
  readonly bytes: number;
  readonly files: readonly (readonly [path: string, sha256: string])[];
}

/** How many files are fetched at a time: JupyterLab itself is loading, too. */
const AT_ONCE = 4;

/** Keeps a copy of the site. */
export class Copier {
  readonly #base: URL;
  readonly #cache: Cache;

  constructor(base: URL, cache: Cache) {
    this.#base = base;
    this.#cache = cache;
  }

  /**
   * Brings the copy up to date; nothing is fetched that is there already, and still is what it was: scripts of the
   * page, and what runs in Python, can write there. Where something is wrong with the site's files, those of an older
   * copy stay.
   *
   * @param told Called with how many files are done, and with what is wrong with the site's so far.
   * @returns What is wrong with them.
   * @throws Error if there is no room for them.
   */
  async copy({ files, bytes }: Listing, told: (done: number, all: number, faults: readonly string[]) => void): Promise<string[]> {
    const wanted = new Map(files.map(([path, sha256]) => [this.#key(path, sha256), { path, sha256 }]));
    const old = new Set((await this.#cache.keys()).map(({ url }) => url));
    const missing: [string, { path: string; sha256: string }][] = [];
    for (const [key, file] of wanted) {
      if (old.has(key)) {
        if (await this.#holds(key, file.sha256)) {
          continue;
        }
        await this.#cache.delete(key); // also if it cannot be fetched: nobody is to be served what it became
      }
      missing.push([key, file]);
    }
    const faults: string[] = [];
    let done = 0;
    const work = async (): Promise<void> => {
      for (let next = missing.shift(); next; next = missing.shift()) {
        const [key, { path, sha256 }] = next;
        const fault = await this.#fetch(key, path, sha256, bytes);
        if (fault) {
          faults.push(fault);
        }
        told(++done, missing.length + done, faults);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (!faults.length) {
      await Promise.all([...old].filter(key => !wanted.has(key)).map(key => this.#cache.delete(key)));
    }
    return faults;
  }

  /** Another file of the same name has another key. */
  #key(path: string, sha256: string): string {
    return new URL(`${path}?${sha256}`, this.#base).href;
  }

  async #holds(key: string, sha256: string): Promise<boolean> {
    await new Promise(resolve => setTimeout(resolve)); // JupyterLab is loading, too
    const kept = await this.#cache.match(key);
    return kept !== undefined && isThat(await kept.arrayBuffer(), sha256);
  }

  async #fetch(key: string, path: string, sha256: string, all: number): Promise<string | undefined> {
    const response = await fetch(new URL(path, this.#base), { cache: 'no-cache', priority: 'low' }).catch(() => undefined);
    if (!response?.ok) {
      return `${path} is missing (${response ? response.status : 'no answer'})`;
    }
    const body = await response.arrayBuffer();
    if (!(await isThat(body, sha256))) {
      return `${path} is not the file that was built`;
    }
    try {
      await this.#cache.put(key, new Response(body, { headers: response.headers }));
    } catch (error) {
      const { quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      throw new Error(`the browser has no room for a copy. It needs ${size(all)}; this site may have ${size(quota)} in all.`, {
        cause: error
      });
    }
    return undefined;
  }
}

/** Whether bytes have a sha256 that begins so. */
async function isThat(bytes: ArrayBuffer, sha256: string): Promise<boolean> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('').startsWith(sha256);
}
