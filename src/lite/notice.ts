import { make } from '../ui/dom';

const STATUSES =
  'position:fixed;right:12px;bottom:32px;z-index:10001;max-width:60ch;display:grid;gap:4px;justify-items:end;font:12px system-ui';
const STATUS = 'padding:4px 10px;border-radius:4px;background:#333;color:#fff';
const ALERTS = 'position:fixed;inset:0 0 auto;z-index:10001;max-height:50%;overflow:auto;font:14px/1.4 system-ui';
const ALERT = 'position:relative;padding:10px 44px 10px 16px;margin-bottom:1px;background:#b71c1c;color:#fff';
const CLOSE = 'position:absolute;top:6px;right:10px;border:0;background:none;color:inherit;font-size:20px;cursor:pointer';

/** What the site has to say, whether JupyterLab starts or not. */
export class Notice {
  readonly #statuses = make('div', { style: STATUSES });
  readonly #told = new Set<string>();
  readonly #alerts = make('div', { style: ALERTS });

  constructor() {
    document.body.append(this.#statuses, this.#alerts);
  }

  /** A line that says how something goes, for as many milliseconds if told; an empty text says no more. */
  line(): (text: string, milliseconds?: number) => void {
    const status = make('div', { role: 'status', style: STATUS, hidden: true });
    this.#statuses.append(status);
    return function say(text, milliseconds) {
      status.textContent = text;
      status.hidden = !text;
      if (milliseconds) {
        setTimeout(say, milliseconds, '');
      }
    };
  }

  /** Says what does not work, once, until it is put away. */
  alert(text: string): void {
    if (this.#told.has(text)) {
      return;
    }
    this.#told.add(text);
    const close = make('button', { type: 'button', 'aria-label': 'Close', style: CLOSE, onclick: () => alert.remove() }, '×');
    const alert = make('div', { role: 'alert', style: ALERT }, text, close);
    this.#alerts.append(alert);
  }
}
