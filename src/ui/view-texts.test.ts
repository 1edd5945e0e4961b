import { expect, it } from 'vitest';

import { plain } from './translate';
import { translateBy, textsOf } from './view-texts';

it('are translated by the page, and filled in by the view', () => {
  const german = (text: string, ...args: (string | number)[]): string =>
    plain(text === '%1 and %2 more' ? 'noch %2 außer %1' : text, ...args);
  const trans = translateBy(textsOf(german));
  expect(trans('%1 and %2 more', 'a.png', 3)).toBe('noch 3 außer a.png');
  expect(trans('Remove %1', '100 %1.png')).toBe('Remove 100 %1.png');
});
