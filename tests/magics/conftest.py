"""A shell in this process for most tests, a real kernel for the rest."""

import contextlib
import re
import sys
from queue import Empty

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image as Pillow
from traitlets.config import Config


@pytest.fixture(scope="session")
def one_shell():
    config = Config()
    config.HistoryManager.enabled = False
    # A shell takes the place of the program's own main module, which other tests' processes start from.
    main = sys.modules["__main__"]
    shell = InteractiveShell.instance(config=config)
    sys.modules["__main__"] = main
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def shell(one_shell):
    """A fresh namespace with the extension loaded."""
    one_shell.reset(new_session=False)
    one_shell.run_line_magic("load_ext", "wasmcell")
    yield one_shell
    one_shell.run_line_magic("unload_ext", "wasmcell")


@pytest.fixture
def cell(shell, capsys):
    """Run a cell; its value. What it printed and showed is in `cell.printed`; its error is raised."""

    def run(code, **variables):
        shell.user_ns.update(variables)
        found = shell.run_cell(code)
        run.printed = re.sub(r"\x1b\[[0-9;]*m", "", "".join(capsys.readouterr()))
        found.raise_error()
        return found.result

    return run


@pytest.fixture
def photo():
    """Pixels in which every place differs: 30 rows × 40 columns."""
    rows, columns = np.mgrid[:30, :40].astype(np.uint8)
    return np.dstack([rows * 8, columns * 6, rows + columns])


@pytest.fixture
def folder(tmp_path, monkeypatch, photo):
    """The working folder, with photographs of a sort."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "out").mkdir()
    Pillow.fromarray(photo).save("photo.png")
    for name, width in (("a", 40), ("b", 60), ("c d", 80)):
        Pillow.fromarray(np.full((20, width, 3), width, np.uint8)).save(f"photos/{name}.png")
    return tmp_path


class Kernel:
    """A real kernel, spoken to as a front-end does."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    def execute(self, code):
        """The contents of all that a cell shows, in order."""
        return list(self.messages(self.client.execute(code)))

    def messages(self, request):
        with contextlib.suppress(StopIteration):
            while True:
                try:
                    found = self.client.get_iopub_msg(timeout=60)
                except Empty:
                    pytest.fail("the kernel says nothing")
                if found["parent_header"].get("msg_id") != request:
                    continue
                if found["content"].get("execution_state") == "idle":
                    return
                yield found["content"]

    def complete(self, code):
        """What `code` becomes with each completion at its end."""
        reply = self.client.complete(code, len(code), reply=True, timeout=20)["content"]
        assert reply["cursor_end"] == len(code)
        return [code[: reply["cursor_start"]] + match for match in reply["matches"]]


def kernel_manager():
    from jupyter_client import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = sys.executable
    return manager


@pytest.fixture(scope="session")
def notebook_kernel(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("kernel")
    Pillow.fromarray(np.full((30, 40, 3), 90, np.uint8)).save(folder / "photo.png")
    (folder / "my photos").mkdir()
    manager = kernel_manager()
    manager.start_kernel(cwd=folder)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        kernel = Kernel(manager, client)
        kernel.execute("%load_ext wasmcell")
        yield kernel
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
