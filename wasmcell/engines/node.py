"""The engine `node`: modules run in Node's worker threads, by the bridge that pages use."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections import deque
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final

from wasmcell.engines.remote import Link, Remote, pack, unpack
from wasmcell.errors import EngineUnavailableError, TrappedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasmcell.engines.limits import Limits
    from wasmcell.modules import Module

SCRIPT: Final = Path(__file__).parents[1] / "static" / "node.mjs"
#: The oldest Node that will do.
MINIMUM: Final = 20


class Node(Remote):
    """Runs modules in Node. `workers` is how many calls run at a time (one a core unless told).

    Node is looked for on the PATH; the environment variable WASMCELL_NODE names another. Raises
    EngineUnavailableError if there is none, or it is too old.
    """

    name = "node"

    def __init__(self, limits: Limits | None = None, workers: int | None = None) -> None:
        super().__init__(limits)
        self._workers = workers
        self._executable = find()

    def _start(self) -> Link:
        return _Process(self._executable, self._workers)


@cache
def find() -> str:
    """The path of a Node that will do. Raises EngineUnavailableError."""
    wanted = os.environ.get("WASMCELL_NODE", "node")
    found = shutil.which(wanted)
    if found is None:
        raise EngineUnavailableError(
            f"The engine node needs Node.js {MINIMUM} or later, and there is no {wanted!r}: install it, "
            f"or say where it is by WASMCELL_NODE."
        )
    asked = [found, "--version"]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    version = answer.stdout.strip()
    if not version[1:].split(".")[0].isdigit() or int(version[1:].split(".")[0]) < MINIMUM:
        raise EngineUnavailableError(
            f"The engine node needs Node.js {MINIMUM} or later; {found} is {version or 'no Node'}."
        )
    if not SCRIPT.is_file():
        raise EngineUnavailableError(f"{SCRIPT} is missing: build it with `make setup`.")
    return found


class _Process(Link):
    """A Node process: messages by its standard input and output."""

    def __init__(self, executable: str, workers: int | None) -> None:
        super().__init__()
        self._process = subprocess.Popen(  # noqa: S603
            [executable, str(SCRIPT), *([str(workers)] if workers else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C is Python's affair: it cancels the call.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same, on Windows
        )
        self._sending = Lock()
        self._complaints: deque[str] = deque(maxlen=20)
        self._listener = Thread(target=self._listen, name="wasmcell-node-errors", daemon=True)
        self._listener.start()
        self._reader = Thread(target=self._read, name="wasmcell-node", daemon=True)
        self._reader.start()

    def send(self, message: Any, attachments: Sequence[Any] = ()) -> None:
        stream = self._process.stdin
        assert stream is not None
        chunks = pack(message, attachments)
        with self._sending:
            try:
                for chunk in chunks:
                    stream.write(chunk)
                stream.flush()
            except BaseException as error:
                # Half a message may have gone, by Ctrl-C perhaps: the next one would be taken for its rest.
                self._process.kill()
                self.fail(TrappedError(f"Node was ended, as a message to it was cut off: {error!r}."))
                raise

    def source(self, module: Module) -> str:
        if module.path is None:
            raise EngineUnavailableError(f"The engine node runs modules from files; {module.name} has none.")
        return str(module.path)

    def close(self) -> None:
        try:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
        self._reader.join()

    def _read(self) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            while True:
                self.received(*unpack(process.stdout.read))
        except (OSError, EOFError, ValueError) as error:
            process.kill()
            status = process.wait()
            self._listener.join()
            said = "".join(self._complaints).strip()
            self.fail(TrappedError(f"Node ended with status {status}. {said or error}"))
        process.stdout.close()
        with contextlib.suppress(OSError):  # what was not sent yet never will be
            process.stdin.close()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                self._complaints.append(line.decode(errors="replace"))
