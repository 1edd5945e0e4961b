import { make } from '../ui/dom';
import type { Parameter } from './parameters';

/** Places on a slider. */
const PLACES = 1000;
/** Ranges that are wider than this are of sizes, which a straight scale would crowd at its start. */
const WIDE = 256;

/** Whether a range slider stands beside an option's number. */
export function hasSlider({ kind, low, high, choices }: Parameter): boolean {
  return (kind === 'integer' || kind === 'float') && choices.length === 0 && high - low <= 65535;
}

/** The value at a place of the slider, from 0 to 1; wide ranges have their small values spread. */
export function valueAt(parameter: Parameter, place: number): number {
  const { kind, low, high } = parameter;
  const value = low + (high - low) * place ** power(parameter);
  return kind === 'integer' ? Math.round(value) : Number(value.toPrecision(value < 1 ? 2 : 3));
}

/** The place of a value, as `valueAt` has it. */
export function placeOf(parameter: Parameter, value: number): number {
  const { low, high } = parameter;
  return Math.max(0, (value - low) / (high - low)) ** (1 / power(parameter));
}

function power({ kind, low, high }: Parameter): number {
  return high - low >= WIDE || (kind === 'float' && low > 0 && high / low > WIDE) ? 3 : 1;
}

/**
 * A slider for the pointer, beside a number that has the keyboard and the label: to those who do not see the
 * slider the two are one.
 */
export function rangeOf(parameter: Parameter, number: HTMLInputElement): HTMLInputElement {
  const slider = make('input', {
    type: 'range',
    class: 'wasmcell-Field-range',
    min: '0',
    max: String(PLACES),
    tabindex: '-1',
    'aria-hidden': 'true'
  });
  let leads = false;
  const follow = (): void => {
    // Nothing typed means the default; where there is none, the slider stands nowhere.
    const value = number.value === '' ? parameter.default : number.value;
    slider.classList.toggle('wasmcell-mod-unset', value === undefined);
    if (!leads) {
      slider.value = String(Math.round(PLACES * placeOf(parameter, Number(value ?? parameter.low))));
    }
  };
  const lead = (event: Event): void => {
    event.stopPropagation();
    number.value = String(valueAt(parameter, Number(slider.value) / PLACES));
    leads = true;
    number.dispatchEvent(new Event(event.type, { bubbles: true }));
    leads = false;
  };
  follow();
  number.addEventListener('input', follow);
  slider.addEventListener('input', lead);
  slider.addEventListener('change', lead);
  return slider;
}
