"""The engine `chromium`: modules run in a headless Chromium, by the bridge that pages use."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from wasmcell.engines.remote import Link, Remote, pack, unpack
from wasmcell.errors import EngineUnavailableError, TrappedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasmcell.engines.limits import Limits
    from wasmcell.modules import Module

STATIC: Final = Path(__file__).parents[1] / "static"
#: What the page may do: nothing that a strict host would forbid.
_POLICY: Final = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src "
POLICIES: Final = {"workers": f"{_POLICY}'self'", "vault": f"{_POLICY}blob:"}
_EXECUTABLES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
_FLAGS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
#: Seconds that the browser may take to start, and to end.
_START: Final = 60
_END: Final = 15


class Chromium(Remote):
    """Runs modules in a page of a headless Chromium.

    Args:
        limits: of calls that name none.
        home: where the page does the work: in plain workers, or in the vault.
        isolated: whether the page is cross-origin isolated.
        workers: how many calls run at a time (one a core unless told).

    The browser is looked for on the PATH, then among those that Playwright has installed; the environment
    variable WASMCELL_CHROMIUM names another. Raises EngineUnavailableError if Playwright or the browser is
    missing.
    """

    name = "chromium"

    def __init__(
        self,
        limits: Limits | None = None,
        home: Literal["workers", "vault"] = "workers",
        *,
        isolated: bool = False,
        workers: int | None = None,
    ) -> None:
        super().__init__(limits)
        try:
            import playwright.async_api  # noqa: F401
        except ImportError as error:
            raise EngineUnavailableError(
                "The engine chromium needs Playwright: pip install playwright."
            ) from error
        if not (STATIC / "page.js").is_file():
            raise EngineUnavailableError(f"{STATIC / 'page.js'} is missing: build it with `make setup`.")
        self._executable = find()
        self._home = home
        self._isolated = isolated
        self._query = {"home": home} | ({"size": str(workers)} if workers else {})

    @property
    def home(self) -> str:
        """Where the work is done: "vault" or "workers" (also where the page could not have a vault)."""
        link = self._connect()
        assert isinstance(link, Page)
        return link.home

    def _start(self) -> Link:
        return Page(self._executable, self._query, POLICIES[self._home], self._isolated)


def find() -> str:
    """The path of a Chromium on this machine. Raises EngineUnavailableError if there is none."""
    wanted = os.environ.get("WASMCELL_CHROMIUM")
    if wanted:
        found = shutil.which(wanted)
        if found is None:
            raise EngineUnavailableError(f"WASMCELL_CHROMIUM is {wanted!r}, which is no program here.")
        return found
    installed = next(filter(None, map(shutil.which, _EXECUTABLES)), None)
    if installed is None:
        # In a thread, as in a notebook this one has an event loop that runs already.
        with ThreadPoolExecutor(1) as pool:
            installed = pool.submit(asyncio.run, _playwrights()).result()
    if not Path(installed).exists():
        raise EngineUnavailableError(
            "The engine chromium needs a Chromium: install one (a package of the system, or "
            "`playwright install chromium`), or say where it is by WASMCELL_CHROMIUM."
        )
    return installed


async def _playwrights() -> str:
    """Where Playwright's own Chromium is, if it is installed."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        return playwright.chromium.executable_path


def flags() -> list[str]:
    """What a Chromium for this purpose is started with; root has no sandbox."""
    root = sys.platform != "win32" and os.geteuid() == 0
    return [*_FLAGS, *(["--no-sandbox"] if root else [])]


class Page(Link):
    """A page in a browser of its own, and the server that it comes from and speaks with."""

    def __init__(self, executable: str, query: dict[str, str], policy: str, isolated: bool) -> None:
        super().__init__()
        self._executable = executable
        #: Where the page does the work, and the page itself, for those who look into it.
        self.home = ""
        self.page: Any = None
        self.outbox: SimpleQueue[list[Any] | None] = SimpleQueue()
        self.ready = Event()
        self.modules: dict[str, Module] = {}
        self._said: deque[str] = deque(maxlen=20)
        # The address is secret: no other page or user of this machine can speak with the server.
        self.root = f"/{secrets.token_urlsafe(16)}/"
        # The vault is of another origin than the page, and in an isolated page may load only what says so.
        headers = {"Content-Security-Policy": policy, "Cross-Origin-Resource-Policy": "cross-origin"}
        if isolated:
            headers |= {
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Embedder-Policy": "require-corp",
            }
        handler = type("Handler", (_Handler,), {"page": self, "policies": headers})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, name="wasmcell-server", daemon=True).start()
        self._url = f"http://127.0.0.1:{self._server.server_port}{self.root}?{urlencode(query)}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._error: Exception | None = None
        self._thread = Thread(target=self._run, name="wasmcell-chromium", daemon=True)
        self._thread.start()
        if not self.ready.wait(_START) or self._error is not None:
            self.close()
            said = self._error or " ".join(self._said) or f"its page was not ready in {_START} s"
            raise EngineUnavailableError(f"Chromium could not be started: {said}")

    def _run(self) -> None:
        try:
            asyncio.run(self._browse(self._url))
        except Exception as error:
            self._error = error
            self.fail(TrappedError(f"Chromium: {error}"))
        finally:
            self.outbox.put(None)
            self._server.shutdown()
            self._server.server_close()
            self.ready.set()

    async def _browse(self, url: str) -> None:
        from playwright.async_api import Error as PlaywrightError
        from playwright.async_api import async_playwright

        self._closing = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=self._executable, args=flags())
            try:
                self.page = page = await browser.new_page()
                page.on("console", lambda message: self._said.append(message.text))
                page.on("pageerror", lambda error: self._said.append(str(error)))
                page.on("crash", lambda _: self._broke("the page crashed"))
                browser.on("disconnected", lambda _: self._broke("the browser ended"))
                await page.goto(url)
                await self._closing.wait()
            finally:
                with contextlib.suppress(PlaywrightError):
                    await browser.close()

    def _broke(self, how: str) -> None:
        if not self._closing.is_set():
            self.fail(TrappedError(f"Chromium: {how}. {' '.join(self._said)}".strip()))
            self._closing.set()

    def file(self, name: str) -> tuple[bytes, str] | None:
        """What lies at an address, and its type."""
        if name == "":
            return b'<!doctype html><script type="module" src="page.js"></script>', "text/html"
        if name in self.modules:
            return self.modules[name].bytes, "application/wasm"
        if name in ("page.js", "worker.js", "vault-frame.js"):
            return (STATIC / name).read_bytes(), "text/javascript"
        return None

    def send(self, message: Any, attachments: Sequence[Any] = ()) -> None:
        self.outbox.put(pack(message, attachments))

    def source(self, module: Module) -> str:
        self.modules[f"modules/{module.sha256}.wasm"] = module
        return f"modules/{module.sha256}.wasm"

    def close(self) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(_END)


class _Handler(BaseHTTPRequestHandler):
    """Serves the page and its scripts, the frames that it reads and the answers that it writes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    page: ClassVar[Page]
    policies: ClassVar[dict[str, str]]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if not url.path.startswith(self.page.root):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        name = url.path.removeprefix(self.page.root)
        if name == "frames":
            self._stream(parse_qs(url.query))
        elif found := self.page.file(name):
            self._answer(*found)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        if self.path != f"{self.page.root}answers":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        message, attachments = unpack(self.rfile.read)
        assert size  # the body is one message, which has been read
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()
        self.page.received(message, attachments)

    def _stream(self, query: dict[str, list[str]]) -> None:
        """One answer without an end: messages as they come."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.page.home = query["home"][0]
        self.page.ready.set()
        with contextlib.suppress(ConnectionError):
            while (chunks := self.page.outbox.get()) is not None:
                for chunk in chunks:
                    self.wfile.write(chunk)
        self.close_connection = True

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.policies.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a server for one page has nothing to tell."""
