import { Token } from '@lumino/coreutils';

import type { Bridge, Description } from '../bridge';

/** What other extensions get of wasmcell. */
export interface IWasmcell {
  /** Of this extension. */
  readonly version: string;
  /** Names this load of the page: what lives in the bridge is gone when another comes. */
  readonly page: string;
  /** The modules that come with the extension. */
  readonly modules: readonly Description[];
  /** The page's one bridge, with its ledger and all modules; started when it is first asked for. */
  bridge(): Promise<Bridge>;
  /** The bridge when somebody has started it; waiting for it starts nothing. */
  readonly started: Promise<Bridge>;
}

export const IWasmcell = new Token<IWasmcell>(
  'wasmcell:IWasmcell',
  'Runs WebAssembly modules in the page, in workers inside a vault.'
);
