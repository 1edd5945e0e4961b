import { expect, it } from 'vitest';

import { WasmcellError } from '../bridge/errors';
import type { Book, Query } from './book';
import { nested } from './outline';
import { Search } from './search';

const TEXTS = ['one two', 'none', '', 'one'];
const query = (text: string): Query => ({ text, ignoreCase: true, regex: false });

function search(read: number[] = []): Search {
  const book: Partial<Book> = {
    search: async (page, { text }, { signal }) => {
      read.push(page);
      if (signal?.aborted) {
        throw new WasmcellError('cancelled', 'It is not wanted any more.');
      }
      if (text === '(') {
        throw new WasmcellError('invalid-argument', 'unclosed group');
      }
      if (text === 'broken' && page === 2) {
        throw new WasmcellError('malformed', 'the page is cut');
      }
      return TEXTS[page - 1]!.includes(text) ? [{ page, text, boxes: [] }] : [];
    }
  };
  return new Search(book as Book, TEXTS.length, () => undefined);
}

it('begins at the page that is read, and goes once around', async () => {
  const read: number[] = [];
  const found = search(read);
  await found.start(query('one'), 3);
  expect(read).toEqual([3, 4, 1, 2]);
  expect(found.hits.map(({ page }) => page)).toEqual([1, 2, 4]);
  expect([found.place, found.done, found.running]).toEqual([3, 1, false]);
  found.step(1);
  expect(found.current!.page).toBe(1);
  found.step(-1);
  found.step(-1);
  expect([found.current!.page, found.place]).toEqual([2, 2]);
  expect(found.on(4)).toHaveLength(1);
});

it('tells of a query that is none, and of pages that cannot be read', async () => {
  const found = search();
  await found.start(query('('), 1);
  expect([found.error, found.hits.length]).toEqual(['unclosed group', 0]);
  await found.start(query('broken'), 1);
  expect([found.error, found.unread, found.done]).toEqual(['', 1, 1]);
});

it('ends for another', async () => {
  const found = search();
  const first = found.start(query('one'), 1);
  await found.start(query('two'), 1);
  await first;
  expect(found.hits.map(({ text }) => text)).toEqual(['two']);
  await found.start(query(''), 1);
  expect([found.hits.length, found.running, found.place]).toEqual([0, false, 0]);
});

it('an outline is nested by depths, which may skip some', () => {
  const entry = (title: string, level: number) => ({ title, level });
  const names = (entries: ReturnType<typeof nested>): unknown[] => entries.map(({ bookmark, entries }) => [bookmark.title, names(entries)]);
  expect(names(nested([entry('a', 1), entry('b', 3), entry('c', 2), entry('d', 3), entry('e', 1)]))).toEqual([
    ['a', [['b', []], ['c', [['d', []]]]]],
    ['e', []]
  ]);
});
