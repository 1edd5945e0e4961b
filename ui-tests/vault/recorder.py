"""Servers for tests: one that records whoever comes near it, and one for a page."""

from __future__ import annotations

import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar, Self

PACKAGE = Path(__file__).parents[2] / "wasmcell"


class Recorder:
    """Listens on a port for TCP and UDP, and notes each connection's first line, and each packet."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        for target in (self._accept, self._packets):
            Thread(target=target, daemon=True).start()

    def hits(self, name: str) -> list[str]:
        """What was noted of the attack of this name, which asks for `/<name>`."""
        return [line for line in self.seen if f"/{name}?" in line]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            try:
                line = connection.recv(4096).decode(errors="replace").split("\r\n")[0]
                self.seen.append(line)
                connection.sendall(b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\r\n")
            except OSError:
                self.seen.append("a connection without a word")

    def _packets(self) -> None:
        while True:
            try:
                self._udp.recv(4096)
            except OSError:
                return
            self.seen.append("a packet")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._tcp.close()
        self._udp.close()


class Host:
    """Serves a page at `/`, and what the bundle and the modules are made of, under a policy."""

    def __init__(self, policy: str | None = None, *, isolated: bool = False) -> None:
        headers: dict[str, str] = {}
        if policy is not None:
            headers["Content-Security-Policy"] = policy
        if isolated:
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        handler = type("Handler", (_Handler,), {"policies": headers})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    policies: ClassVar[dict[str, str]]
    _KINDS: ClassVar = {".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}

    def do_GET(self) -> None:
        if self.path == "/":
            body, kind = b'<!doctype html><script type="module" src="start.js"></script>', "text/html"
        elif self.path == "/start.js":
            body = b'globalThis.wasmcell = await import("./static/bridge.js");'
            kind = "text/javascript"
        else:
            file = (PACKAGE / self.path.lstrip("/")).resolve()
            if file.parent.name not in ("static", "modules") or not file.is_file():
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body, kind = file.read_bytes(), self._KINDS[file.suffix]
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.policies.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""
