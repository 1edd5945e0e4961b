import { describe, expect, it } from 'vitest';

import { HandleError, Handles } from './handles';

describe('the handles of a module', () => {
  it('are numbered from 1, and numbers come back', () => {
    const handles = new Handles(() => undefined);
    expect([handles.new(0, 70), handles.new(0, 80)]).toEqual([1, 2]);
    expect(handles.take(0, 1)).toBe(70);
    expect(handles.new(0, 90)).toBe(1);
    expect([handles.rep(0, 1), handles.rep(0, 2)]).toEqual([90, 80]);
  });

  it('end their resource when they are dropped', () => {
    const ended: unknown[] = [];
    const handles = new Handles((...of) => ended.push(of));
    handles.drop(3, handles.new(3, 42));
    expect(ended).toEqual([[3, 42]]);
    expect(() => handles.drop(3, 1)).toThrow(HandleError);
  });

  it.each([0, 2, -1, 1.5, NaN])('are not trusted: %s', handle => {
    const handles = new Handles(() => undefined);
    handles.new(0, 70);
    expect(() => handles.rep(0, handle)).toThrow('not a handle of that resource');
  });

  it('belong to one resource', () => {
    const handles = new Handles(() => undefined);
    expect(() => handles.rep(1, handles.new(0, 70))).toThrow('not a handle of that resource');
  });
});
