"""Jupyter's stop button, in a real kernel."""

from __future__ import annotations

import sys
from queue import Empty

import pytest

jupyter_client = pytest.importorskip("jupyter_client")
pytest.importorskip("ipykernel")

pytestmark = [
    # What jupyter_client and ipykernel leave open or call by old names is not ours to mend.
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning"
    ),
    pytest.mark.skipif(sys.platform == "win32", reason="interrupts by a POSIX signal"),
]


def outputs(client: object, message: str) -> list[str]:
    """What a cell prints, and the names of its errors."""
    seen = []
    while True:
        try:
            found = client.get_iopub_msg(timeout=60)
        except Empty:
            pytest.fail("the kernel says nothing")
        if found["parent_header"].get("msg_id") != message:
            continue
        content = found["content"]
        if content.get("execution_state") == "idle":
            return seen
        seen.extend(content[k].strip() for k in ("text", "ename") if k in content)


def test_the_stop_button_ends_a_call_and_leaves_the_kernel_usable() -> None:
    manager = jupyter_client.KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        head = "from wasmcell import engines, modules; call = engines.get('kernel').call; echo = modules.get('echo')"
        assert outputs(client, client.execute(f"{head}\nprint(call(echo, 'calls'))")) == ["1"]
        running = client.execute("print('runs', flush=True); call(echo, 'spin')")
        while client.get_iopub_msg(timeout=60)["content"].get("text") != "runs\n":
            pass
        manager.interrupt_kernel()
        assert outputs(client, running)[-1] == "KeyboardInterrupt"
        assert outputs(client, client.execute("x = call(echo, 'calls'); print(x)")) == ["1"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
