import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { Widget } from '@lumino/widgets';

import type { Bridge, FileRef } from '../bridge';
import { bytesOf } from './contents';
import type { IWasmcell } from './token';

/** What shows a file. */
interface Showing {
  readonly element: HTMLElement;
  dispose(): void;
}

/** A place where a file is shown: anew when another program has written it, and let go of with the place. */
export abstract class Shown<S extends Showing> extends Widget {
  /** What shows it now. */
  protected shown: S | undefined;
  #file: FileRef | undefined;

  constructor(
    protected readonly context: DocumentRegistry.Context,
    protected readonly wasmcell: IWasmcell
  ) {
    super();
    this.node.tabIndex = -1;
    void context.ready.then(() => {
      void this.#open();
      context.fileChanged.connect(this.#open, this);
    });
  }

  override dispose(): void {
    this.#end();
    super.dispose();
  }

  /** The file's name, for people. */
  protected abstract readonly name: string;

  /** Shows a file, after what showed it before. */
  protected abstract showing(bridge: Bridge, file: FileRef, before: S | undefined): S;

  #end(): void {
    this.shown?.dispose();
    this.shown = undefined;
    const file = this.#file;
    this.#file = undefined;
    if (file) {
      void this.wasmcell.bridge().then(bridge => bridge.forget(file));
    }
  }

  async #open(): Promise<void> {
    try {
      const bridge = await this.wasmcell.bridge();
      const file = await bridge.put(new Blob([bytesOf(this.context.model.toString())]), this.name);
      if (this.isDisposed) {
        return void bridge.forget(file);
      }
      const before = this.shown;
      this.#end();
      this.#file = file;
      this.shown = this.showing(bridge, file, before);
      this.node.replaceChildren(this.shown.element);
    } catch (error) {
      this.node.textContent = (error as Error).message;
    }
  }
}
