import { LabIcon } from '@jupyterlab/ui-components';

/** A cell with a core. */
export const wasmcellIcon = new LabIcon({
  name: 'wasmcell:panel',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">' +
    '<path d="M12 2 3.3 7v10l8.7 5 8.7-5V7zm6.7 13.8L12 19.7l-6.7-3.9V8.2L12 4.3l6.7 3.9z"/>' +
    '<circle cx="12" cy="12" r="3.5"/></g></svg>'
});
