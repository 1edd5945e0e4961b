// wasmcell.widgets.Form: a form for operations, whose values both ends edit.
import type { Description } from '../bridge/description';
import { find, Form, type Operation, type Values } from '../forms';
import { label } from '../forms/label';
import { fromPlain, toPlain, type Plain } from '../forms/plain';
import { make } from '../ui/dom';
import form from '../../style/form.css';
import { said } from '../workbench/texts';
import type { Render } from './afm';
import { keepKeys } from './keys';

type Given = Readonly<Record<string, Plain>>;

/** Files are the kernel's, which has them by their paths. */
function withPaths(operation: Operation): Operation {
  const parameters = operation.parameters.map(one =>
    one.kind === 'file' ? { ...one, kind: 'string' as const, docs: `${one.docs} Its path, where the kernel is.` } : one
  );
  return { ...operation, parameters };
}

interface Traits {
  readonly description: Description;
  /** The operations, as `resize`, `encode webp`; for each a form. */
  readonly operations: readonly string[];
  /** What is filled in, by WIT's names, for each of them. */
  readonly filled: readonly Given[];
}

export default {
  render({ model, el }: Render<Traits>): () => void {
    const description = model.get('description');
    const all = model.get('operations').map(name => ({ name, operation: withPaths(find(description, name)!) }));
    const place = make('div', { class: 'wasmcell-Forms' });
    let told = '';

    const draw = (): void => {
      const filled = model.get('filled');
      if (JSON.stringify(filled) === told) {
        return;
      }
      told = JSON.stringify(filled);
      const forms = all.map(({ operation: { parameters } }, place) => {
        const given = filled[place] ?? {};
        const first: Values = Object.fromEntries(parameters.map(one => [one.key, fromPlain(one, given[one.name])]));
        return new Form(parameters, first);
      });
      const read = (): void => {
        const values = forms.map(one => one.values({ focus: false }));
        if (values.every(one => one !== undefined)) {
          const next = all.map(({ operation }, place) => {
            const kept = said(operation, values[place]!);
            const shown = operation.parameters.map(({ name }) => name);
            const unseen = Object.entries(filled[place] ?? {}).filter(([name]) => !shown.includes(name));
            const seen = Object.fromEntries(operation.parameters.filter(({ key }) => key in kept).map(one => [one.name, toPlain(one, kept[one.key])]));
            return { ...Object.fromEntries(unseen), ...seen } as Given;
          });
          told = JSON.stringify(next);
          model.set('filled', next);
          model.save_changes();
        }
      };
      place.replaceChildren(
        ...forms.map((one, place) => {
          const { name, operation } = all[place]!;
          const group = make('fieldset', {}, make('legend', {}, label(name, operation.docs)));
          if (operation.docs) {
            group.append(make('p', { class: 'wasmcell-Field-help' }, operation.docs));
          }
          group.append(one.element);
          one.element.addEventListener('input', read);
          return group;
        })
      );
    };
    draw();
    el.append(make('style', {}, form), place);
    model.on('change:filled', draw);
    const end = keepKeys(place);
    return () => {
      end();
      model.off('change:filled', draw);
    };
  }
};
