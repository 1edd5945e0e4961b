import { make } from '../ui/dom';
import { changed, frame, type Field, type Host } from './field';
import { label } from './label';
import type { Parameter, Reading } from './parameters';
import type { FileSource } from './source';

/** A file to choose. */
export class FileField implements Field {
  readonly element: HTMLElement;
  readonly parameter: Parameter;
  readonly #host: Host;
  readonly #button: HTMLElement;
  readonly #message: HTMLElement;
  #file: FileSource | undefined;

  constructor(parameter: Parameter, host: Host, value?: FileSource) {
    this.parameter = parameter;
    this.#host = host;
    this.#file = value;
    const { element, row, message, id } = frame(parameter, true);
    this.element = element;
    this.#message = message;
    const name = make('output', { class: 'wasmcell-Field-file' });
    this.#button = make('button', { type: 'button', class: 'jp-mod-styled', 'aria-describedby': `${id}-help ${id}-message` }, host.trans('Choose…'));
    row.append(this.#button, name);
    const show = (): void => {
      name.textContent = this.#file?.name ?? host.trans('No file yet');
    };
    show();
    this.#button.addEventListener('click', async () => {
      const file = await (host.choose ?? browse)(label(parameter.name, parameter.docs));
      if (file) {
        this.#file = file;
        show();
        this.check();
        changed(this.element);
      }
    });
  }

  check(): Reading {
    const problem = this.parameter.required && !this.#file ? this.#host.trans('Choose a file.') : '';
    this.#message.textContent = problem;
    this.#button.classList.toggle('jp-mod-error', problem !== '');
    return problem ? { problem } : { value: this.#file };
  }

  focus(): void {
    this.#button.focus();
  }
}

/** A file of the person's computer. */
function browse(): Promise<FileSource | undefined> {
  return new Promise(resolve => {
    const input = make('input', { type: 'file' });
    input.addEventListener('change', () => resolve(input.files?.[0]));
    input.addEventListener('cancel', () => resolve(undefined));
    input.click();
  });
}
