"""What the engine `node` does beyond what all engines do."""

import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wasmcell import modules
from wasmcell.engines import Cancel, Limits, Measure
from wasmcell.engines import node as node_engine
from wasmcell.engines.node import Node
from wasmcell.errors import (
    CancelledError,
    ClosedError,
    EngineUnavailableError,
    Error,
    LimitExceededError,
    ModuleError,
    TrappedError,
)


@pytest.fixture
def node():
    with Node(workers=2) as node:
        yield node


def test_a_killed_process_is_an_error_and_the_next_call_starts_another(node, echo):
    assert node.call(echo, "echo-u8", 1) == 1
    session = node.session(echo)
    first = node._link._process.pid
    threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
    with pytest.raises(TrappedError, match="Node ended with status"):
        node.call(echo, "spin")
    assert node.call(echo, "echo-u8", 2) == 2
    assert node._link._process.pid != first
    with pytest.raises(TrappedError, match="Node ended"):
        session.call("echo-u8", 3)
    session.close()


def test_a_call_that_is_cancelled_spoils_no_other(node, echo):
    cancel = Cancel()
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(node.call, echo, "spin", cancel=cancel)
        other = pool.submit(node.call, echo, "fill", 1000, 7)
        assert other.result(60) == bytes([7]) * 1000
        assert not endless.done()
        cancel.cancel()
        with pytest.raises(CancelledError):
            endless.result(60)


def test_more_calls_than_workers_wait_for_their_turn(node, echo):
    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(lambda n: node.call(echo, "fill", n, n % 256), range(300)))
    assert results == [bytes([n % 256]) * n for n in range(300)]


def test_waiting_does_not_count_as_time_of_the_call(node, echo):
    limits = Limits(seconds=4)
    with ThreadPoolExecutor(4) as pool:
        endless = [pool.submit(node.call, echo, "spin", limits=limits) for _ in range(2)]
        assert pool.submit(node.call, echo, "echo-u8", 5, limits=Limits(seconds=3)).result(60) == 5
        for call in endless:
            with pytest.raises(LimitExceededError, match="4 seconds"):
                call.result(60)


def test_interrupting_the_program_ends_the_call_and_leaves_the_engine_usable(echo):
    code = """
import signal, sys
from wasmcell import engines, modules
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the parent did with it
engine, echo = engines.get("node"), modules.get("echo")
engine.call(echo, "echo-u8", 1)
print("ready", flush=True)
try:
    engine.call(echo, "spin")
except KeyboardInterrupt:
    print("interrupted", engine.call(echo, "echo-u8", 2), flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout.readline() == "ready\n"
        threading.Event().wait(0.3)
        program.send_signal(signal.SIGINT)
        assert program.stdout.readline() == "interrupted 2\n"
        assert program.wait(60) == 0


def test_a_session_is_ended_by_its_time_limit(node, echo):
    with node.session(echo, Limits(seconds=0.3)) as session:
        session.call("echo-u8", 1)
        with pytest.raises(LimitExceededError):
            session.call("spin")
        with pytest.raises(TrappedError, match="ended by an earlier error"):
            session.call("echo-u8", 1)


def test_a_session_can_be_closed_while_it_works(node, echo):
    session = node.session(echo)
    cancel = Cancel()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(session.call, "spin", cancel=cancel)
        threading.Timer(0.3, cancel.cancel).start()
        session.close()
        with pytest.raises(Error):
            running.result(60)
    assert node.call(echo, "echo-u8", 1) == 1


def test_a_dropped_handle_ends_its_resource(node, echo):
    with node.session(echo) as session:
        counter = session.call("[constructor]counter", 1)
        before = session.call("ended")
        del counter
        assert session.call("ended") == before + 1


def test_measure_counts_binary_data(node, echo):
    measure = Measure()
    node.call(echo, "echo-list-u8", bytes(100_000), measure=measure)
    assert (measure.bytes_in, measure.bytes_out) == (100_000, 100_000)
    assert 0 < node.worker_seconds <= measure.seconds


def test_memory_is_limited_from_the_start(node, echo):
    with pytest.raises(LimitExceededError, match="from the start"):
        node.call(echo, "nothing", limits=Limits(memory=65536))


def test_memory_cannot_grow_beyond_its_limit(node, echo):
    assert node.call(echo, "try-allocate", 200 << 20, limits=Limits(memory=300 << 20)) is True
    assert node.call(echo, "try-allocate", 200 << 20, limits=Limits(memory=100 << 20)) is False


def test_a_closed_engine_says_so(echo):
    node = Node()
    session = node.session(echo)
    node.close()
    node.close()
    with pytest.raises(ClosedError):
        node.call(echo, "nothing")
    with pytest.raises(ClosedError):
        session.call("nothing")
    session.close()


@pytest.fixture
def fresh(monkeypatch):
    """The search for Node, as at the start of a process."""
    node_engine.find.cache_clear()
    yield monkeypatch
    node_engine.find.cache_clear()


def test_without_node_it_says_what_to_install(fresh):
    fresh.setenv("PATH", "/nowhere")
    with pytest.raises(EngineUnavailableError, match="install it"):
        Node()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for an old Node")
def test_a_node_that_is_too_old_is_refused(fresh, tmp_path):
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v16.20.0\n")
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    fresh.setenv("WASMCELL_NODE", str(old))
    with pytest.raises(EngineUnavailableError, match=r"v16\.20\.0"):
        Node()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_starts_its_own():
    code = """
import os
from wasmcell import engines, modules
node, echo = engines.get("node"), modules.get("echo")
assert node.call(echo, "echo-u8", 1) == 1
child = os.fork()
if child == 0:
    os._exit(0 if node.call(echo, "echo-u8", 7) == 7 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert node.call(echo, "echo-u8", 2) == 2
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=120)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")
def test_a_message_that_is_cut_off_spoils_no_later_call(node, echo):
    assert node.call(echo, "echo-u8", 1) == 1

    def interrupt(number, frame):
        raise LookupError("interrupted")

    before = signal.signal(signal.SIGALRM, interrupt)
    # A process that does not read leaves the message half in the pipe.
    os.kill(node._link._process.pid, signal.SIGSTOP)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(LookupError, match="interrupted"):
            node.call(echo, "echo-list-u8", bytes(10_000_000))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert node.call(echo, "echo-u8", 2) == 2


def test_two_modules_of_one_name_are_told_apart(node, echo, tmp_path):
    others = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(echo.bytes + b"\0\5\4" + name.rjust(4).encode())  # an empty custom section
        others.append(modules.load(path))
    assert node.call(others[0], "echo-u8", 1) == 1
    others[1].path.unlink()
    with pytest.raises(ModuleError):
        node.call(others[1], "echo-u8", 2)
    assert node.call(others[0], "echo-u8", 3) == 3
