import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import type { Description } from '../bridge/description';
import { find, operations, parts } from './operations';
import type { Parameter } from './parameters';
import { fromPlain, toPlain } from './plain';
import { withBytes } from './source';

const read = (module: string): Description =>
  JSON.parse(readFileSync(new URL(`../../wasmcell/modules/${module}.json`, import.meta.url), 'utf8')) as Description;
const pdf = read('pdf');

function parameter(variant: 'step' | 'output', operation: string, name: string): Parameter {
  const found = operations(pdf, variant).find(one => one.name === operation)!;
  return found.parameters.find(one => one.name === name)!;
}

describe('options that are more than a value', () => {
  it('are files, lists, records, flags', () => {
    expect(parameter('step', 'stamp-image', 'image')).toMatchObject({ kind: 'file', required: true });
    expect(parameter('step', 'redact', 'search')).toMatchObject({ kind: 'list', required: false, item: { kind: 'string', required: true } });
    const boxes = parameter('step', 'redact', 'boxes');
    expect(boxes.item).toMatchObject({ kind: 'record', fields: [{ name: 'page', low: 1 }, { name: 'box', kind: 'record' }] });
    expect(boxes.item!.fields![1]!.fields!.map(({ name, unit }) => [name, unit])).toEqual(['x', 'y', 'width', 'height'].map(name => [name, 'pt']));
    const allow = parameter('output', 'pdf', 'allow');
    expect([allow.kind, allow.required, allow.choices.length]).toEqual(['flags', false, 8]);
    // The host fills this in.
    expect(operations(pdf, 'output')[0]!.parameters.map(({ name }) => name)).not.toContain('entropy');
  });

  it.each([
    [parameter('output', 'pdf', 'allow'), ['print', 'fill-forms'], { print: true, modify: false, fillForms: true }],
    [parameter('step', 'redact', 'search'), ['a', 'b'], ['a', 'b']],
    [
      parameter('step', 'redact', 'boxes'),
      [{ page: 2, box: { x: 1, y: 2, width: 3, height: 4 } }],
      [{ page: 2, box: { x: 1, y: 2, width: 3, height: 4 } }]
    ],
    [parameter('step', 'set-outline', 'entries'), [{ title: 'One', level: 1 }], [{ title: 'One', level: 1, page: undefined, uri: undefined }]]
  ])('go to Python and come back: %#', (parameter, plain, value) => {
    expect(fromPlain(parameter, plain)).toMatchObject(value);
    expect(toPlain(parameter, fromPlain(parameter, plain))).toEqual(plain);
    expect(fromPlain(parameter, undefined)).toBeUndefined();
  });

  it('of functions go into the records that they are of', () => {
    const make = read('pdf-make');
    expect(find(make, 'from-images')!.parameters.map(({ name }) => name).slice(0, 3)).toEqual(['paper', 'landscape', 'margin']);
    const [mount, metadata, ...rest] = parts(make, 'from-images', { paper: 'a4', margin: 3, title: 'T' });
    expect([mount, metadata, rest]).toEqual([
      { paper: 'a4', landscape: undefined, margin: 3, fit: undefined, dpi: undefined },
      { title: 'T', author: undefined, subject: undefined, keywords: undefined, language: undefined },
      []
    ]);
  });

  it('get the bytes of their files', async () => {
    const file = new File([new Uint8Array([1, 2])], 'a.png');
    expect(await withBytes({ image: file, pages: '1', list: [{ file }] })).toEqual({
      image: new Uint8Array([1, 2]),
      pages: '1',
      list: [{ file: new Uint8Array([1, 2]) }]
    });
  });
});
