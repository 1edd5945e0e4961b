"""A host that has nothing but anywidget's front-end API, as VS Code and others do; and what it may forbid."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Error

from wasmcell import engines, image, widgets
from wasmcell.engines import browser as engine

STATIC = engine.STATIC
PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"
FREE = None
#: No frame can be scripted under this one.
STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; img-src blob:; style-src 'unsafe-inline'"
STRICT += "; frame-src 'none'"

#: The host: a model over a pair of functions, `initialize` once, `render` as often as there are views.
HOST = """
import front from './widget-pick.js';
const listeners = new Map();
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const text = buffer => { let s = ''; for (const b of new Uint8Array(buffer)) s += String.fromCharCode(b); return btoa(s); };
const model = traits => ({
  get: name => traits[name],
  on: (name, callback) => listeners.set(name, [...(listeners.get(name) ?? []), callback]),
  off: () => undefined,
  send: (content, _, buffers = []) => toKernel(JSON.stringify(content), buffers.map(text))
});
globalThis.fromKernel = (content, buffers) =>
  listeners.get('msg:custom')?.forEach(f => f(content, buffers.map(b => new DataView(bytes(b).buffer))));
globalThis.start = async traits => {
  const widget = await front();
  await widget.initialize({ model: model(traits) });
  const el = document.body.appendChild(document.createElement('div'));
  await widget.render({ model: model(traits), el });
};
globalThis.ready = true;
"""


class Handler(BaseHTTPRequestHandler):
    policy: ClassVar[str | None] = None

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if not name:
            body, kind = b'<!doctype html><body><script type="module" src="host.js"></script>', "text/html"
        elif name == "host.js":
            body, kind = HOST.encode(), "text/javascript"
        elif (STATIC / name).is_file():
            body, kind = (STATIC / name).read_bytes(), "text/javascript"
        else:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing."""


class Host:
    """A page of that host, and the widget in this process that it shows."""

    def __init__(self, page: Any, policy: str | None) -> None:
        self.page = page
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"policy": policy}))
        Thread(target=self._server.serve_forever, daemon=True).start()
        self._outbox: SimpleQueue[tuple[Any, list[str]]] = SimpleQueue()
        self.widget = widgets.pick()
        self.widget.send = self._send
        page.expose_function("toKernel", self._hear)
        page.goto(f"http://127.0.0.1:{self._server.server_port}/")
        page.wait_for_function("globalThis.ready === true")
        traits = {name: getattr(self.widget, name) for name in ("accept", "multiple", "label")}
        page.evaluate("traits => void start(traits)", traits)

    def _send(self, content: Any, buffers: list[Any]) -> None:
        self._outbox.put((content, [base64.b64encode(one).decode() for one in buffers]))

    def _hear(self, content: str, buffers: list[str]) -> None:
        self.widget._hear(self.widget, json.loads(content), [base64.b64decode(one) for one in buffers])

    def until(self, done: Any) -> None:
        """Carry messages from kernel to page until it is done."""
        for _ in range(1200):
            try:
                content, buffers = self._outbox.get_nowait()
                self.page.evaluate("([content, buffers]) => fromKernel(content, buffers)", [content, buffers])
            except Empty:
                if done():
                    return
                self.page.wait_for_timeout(25)
        raise AssertionError("it did not come to pass")

    def run(self, make: Any) -> Any:
        """What an awaitable gives; its event loop runs beside this thread, which speaks for the page."""
        result: SimpleQueue[Any] = SimpleQueue()

        def work() -> None:
            try:
                result.put(asyncio.run(make()))
            except Exception as error:
                result.put(error)

        Thread(target=work, daemon=True).start()
        self.until(lambda: not result.empty())
        return result.get()

    def locate(self, selector: str) -> Any:
        """An element of the view, in whatever frame."""
        for _ in range(200):
            for frame in self.page.frames:
                with suppress(Error):  # the policy blocked it, or it goes away while it is asked
                    if found := frame.query_selector(selector):
                        return found
            self.until(lambda: True)
            self.page.wait_for_timeout(50)
        raise AssertionError(selector)

    def choose(self, path: Path) -> None:
        button = self.locate(".zone button")
        with self.page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files(path)
        self.until(lambda: len(self.widget.files) == 1)

    def close(self) -> None:
        self.widget.close()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(params=[FREE, STRICT], ids=["free", "strict"])
def host(request, page, monkeypatch):
    """Such a host, under a free policy and under one that allows no vault."""
    # There is no kernel around this process.
    monkeypatch.setattr(engine.Browser, "__init__", lambda self: engine.Remote.__init__(self))
    monkeypatch.setitem(engines._engines, "browser", engine.Browser())
    host = Host(page, request.param)
    host.home = "vault" if request.param is FREE else "workers"
    yield host
    host.close()


def test_the_same_in_every_host(host):
    host.choose(PHOTO)
    [file] = host.widget.files
    assert host.widget.home == host.home
    assert file.sha256 == hashlib.sha256(PHOTO.read_bytes()).hexdigest()
    said = host.locate(".zone p").inner_text()
    assert ("in a vault" in said) == (host.home == "vault")
    assert ("other scripts of this page could read them" in said) == (host.home == "workers")

    expected = hashlib.sha256(image.open(PHOTO.read_bytes()).resize(width=80).bytes()).hexdigest()
    made = host.run(lambda: image.open(file).resize(width=80).arun())
    assert made.sha256 == expected
    notes = host.page.evaluate("""async () => {
      const { ledger } = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      return ledger.crossings.filter(c => c.what.startsWith('Plain workers are used')).length;
    }""")
    assert notes == (1 if host.home == "workers" else 0)
