// The kernel of these tests: Pyodide in a worker, as in JupyterLite. Frames come as one long answer to a request and go
// to Python (served.py), which sends its answers back one request each.
import { loadPyodide } from './pyodide/pyodide.mjs';

const here = name => new URL(name, location.href).href;
const frames = (await fetch(here('frames?home=worker'))).body.getReader();
const pyodide = await loadPyodide({ env: { HOME: '/home/pyodide', WASMCELL_SITE: here('.') } });
pyodide.unpackArchive(await (await fetch(here('tree.zip'))).arrayBuffer(), 'zip', { extractDir: '/tree' });
pyodide.runPython('import sys; sys.path.insert(0, "/tree")');
const served = pyodide.pyimport('served');
const send = body => void fetch(here('answers'), { method: 'POST', body: new Blob([body]) });
for (let chunk = await frames.read(); !chunk.done; chunk = await frames.read()) {
  for (const message of served.messages(chunk.value)) {
    if (location.search) {
      // Not awaited: while one call waits for its worker, others are heard.
      void served.answer.callPromising(message.copy(), send);
    } else {
      served.answer(message, send);
    }
  }
}
