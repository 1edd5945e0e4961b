import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import type { Description } from '../bridge/description';
import { State } from './state';
import { fromJson, said, summary, toJson, toMagic, toPython } from './texts';
import { find } from '../forms';

const image = JSON.parse(
  readFileSync(new URL('../../wasmcell/modules/image.json', import.meta.url), 'utf8')
) as Description;

function recipe() {
  const state = new State();
  state.add(state.item('resize', { width: 800, background: "it's {red}" }));
  state.add(state.item('grayscale', {}));
  state.add(state.item('blur', undefined));
  state.add(state.item('flip', { axis: 'vertical' }));
  state.toggle(state.recipe.items[3]!.id);
  state.output({ tag: 'webp', val: { lossless: true } });
  return { ...state.recipe, decode: { autoOrient: false } };
}

describe('a recipe as text', () => {
  it('has only what is carried out', () => {
    expect(toJson(image, recipe(), ['photo.jpg'])).toEqual({
      wasmcell: 1,
      modules: { image: image.version },
      sources: ['photo.jpg'],
      steps: [
        { operation: 'image.decode', options: { 'auto-orient': false } },
        { operation: 'image.resize', options: { width: 800, background: "it's {red}" } },
        { operation: 'image.grayscale', options: {} },
        { operation: 'image.encode webp', options: { lossless: true } }
      ],
      output: null
    });
  });

  it('comes back from JSON', () => {
    const json = toJson(image, recipe());
    expect(toJson(image, fromJson(image, json, new State()))).toEqual(json);
    const unknown = { ...json, steps: [{ operation: 'image.swirl', options: {} }] };
    expect(() => fromJson(image, unknown, new State())).toThrow('There is no operation image.swirl here.');
  });

  it('is Python', () => {
    expect(toPython(image, recipe(), 'my "photo".jpg')).toBe(
      'from wasmcell import image\n\nimage.open("my \\"photo\\".jpg", auto_orient=False)' +
        '.resize(width=800, background="it\'s {red}").grayscale().encode("webp", lossless=True)\n'
    );
    expect(toPython(image, recipe())).toContain('image.pipeline().decode(auto_orient=False).resize(');
  });

  it('is a line of %wasm, if there is anything to do', () => {
    expect(toMagic(image, recipe(), 'my photo.jpg')).toBe(
      "%wasm 'my photo.jpg' | image.decode auto-orient=false | image.resize width=800 " +
        'background="it\'s {{red}}" | image.grayscale | image.encode webp lossless=true'
    );
    expect(toMagic(image, new State().recipe, 'photo.jpg')).toBeUndefined();
  });

  it('leaves defaults out, and keeps what must be said', () => {
    const sharpen = find(image, 'sharpen')!;
    const values = said(sharpen, { amount: 2, radius: 1, threshold: 3 });
    expect(values).toEqual({ amount: 2, threshold: 3 });
    expect(summary(sharpen, values)).toBe('amount=2 threshold=3');
  });
});
