"""A server that tests start and end: a process that answers on a port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING
from urllib.error import URLError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


class Server:
    """A Python module that serves on a port of its own, which it is told by `--port`."""

    def __init__(
        self, folder: Path, module: str, *options: str, health: str, env: dict[str, str], **given: Any
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        self._health = health
        self._log = folder / "server.log"
        command = [sys.executable, "-m", module, *options, f"--port={port}"]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, env=os.environ | env, stdout=log, stderr=log, **given)

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + self._health, timeout=30).close()
            except (URLError, ConnectionError):
                assert self._process.poll() is None, self._log.read_text()
                time.sleep(0.2)
            else:
                return
        raise AssertionError(self._log.read_text())

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)
