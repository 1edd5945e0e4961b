import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import type { Description } from '../bridge/description';
import { operations } from './operations';
import { parameters, read, type Parameter } from './parameters';
import { plain } from '../ui/translate';

const image = JSON.parse(
  readFileSync(new URL('../../wasmcell/modules/image.json', import.meta.url), 'utf8')
) as Description;
const steps = operations(image, 'step');

function parameter(step: string, name: string): Parameter {
  return steps.find(one => one.name === step)!.parameters.find(one => one.name === name)!;
}

describe('parameters', () => {
  it('are those of the WIT', () => {
    expect(steps.map(({ name }) => name).slice(0, 3)).toEqual(['resize', 'crop', 'rotate']);
    expect(steps.find(({ name }) => name === 'grayscale')).toMatchObject({ payload: false, parameters: [] });
    expect(parameter('resize', 'width')).toMatchObject({ kind: 'integer', required: false, low: 1, unit: 'px' });
    expect(parameter('resize', 'width').default).toBeUndefined();
    expect(parameter('resize', 'fit')).toMatchObject({ kind: 'choice', default: 'inside' });
    expect(parameter('rotate', 'degrees').choices.map(({ value }) => value)).toEqual([0, 90, 180, 270]);
    expect(parameter('sharpen', 'amount')).toMatchObject({ kind: 'float', required: true, high: 10 });
    const decode = image.types.findIndex(({ name }) => name === 'decode');
    expect(parameters(image, decode)).toMatchObject([{ name: 'auto-orient', key: 'autoOrient', default: true }]);
  });

  it.each([
    ['resize', 'width', '', { value: undefined }],
    ['resize', 'width', ' 12 ', { value: 12 }],
    ['resize', 'width', '65536', { problem: 'This must be an integer from 1 to 65535 px.' }],
    ['resize', 'width', '1.5', { problem: 'This must be an integer from 1 to 65535 px.' }],
    ['resize', 'background', 'red', { value: 'red' }],
    ['blur', 'sigma', '', { problem: 'This is needed: a number from 0.1 to 250 px.' }],
    ['blur', 'sigma', 'x', { problem: 'This must be a number from 0.1 to 250 px.' }],
    ['blur', 'sigma', '2.5', { value: 2.5 }],
    ['crop', 'x', '0', { value: 0 }]
  ])('%s %s reads %j', (step, name, text, expected) => {
    expect(read(parameter(step, name), text, plain)).toEqual(expected);
  });

  it('know what their type can hold where the WIT tells no range', () => {
    const types = ['u8', 's16', 'u64', 'f32'];
    const fields = types.map(type => ({ name: type, docs: '', type }));
    const description = { ...image, types: [{ name: 'all', docs: '', record: fields }] };
    expect(parameters(description, 0).map(({ low, high, big }) => [low, high, big])).toEqual([
      [0, 255, false],
      [-32768, 32767, false],
      [0, 2 ** 64 - 1, true],
      [-Infinity, Infinity, false]
    ]);
    expect(read(parameters(description, 0)[2]!, '5', plain)).toEqual({ value: 5n });
  });
});
