import { expect, test } from 'vitest';

import type { pdf } from '../bridge';
import { plain } from '../forms';
import { told } from './redacted';

const page = (number: number, reason = ''): pdf.Redaction => ({
  page: number,
  hits: [{ page: number, text: 'secret', boxes: [] }],
  handling: reason ? 'pictured' : 'rewritten',
  reason,
  notes: []
});

const report = (pages: pdf.Redaction[], notFound: string[] = [], notSearched: string[] = []): pdf.RedactionReport => ({
  pages,
  notFound,
  acknowledged: new Uint32Array(),
  notSearched,
  notes: ['metadata was removed']
});

test('one page is a page', () => {
  expect(told(report([page(1)]), plain)).toEqual({ notes: ['Removed: 1, on page 1.'], stays: false });
  const two = report([page(1), page(3, 'a shading')]);
  expect(told(two, plain).notes).toEqual(['Removed: 2, on pages 1, 3.', 'Page 3 became a picture: a shading.']);
});

test('what stays is told, for it is not what was wanted', () => {
  expect(told(report([], ['secret']), plain)).toEqual({ notes: ['Nothing was removed.', 'On no page: secret.'], stays: true });
  expect(told(report([page(1)], ['nowhere']), plain).stays).toBe(true);
});

test('where nothing was searched is told', () => {
  const { notes, stays } = told(report([page(1)], [], ['pictures, which may show texts: pages 2,11']), plain);
  const unseen = 'Not searched, to be looked through: pictures, which may show texts: pages 2,11';
  expect(notes).toEqual(['Removed: 1, on page 1.', unseen]);
  expect(stays).toBe(true);
});
