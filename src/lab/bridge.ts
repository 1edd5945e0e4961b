import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { version } from '../../package.json';
import { Bridge, pageBridge } from '../bridge';
import { MODULES } from './modules';
import { IWasmcell } from './token';

const ID = 'wasmcell:bridge';

/** What the bundle consists of besides this extension's own script. */
const SCRIPTS = {
  worker: new URL('../../wasmcell/static/worker.js', import.meta.url),
  vault: new URL('../../wasmcell/static/vault-frame.js', import.meta.url)
};

/** The bridge as a service. Widgets find the same one on the page, without JupyterLab. */
export const bridgePlugin: JupyterFrontEndPlugin<IWasmcell> = {
  id: ID,
  description: 'Runs WebAssembly modules in the page.',
  autoStart: true,
  provides: IWasmcell,
  optional: [ISettingRegistry, ITranslator],
  activate: (_app, registry: ISettingRegistry | null, translator: ITranslator | null): IWasmcell => {
    const bundle = (translator ?? nullTranslator).load('wasmcell');
    const start = async (): Promise<Bridge> => {
      const settings = await registry?.load(ID);
      const chosen = (name: string): number | undefined => settings?.get(name).composite as number | undefined;
      const limits = () => ({
        memory: (chosen('memory') ?? 2048) * 2 ** 20,
        seconds: chosen('seconds') ?? 300
      });
      // The vault, for everything: private files need it, and what comes from the server loses nothing by it.
      // One pool then serves all front-ends, and keeps to one limit.
      const bridge = await Bridge.start({
        home: 'vault',
        scripts: SCRIPTS,
        pool: { size: chosen('workers') || undefined },
        limits: limits(),
        trans: (text, ...args) => bundle.__(text, ...args)
      });
      settings?.changed.connect(() => (bridge.limits = limits()));
      MODULES.forEach(module => bridge.modules.add(module));
      return bridge;
    };
    const { page, bridge, started } = pageBridge(start);
    return { version, page, modules: MODULES.map(({ description }) => description), bridge, started };
  }
};
