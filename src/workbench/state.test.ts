import { describe, expect, it } from 'vitest';

import { State, steps } from './state';

function filled(...tags: string[]): State {
  const state = new State();
  tags.forEach(tag => state.add(state.item(tag, {})));
  return state;
}

const tags = (state: State): string[] => state.recipe.items.map(({ tag }) => tag);
const id = (state: State, tag: string): number => state.recipe.items.find(item => item.tag === tag)!.id;

describe('the list of steps', () => {
  it('is added to, reordered and shortened', () => {
    const state = filled('resize', 'blur', 'flip');
    state.move(id(state, 'flip'), 0);
    expect(tags(state)).toEqual(['flip', 'resize', 'blur']);
    state.move(id(state, 'flip'), 9);
    expect(tags(state)).toEqual(['resize', 'blur', 'flip']);
    state.remove(id(state, 'blur'));
    expect(tags(state)).toEqual(['resize', 'flip']);
  });

  it('carries out what is on and filled in', () => {
    const state = filled('resize', 'flip');
    state.add(state.item('blur', undefined));
    expect(steps(state.recipe).map(({ tag }) => tag)).toEqual(['resize', 'flip']);
    state.toggle(id(state, 'resize'));
    expect(steps(state.recipe).map(({ tag }) => tag)).toEqual(['flip']);
    state.fill(id(state, 'blur'), { sigma: 2 });
    expect(steps(state.recipe)).toEqual([
      { tag: 'flip', val: {} },
      { tag: 'blur', val: { sigma: 2 } }
    ]);
  });
});

describe('the history', () => {
  it('goes back and forth, and a change ends what lay ahead', () => {
    const state = filled('resize', 'blur');
    state.undo();
    expect(tags(state)).toEqual(['resize']);
    state.undo();
    expect(tags(state)).toEqual([]);
    state.undo();
    expect([state.canUndo, state.canRedo]).toEqual([false, true]);
    state.redo();
    expect(tags(state)).toEqual(['resize']);
    state.add(state.item('flip', {}));
    expect([state.canUndo, state.canRedo]).toEqual([true, false]);
    expect(tags(state)).toEqual(['resize', 'flip']);
  });

  it('takes a slide of one control as one change', () => {
    const state = filled('blur');
    const blur = id(state, 'blur');
    const sigma = (): unknown => state.recipe.items[0]!.val!['sigma'];
    [1, 2, 3].forEach(sigma => state.fill(blur, { sigma }));
    state.settle();
    [4, 5].forEach(sigma => state.fill(blur, { sigma }));
    expect(sigma()).toBe(5);
    state.undo();
    expect(sigma()).toBe(3);
    state.undo();
    expect(sigma()).toBeUndefined();
    state.redo();
    expect(sigma()).toBe(3);
  });

  it('tells who made a change', () => {
    const state = filled('blur');
    const heard: unknown[] = [];
    const stop = state.observe(by => heard.push(by));
    state.fill(id(state, 'blur'), { sigma: 1 }, 'form');
    state.undo();
    stop();
    state.redo();
    expect(heard).toEqual(['form', undefined]);
  });

  it('does not note what changes nothing', () => {
    const state = filled('blur');
    state.move(id(state, 'blur'), 0);
    state.undo();
    expect(state.canUndo).toBe(false);
  });
});
