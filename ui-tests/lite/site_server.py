"""The built site on a server, under a path of its own, and a proxy that counts what is asked of any other host."""

from __future__ import annotations

import http.server
import runpy
import threading
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from typing_extensions import override

SITE = Path(__file__).parents[2] / "build" / "site"
#: Where it lies on its server.
PLACE = "/courses/2026/files/"


class SiteServer:
    """Serves the site by its own `serve.py`; some files can be missing, and it can go away."""

    def __init__(self, place: str = PLACE) -> None:
        #: Paths in the site that are missing.
        self.missing: set[str] = set()
        #: Paths of which something else is sent.
        self.damaged: set[str] = set()
        #: Whether it sends the site's policy, as its own server does.
        self.has_headers = True
        #: Where the site lies on it.
        self.place = place
        own = runpy.run_path(str(SITE / "serve.py"))["Handler"]
        site = self

        class Handler(own):
            @override
            def translate_path(self, path: str) -> str:
                inside = path.startswith(site.place)
                return super().translate_path(f"/{path.removeprefix(site.place)}") if inside else "/nowhere"

            @override
            def send_header(self, name: str, value: str) -> None:
                if site.has_headers or name != "Content-Security-Policy":
                    super().send_header(name, value)

            @override
            def do_GET(self) -> None:
                path = self.path.removeprefix(site.place).split("?")[0]
                if path in site.missing:
                    self.send_error(404)
                elif path in site.damaged:
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(b"something else")
                else:
                    super().do_GET()

            @override
            def log_error(self, *_: object) -> None:
                """Say nothing."""

        self._handler = partial(Handler, directory=str(SITE))
        self._server: http.server.ThreadingHTTPServer | None = None
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        """Where the site is."""
        return f"http://localhost:{self._port}{self.place}"

    def start(self) -> None:
        """Serve, at the same address as before."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self._port), self._handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Go away: nothing answers there any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


#: What Chromium asks for itself, whatever page it shows.
OWN = ("accounts.google.com", "content-autofill.googleapis.com", "update.googleapis.com")


class Refusing(http.server.BaseHTTPRequestHandler):
    """Refuses what is asked of other hosts."""

    def refuse(self) -> None:
        if not self.path.removeprefix("http://").startswith(OWN):
            self.server.asked.append(f"{self.command} {self.path}")
        self.send_error(403)

    do_GET = do_POST = do_HEAD = do_CONNECT = do_OPTIONS = refuse  # noqa: N815 - as the library calls them

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Foreign:
    """A proxy for all other hosts."""

    def __init__(self) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
        #: What was asked for.
        self.asked: list[str] = []
        self._server.asked = self.asked
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def note(self, url: str) -> None:
        """What a page asks for; what another host would be asked for counts."""
        if url.startswith(("http:", "https:")) and urlsplit(url).hostname != "localhost":
            self.asked.append(url)

    @property
    def url(self) -> str:
        """Of the proxy."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
