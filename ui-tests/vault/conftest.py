"""What the tests in a real browser share: a page's server, and one that records whoever comes near it."""

from __future__ import annotations

import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import FilePayload, Frame, Page

PACKAGE = Path(__file__).parents[2] / "wasmcell"


class Recorder:
    """Listens on a port for TCP and UDP; notes the first line of each connection, and each packet."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._tcp, self._udp = _sockets()
        self.port: int = self._tcp.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
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
                if line:
                    self.seen.append(line)
                    connection.sendall(b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\r\n")
            except OSError:
                pass  # it came and went without a word

    def _packets(self) -> None:
        while True:
            try:
                self._udp.recv(4096)
            except OSError:
                return
            self.seen.append("a packet")

    def close(self) -> None:
        self._tcp.shutdown(socket.SHUT_RDWR)
        self._tcp.close()
        self._udp.close()


def _sockets() -> tuple[socket.socket, socket.socket]:
    """One for TCP and one for UDP, of a port that is free for both."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:  # somebody has it for UDP
            tcp.close()
            udp.close()
        else:
            return tcp, udp


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

    def close(self) -> None:
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

    def log_message(self, *args: Any) -> None:
        """Nothing."""


#: Starts a bridge in the page; the argument is the home.
START = """async home => {
  const at = name => new URL(name, location.href);
  const bridge = await wasmcell.Bridge.start({
    home, scripts: { worker: at('static/worker.js'), vault: at('static/vault-frame.js') }
  });
  bridge.modules.add(await wasmcell.moduleAt(at('modules/echo.wasm')));
  globalThis.bridge = bridge;
  return bridge.home;
}"""


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., Host]]:
    """Makes hosts, which differ in their policies."""
    hosts: list[Host] = []

    def make(policy: str | None = None, *, isolated: bool = False) -> Host:
        hosts.append(Host(policy, isolated=isolated))
        return hosts[-1]

    yield make
    for host in hosts:
        host.close()


@pytest.fixture(scope="module")
def record() -> Iterator[Callable[[], Recorder]]:
    """Makes recorders."""
    recorders: list[Recorder] = []

    def make() -> Recorder:
        recorders.append(Recorder())
        return recorders[-1]

    yield make
    for recorder in recorders:
        recorder.close()


@pytest.fixture(scope="module")
def start() -> Callable[..., str]:
    """Opens a host's page with a bridge in it, and says where the work is done."""

    def start(page: Page, host: Host, home: str = "vault") -> str:
        page.goto(host.url)
        # Asked from here: what waits in the page evaluates texts, which strict policies forbid there.
        while not page.evaluate("'wasmcell' in globalThis"):
            page.wait_for_timeout(20)
        kind: str = page.evaluate(START, home)
        return kind

    return start


@pytest.fixture(scope="module")
def inside() -> Callable[[Page], Frame]:
    """Finds the vault's frame, which is the inner one of two."""

    def inside(page: Page) -> Frame:
        for _ in range(200):
            for frame in page.frames:
                if frame.parent_frame and frame.parent_frame.parent_frame:
                    return frame
            page.wait_for_timeout(50)
        raise AssertionError("there is no vault")

    return inside


#: Puts a drop zone on the page, with these files in it, and notes what it says: `heard[at]`.
ZONE = """({ files, multiple }) => {
  const heard = [];
  globalThis.heard = [...(globalThis.heard ?? []), heard];
  const options = { accept: '', multiple, label: 'Choose', files, lost: false, missing: [] };
  document.body.append(bridge.view('pick', () => options, 76, word => heard.push(word)).element);
  return globalThis.heard.length - 1;
}"""


class Zone:
    """A drop zone on a page."""

    def __init__(self, page: Page, files: list[dict[str, Any]], *, multiple: bool) -> None:
        self.page = page
        old = self._frames()
        self._at: int = page.evaluate(ZONE, {"files": files, "multiple": multiple})
        self.until(lambda: len(self._frames()) > len(old))
        [self.frame] = [frame for frame in self._frames() if frame not in old]

    def _frames(self) -> list[Frame]:
        return sealed.frames(self.page, ".zone")

    def until(self, done: Callable[[], Any]) -> Any:
        """Wait for what `done` gives to be true."""
        for _ in range(400):
            if found := done():
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError("it did not come to pass")

    def heard(self, what: str) -> list[Any]:
        """What it told the page under this word, one after the other."""
        words = self.page.evaluate("([at, what]) => heard[at].filter(word => what in word)", [self._at, what])
        return [one for word in words for one in word[what]]

    def text(self) -> str:
        """What a person reads there."""
        return self.frame.inner_text("body")

    def put(self, *paths: Path, **contents: bytes) -> None:
        """Choose files, as a person does: those of the disk, or some of these names and contents."""
        made: list[FilePayload] = [
            {"name": f"{name}.png", "mimeType": "image/png", "buffer": content}
            for name, content in contents.items()
        ]
        self.frame.set_input_files("input:not([webkitdirectory])", [*paths] or made)

    def choose(self, **contents: bytes) -> list[dict[str, Any]]:
        """Choose files of these contents, until they are read; what the page is told of them."""
        told = len(self.heard("chosen"))
        self.put(**contents)
        self.until(lambda: len(self.heard("chosen")) >= told + len(contents))
        return sorted(self.heard("chosen")[told:], key=lambda file: file["$file"])


@pytest.fixture
def zone(page: Page) -> Callable[..., Zone]:
    """Puts drop zones on the page."""

    def make(files: list[dict[str, Any]] | None = None, *, multiple: bool = True) -> Zone:
        return Zone(page, files or [], multiple=multiple)

    return make
