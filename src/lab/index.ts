/** The extension for JupyterLab and Jupyter Notebook: one plugin a file. */
import '../../style/index.css';

import { bridgePlugin } from './bridge';
import { filesPlugin } from './files';
import { panelPlugin } from './panel';
import { readerPlugin } from './reader';
import { savedPlugin } from './saved';
import { statusPlugin } from './status';
import { workbenchPlugin } from './workbench';

export { IWasmcell } from './token';

export default [bridgePlugin, filesPlugin, workbenchPlugin, readerPlugin, panelPlugin, statusPlugin, savedPlugin];
