import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';

import { Copier } from './copier';

const BASE = new URL('https://site.example/course/');

/** As much of a cache as is used. */
class FakeCache {
  readonly kept = new Map<string, string>();
  full = false;

  async keys(): Promise<{ url: string }[]> {
    return [...this.kept.keys()].map(url => ({ url }));
  }

  async match(url: string): Promise<Response | undefined> {
    const text = this.kept.get(url);
    return text === undefined ? undefined : new Response(text);
  }

  async put(url: string, response: Response): Promise<void> {
    if (this.full) {
      throw new DOMException('full', 'QuotaExceededError');
    }
    this.kept.set(url, await response.text());
  }

  async delete(url: string): Promise<boolean> {
    return this.kept.delete(url);
  }
}

afterEach(() => vi.unstubAllGlobals());

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Copies a site that has these files, where it should have `wanted`. */
async function copy(cache: FakeCache, site: Record<string, string>, wanted = site): Promise<{ faults: string[]; asked: string[] }> {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: URL) => {
    const path = url.pathname.replace('/course/', '');
    asked.push(path);
    return path in site ? new Response(site[path]) : new Response('', { status: 404 });
  });
  const files = Object.entries(wanted).map(([path, text]) => [path, sha(text)] as const);
  const faults = await new Copier(BASE, cache as unknown as Cache).copy({ bytes: 70e6, files }, () => undefined);
  return { faults, asked };
}

test('files are kept, and not fetched again; what has changed is, and what is gone goes', async () => {
  const cache = new FakeCache();
  expect(await copy(cache, { 'a.js': 'one', 'b/c.js': 'two' })).toEqual({ faults: [], asked: ['a.js', 'b/c.js'] });
  expect(await copy(cache, { 'a.js': 'other', 'd.js': 'three' })).toEqual({ faults: [], asked: ['a.js', 'd.js'] });
  expect([...cache.kept.values()].sort()).toEqual(['other', 'three']);
  expect([...cache.kept.keys()].every(url => url.startsWith(BASE.href))).toBe(true);
});

test('a file that was changed where it is kept is fetched again', async () => {
  const cache = new FakeCache();
  await copy(cache, { 'a.js': 'one', 'b.js': 'two' });
  const [changed] = [...cache.kept].find(([, text]) => text === 'two')!;
  cache.kept.set(changed, 'what a notebook wrote');
  expect(await copy(cache, { 'a.js': 'one', 'b.js': 'two' })).toEqual({ faults: [], asked: ['b.js'] });
  expect([...cache.kept.values()].sort()).toEqual(['one', 'two']);
  cache.kept.set(changed, 'what a notebook wrote');
  await copy(cache, { 'a.js': 'one' }, { 'a.js': 'one', 'b.js': 'two' });
  expect([...cache.kept.values()], 'even if it cannot be').toEqual(['one']);
});

test('what is missing or is another is told, and the others are kept', async () => {
  const cache = new FakeCache();
  const { faults } = await copy(cache, { 'a.js': 'cut', 'b.js': 'fine' }, { 'a.js': 'whole', 'b.js': 'fine', 'c.js': 'gone' });
  expect(faults.sort()).toEqual(['a.js is not the file that was built', 'c.js is missing (404)']);
  expect([...cache.kept.values()]).toEqual(['fine']);
});

test('while the site is not whole, what was kept of an older one stays', async () => {
  const cache = new FakeCache();
  await copy(cache, { 'a.js': 'old', 'b.js': 'old' });
  const { faults } = await copy(cache, { 'a.js': 'new' }, { 'a.js': 'new', 'b.js': 'new' });
  expect(faults).toEqual(['b.js is missing (404)']);
  expect([...cache.kept.values()].sort()).toEqual(['new', 'old', 'old']);
});

test('where there is no room, that is said with what is needed', async () => {
  const cache = new FakeCache();
  cache.full = true;
  vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota: 50e6 }) } });
  await expect(copy(cache, { 'a.js': 'one' })).rejects.toThrow(/no room for a copy. It needs 70.0 MB; this site may have 50.0 MB/);
});
