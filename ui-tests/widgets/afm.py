"""A host that has nothing but anywidget's front-end API, as VS Code and others do: this process, and a page."""

from __future__ import annotations

import ast
import asyncio
import base64
import io
import json
from contextlib import redirect_stdout
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import comm
from comm.base_comm import BaseComm
from host import Host

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Page

#: Models over a pair of functions; `initialize` once a model, `render` as often as there are views.
SCRIPT = """
const models = new Map();
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const text = buffer => { let s = ''; for (const b of new Uint8Array(buffer)) s += String.fromCharCode(b); return btoa(s); };

class Model {
  #id; #traits; #changed = {}; #listeners = new Map();
  constructor(id, traits) { this.#id = id; this.#traits = traits; }
  get(name) { return this.#traits[name]; }
  set(name, value) {
    this.#changed[name] = this.#traits[name] = value;
    this.fire(`change:${name}`);
  }
  save_changes() {
    toPython(this.#id, JSON.stringify({ method: 'update', state: this.#changed, buffer_paths: [] }), []);
    this.#changed = {};
  }
  on(event, callback) { this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), callback]); }
  off(event, callback) { this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter(one => one !== callback)); }
  send(content, _, buffers = []) { toPython(this.#id, JSON.stringify({ method: 'custom', content }), buffers.map(text)); }
  fire(event, ...given) { this.#listeners.get(event)?.forEach(callback => callback(...given)); }
  take(traits) {
    Object.assign(this.#traits, traits);
    Object.keys(traits).forEach(name => this.fire(`change:${name}`));
  }
}

globalThis.comm_open = (id, { state }) => {
  const model = new Model(id, state);
  const widget = import(`./${id}.js`).then(async ({ default: front }) => {
    const widget = typeof front === 'function' ? await front() : front;
    await widget.initialize?.({ model });
    return widget;
  });
  models.set(id, { model, widget });
};
globalThis.comm_msg = (id, { method, state, content }, buffers) => {
  const { model } = models.get(id);
  if (method === 'update') model.take(state);
  if (method === 'custom') model.fire('msg:custom', content, buffers.map(one => new DataView(bytes(one).buffer)));
};
globalThis.comm_close = id => models.delete(id);
globalThis.display = async id => {
  const { model, widget } = models.get(id);
  const el = document.body.appendChild(document.createElement('div'));
  await (await widget).render?.({ model, el });
};
globalThis.ready = true;
"""

_WIDGET = "application/vnd.jupyter.widget-view+json"


class Afm(Host):
    """Such a host, whose pages have a content security policy; its Python is this process."""

    def __init__(self, page: Page, policy: str | None, patch: pytest.MonkeyPatch) -> None:
        super().__init__(page)
        self.sealed = policy is None
        self._outbox: SimpleQueue[tuple[str, list[Any]]] = SimpleQueue()
        self._comms: dict[str, BaseComm] = {}
        self._scripts: dict[str, str] = {"host": SCRIPT}
        self.names: dict[str, Any] = {}
        patch.setattr(comm, "create_comm", self._comm)
        page.expose_function("toPython", self._hear)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._scripts, policy))
        Thread(target=self._server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{self._server.server_port}/")
        page.wait_for_function("globalThis.ready === true")

    def start(self, code: str) -> SimpleQueue[str]:
        result: SimpleQueue[str] = SimpleQueue()
        # Its event loop runs beside this thread, which speaks for the page.
        Thread(target=lambda: result.put(self._run(code)), daemon=True).start()
        return result

    def finish(self, cell: SimpleQueue[str]) -> str:
        self.until(lambda: not cell.empty())
        return cell.get()

    def pause(self, milliseconds: int = 50) -> None:
        """Carry messages from Python to the page."""
        try:
            while True:
                kind, given = self._outbox.get_nowait()
                self.page.evaluate(f"given => void {kind}(...given)", given)
        except Empty:
            super().pause(milliseconds)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _run(self, code: str) -> str:
        tree = ast.parse(code)
        if isinstance(tree.body[-1], ast.Expr):
            tree.body[-1] = ast.Assign([ast.Name("_", ast.Store())], tree.body[-1].value)
        compiled = compile(ast.fix_missing_locations(tree), "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

        async def work() -> None:
            self.names["_"] = None
            if (running := eval(compiled, self.names)) is not None:
                await running

        told = io.StringIO()
        try:
            with redirect_stdout(told):
                asyncio.run(work())
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        if (show := getattr(self.names["_"], "_repr_mimebundle_", None)) is not None:
            data, _ = show()
            self._outbox.put(("display", [data[_WIDGET]["model_id"]]))
        return told.getvalue().strip()

    def _comm(self, **given: Any) -> BaseComm:
        host = self

        class Comm(BaseComm):
            def publish_msg(
                self, msg_type: str, data: Any = None, *_: Any, buffers: Any = None, **__: Any
            ) -> None:
                host._publish(self, msg_type, data or {}, buffers or [])

        return Comm(**given)

    def _publish(self, comm: BaseComm, kind: str, data: Any, buffers: list[Any]) -> None:
        name = comm.comm_id
        if kind == "comm_open":
            # Layouts have no front-end of their own.
            if (script := data["state"].pop("_esm", None)) is None:
                return
            self._comms[name], self._scripts[name] = comm, script
        if name in self._comms:
            self._outbox.put((kind, [name, data, [base64.b64encode(one).decode() for one in buffers]]))

    def _hear(self, name: str, data: str, buffers: list[str]) -> None:
        content = {"data": json.loads(data)}
        self._comms[name].handle_msg({"content": content, "buffers": [base64.b64decode(b) for b in buffers]})


def _handler(scripts: dict[str, str], policy: str | None) -> type[BaseHTTPRequestHandler]:
    """Serves an empty page, and scripts by their names."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/").removesuffix(".js")
            if name and name not in scripts:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = (
                scripts[name]
                if name
                else '<!doctype html><html lang="en"><title>Host</title><body><script type="module" src="host.js"></script>'
            )
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/javascript" if name else "text/html")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    return Handler
