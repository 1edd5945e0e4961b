"""Serve this folder on this machine alone: `python serve.py`, and open the address that it says.

Workers cannot run from file addresses, so a copy on a disk or a stick needs a server. This is Python's own.
"""

from __future__ import annotations

import argparse
import mimetypes
import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).resolve().parent

# What Windows' registry says of these may be wrong, and browsers refuse them then.
for kind, extensions in {
    "application/json": (".ipynb", ".json", ".map"),
    "application/wasm": (".wasm",),
    "text/css": (".css",),
    "text/html": (".html",),
    "text/javascript": (".js", ".mjs"),
}.items():
    for extension in extensions:
        mimetypes.add_type(kind, extension)


class Handler(SimpleHTTPRequestHandler):
    """Files of this folder, whose policy holds in workers, too."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **mimetypes.types_map}  # noqa: RUF012

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", (SITE / "policy.txt").read_text().strip())
        self.send_header("Cache-Control", "no-cache")  # asked for anew, and sent if it has changed
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing of what goes well."""

    def log_error(self, text: str, *values: object) -> None:
        print(f"  {self.path}: {text % values}", flush=True)


def main() -> None:
    """Serve until Ctrl-C."""
    options = argparse.ArgumentParser(description="Serve this folder on this machine.")
    options.add_argument("--port", type=int, default=8000, help="8000 unless told; 0 for any that is free")
    options.add_argument("--no-browser", action="store_true", help="do not open the address in a browser")
    given = options.parse_args()
    if missing := [name for name in ("policy.txt", "files.json", "index.html") if not (SITE / name).exists()]:
        options.exit(
            1, f"This copy of the site is not whole: {missing[0]} is missing. Copy all of its files again.\n"
        )
    try:
        server = ThreadingHTTPServer(("127.0.0.1", given.port), partial(Handler, directory=str(SITE)))
    except OSError as error:
        options.exit(1, f"Port {given.port} cannot be had ({error.strerror}); name another: --port 8001\n")
    address = f"http://127.0.0.1:{server.server_port}/"  # localhost may be [::1], where another may listen
    print(f"JupyterLite with wasmcell: {address}   (Ctrl-C ends it)", flush=True)
    if not given.no_browser:
        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
