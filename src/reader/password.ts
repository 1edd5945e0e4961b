import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';

/** Asks for a document's password. It is no form: a sandboxed frame sends none. */
export class Password {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;

  /** @param again Whether one was given that does not open it. */
  constructor(name: string, again: boolean, given: (password: string) => void, trans: Translate<ViewText>) {
    this.#input = make('input', { type: 'password', autocomplete: 'off', 'aria-label': trans('Password') });
    const open = make('button', { type: 'button', class: 'wasmcell-button wasmcell-mod-text' }, trans('Open'));
    const give = (): void => {
      open.disabled = true;
      given(this.#input.value);
    };
    open.addEventListener('click', give);
    this.#input.addEventListener('keydown', event => {
      if (event.key === 'Enter') {
        event.stopPropagation();
        give();
      }
    });
    this.element = make(
      'div',
      { class: 'wasmcell-Reader-password', role: 'group', 'aria-label': trans('Password') },
      make('p', {}, trans('%1 is encrypted. What is its password?', name)),
      make('div', {}, this.#input, open),
      make('p', { class: 'wasmcell-mod-bad', role: 'alert' }, again ? trans('That does not open it.') : '')
    );
    this.#input.setAttribute('aria-invalid', String(again));
  }

  focus(): void {
    this.#input.focus();
  }
}
