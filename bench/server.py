"""A server for the page, its peers and its inputs; results of the page come back to it."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlsplit

import numpy as np

from bench.inputs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = {
    "peers": ROOT / "bench/node_modules",
    "static": ROOT / "wasmcell/static",
    "modules": ROOT / "wasmcell/modules",
    "page": ROOT / "bench/page",
}
#: wasm-vips needs SharedArrayBuffer, which a page has only if it is cross-origin isolated.
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "max-age=3600",
}


class Server:
    """Where it listens, and what the page has sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.results: SimpleQueue[bytes | str | np.ndarray] = SimpleQueue()


@contextmanager
def serving(inputs: dict[str, bytes]) -> Iterator[Server]:
    """Serve `/page`, `/peers`, `/static`, `/modules` and `/inputs/<name>` to this machine alone."""
    handler = type("Handler", (_Handler,), {"inputs": inputs})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        http.daemon_threads = True
        server = handler.server_of_page = Server(f"http://127.0.0.1:{http.server_port}")  # type: ignore[attr-defined]
        Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            http.shutdown()


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    inputs: ClassVar[dict[str, bytes]]
    server_of_page: ClassVar[Server]
    extensions_map = {  # noqa: RUF012 - as in the base class
        ".html": "text/html",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".json": "application/json",
        ".wasm": "application/wasm",
        "": "application/octet-stream",
    }

    def do_GET(self) -> None:
        _, place, *_ = urlsplit(self.path).path.split("/")
        if place != "inputs":
            super().do_GET()
            return
        body = self.inputs.get(self.path.removeprefix("/inputs/"))
        if body is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()}
        result: bytes | str | np.ndarray = body
        if "width" in query:
            result = np.frombuffer(body, np.uint8).reshape(-1, query["width"], query["channels"])
        elif "text" in query:
            result = body.decode()
        self.server_of_page.results.put(result)
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def translate_path(self, path: str) -> str:
        _, place, *parts = urlsplit(path).path.split("/")
        folder = FOLDERS.get(place)
        return str(folder.joinpath(*parts) if folder and ".." not in parts else "")

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""
