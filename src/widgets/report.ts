// What was redacted in a private document, shown in the vault.
import { fileView } from './file-view';

export default fileView(
  () => 320,
  (bridge, model, height) => bridge.view('report', () => ({ height, file: model.get('file'), name: model.get('name') }), height)
);
