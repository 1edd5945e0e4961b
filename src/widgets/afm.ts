import type { Manager } from './kernel';

/** What anywidget's front-end API gives, in every host of it; the part that is used here. */
export interface Model<T> {
  get<K extends keyof T & string>(name: K): T[K];
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  set<K extends keyof T & string>(name: K, value: T[K]): void;
  /** Sends what was set to the kernel. */
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  /** In Jupyter alone. */
  readonly widget_manager?: Manager;
}

/** What `render` is given. */
export interface Render<T> {
  readonly model: Model<T>;
  readonly el: HTMLElement;
}
