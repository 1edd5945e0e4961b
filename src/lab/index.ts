/** The extension for JupyterLab and Jupyter Notebook: one plugin a file. */
import '../../style/index.css';

import { bridgePlugin } from './bridge';
import { filesPlugin } from './files';

export { IWasmcell } from './token';

export default [bridgePlugin, filesPlugin];
