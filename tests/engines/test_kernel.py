"""The kernel engine, over both ways to wasmtime."""

from __future__ import annotations

import _signal
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import weakref
from collections.abc import Iterator

import pytest
import wasmtime as package

from wasmcell.abi.values import Case
from wasmcell.engines import Cancel, Limits, wasmtime
from wasmcell.engines.interrupt import Signals
from wasmcell.engines.kernel import Kernel
from wasmcell.errors import CancelledError, ClosedError, LimitExceededError, ModuleError, TrappedError
from wasmcell.modules import Module

from ..handmade import MEMORY, module


@pytest.fixture(params=[True, False], ids=["direct", "public"])
def engine(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    with Kernel(core=wasmtime.make(direct=request.param)) as engine:
        yield engine


def test_the_installed_version_is_called_directly() -> None:
    _, version = wasmtime.installed()
    assert version == package.__version__ if hasattr(package, "__version__") else version
    assert type(wasmtime.make()).__name__ == "DirectCore"


def test_another_version_goes_the_public_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wasmtime, "DIRECT_VERSIONS", ("0.",))
    assert type(wasmtime.make()).__name__ == "PublicCore"


def test_values(engine: Kernel, echo: Module) -> None:
    assert engine.call(echo, "sixteen", *[1, 2.5, -3, 4.5] * 4) == (1, 2.5, -3, 4.5) * 4
    assert engine.call(echo, "seventeen", *[1, 2.5, -3, 4.5] * 4, 9) == (*(1, 2.5, -3, 4.5) * 4, 9)
    assert engine.call(echo, "echo-shape", Case("pair", (0.5, -1.0))) == Case("pair", (0.5, -1.0))
    assert engine.call(echo, "echo-u64", (1 << 64) - 1) == (1 << 64) - 1
    assert engine.call(echo, "echo-s64", -(1 << 63)) == -(1 << 63)
    assert engine.call(echo, "echo-list-u8", bytes(range(256))) == bytes(range(256))


def test_resources(engine: Kernel, echo: Module) -> None:
    with engine.session(echo) as session:
        one, two = session.call("[static]counter.several", [1, 2])
        three = session.call("[static]counter.merge", one, two)
        assert session.call("[method]counter.value", three) == 3
        three.close()
        assert session.call("ended") == 2


def test_traps_and_limits(engine: Kernel, echo: Module) -> None:
    with pytest.raises(TrappedError, match="unreachable"):
        engine.call(echo, "trap")
    with pytest.raises(LimitExceededError, match="limit of 0.2 seconds"):
        engine.call(echo, "spin", limits=Limits(seconds=0.2))
    with pytest.raises(
        LimitExceededError, match=r"asked for 104857600 bytes more than it had; its memory limit is 67108864"
    ):
        engine.call(echo, "allocate", 100 << 20, limits=Limits(memory=64 << 20))
    with pytest.raises(LimitExceededError, match="memory limit of 65536"):
        engine.call(echo, "nothing", limits=Limits(memory=65536))


def test_cancelling(engine: Kernel, echo: Module) -> None:
    cancel = Cancel()
    threading.Timer(0.1, cancel.cancel).start()
    with pytest.raises(CancelledError):
        engine.call(echo, "spin", cancel=cancel)


def test_a_limit_ends_nothing_else(engine: Kernel, echo: Module) -> None:
    cancel, ends = Cancel(), []

    def endless() -> None:
        try:
            engine.call(echo, "spin", cancel=cancel)
        except BaseException as error:
            ends.append(type(error))

    thread = threading.Thread(target=endless)
    thread.start()
    for _ in range(3):
        with pytest.raises(LimitExceededError):
            engine.call(echo, "spin", limits=Limits(seconds=0.05))
    assert thread.is_alive()
    cancel.cancel()
    thread.join(60)
    assert ends == [CancelledError]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")
def test_a_signal_handler_runs_during_a_call_and_may_end_it(engine: Kernel, echo: Module) -> None:
    seen = []

    def handler(number: int, frame: object) -> None:
        seen.append(number)
        if len(seen) == 3:
            raise LookupError("from a handler")

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        with pytest.raises(LookupError, match="from a handler"):
            engine.call(echo, "spin")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(seen) >= 3
    assert engine.call(echo, "calls") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
@pytest.mark.parametrize("direct", [True, False])
def test_ctrl_c_ends_a_call_and_the_next_one_works(direct: bool) -> None:
    script = f"""
        import os, signal, threading
        from wasmcell import modules
        from wasmcell.engines import wasmtime
        from wasmcell.engines.kernel import Kernel
        engine, echo = Kernel(core=wasmtime.make(direct={direct})), modules.get("echo")
        for _ in range(3):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            try:
                engine.call(echo, "spin")
            except KeyboardInterrupt:
                print("interrupted", engine.call(echo, "calls"), signal.getsignal(signal.SIGINT).__name__)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines() == ["interrupted 1 default_int_handler"] * 3, done.stderr
    assert not done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_limits_hold_in_a_forked_process(echo: Module) -> None:
    engine = Kernel()
    engine.call(echo, "calls")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            engine.call(echo, "spin", limits=Limits(seconds=0.1))
        except LimitExceededError:
            code = 42
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42


def test_a_call_near_the_end_of_pythons_stack_is_a_recursion_error(engine: Kernel, echo: Module) -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        else:
            engine.call(echo, "spin", limits=Limits(seconds=0.05))

    # Wherever the stack ends, it must not be in what wasmtime calls back.
    limit, ends = sys.getrecursionlimit(), set()
    for left in range(limit - 150, limit):
        try:
            deep(left)
        except (RecursionError, LimitExceededError) as error:
            ends.add(type(error))
    assert ends == {RecursionError, LimitExceededError}


def test_a_session_that_is_forgotten_lets_go_of_its_memory_at_once(engine: Kernel, echo: Module) -> None:
    gc.collect()
    gc.disable()
    try:
        session = engine.session(echo)
        session.call("calls")
        session.call("[constructor]counter", 1)
        gone = weakref.ref(session._instance._linked)
        del session
        assert gone() is None
    finally:
        gc.enable()


def test_limits_hold_while_python_converts_values(engine: Kernel, echo: Module) -> None:
    words = ["abc"] * 1_500_000
    with engine.session(echo, Limits(seconds=0.1)) as session:
        with pytest.raises(LimitExceededError, match="limit of 0.1 seconds"):
            session.call("echo-list-string", words)
        # The module has not seen any of it.
        assert session.call("calls") == 1
    pages = f'(module {MEMORY} (func (export "f") (result i32) (i64.store (i32.const 16) (i64.const {{}})) (i32.const 16)))'
    # 4,194,304 bools, which is 64 pages, or what takes 32 MiB in Python.
    wat = pages.format(4194304 << 32).replace('"memory") 1 4', '"memory") 65')
    made = module(wat, {"f": {"result": 0}}, ({"list": "bool"},))
    assert len(engine.call(made, "f", limits=Limits(memory=32 << 20))) == 4194304
    with pytest.raises(LimitExceededError, match="memory limit of 16777216 bytes in Python"):
        engine.call(made, "f", limits=Limits(memory=16 << 20))


def test_memory_is_limited_for_all_memories_together(engine: Kernel) -> None:
    made = module('(module (memory 1) (memory 1) (func (export "f")))', {"f": {}})
    with pytest.raises(ModuleError, match="more than one memory"):
        engine.call(made, "f")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")
def test_all_signal_handlers_are_back_whatever_they_raise() -> None:
    def raising(number: int, frame: object) -> None:
        raise LookupError(number)

    numbers = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM]
    before = {number: signal.signal(number, raising) for number in numbers}
    restore, put = [], _signal.signal

    def put_back(number: int, handler: object) -> None:
        put(number, handler)
        restore.append(number)
        if handler is raising and restore.count(number) == 1:
            raise LookupError(number)  # as if the signal had come at that moment

    signals = Signals()
    try:
        signals.take()
        assert all(signal.getsignal(number) == signals._note for number in numbers)
        for number in numbers[:2]:
            os.kill(os.getpid(), number)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_signal, "signal", put_back)
            with pytest.raises(LookupError):
                signals.give_back()
        assert [signal.getsignal(number) for number in numbers] == [raising] * 3
        assert restore[-1] == signal.SIGINT
        assert not signals._arrived
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")
def test_an_interrupted_session_says_by_what(engine: Kernel, echo: Module) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with engine.session(echo) as session:
            with pytest.raises(KeyboardInterrupt):
                session.call("spin")
            with pytest.raises(TrappedError, match="in spin: KeyboardInterrupt. Open a new one"):
                session.call("calls")
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_closed_engine(echo: Module) -> None:
    engine = Kernel()
    session = engine.session(echo)
    engine.close()
    with pytest.raises(ClosedError):
        engine.call(echo, "calls")
    assert session.call("calls") == 1
    session.close()


def test_an_import_that_nothing_is_given_for(engine: Kernel) -> None:
    made = module('(module (import "env" "f" (func)) (func (export "g")))', {"g": {}})
    with pytest.raises(ModuleError, match="cannot be linked: nothing is given for"):
        engine.call(made, "g")


def test_what_is_no_module(engine: Kernel) -> None:
    made = module("(module)", {})
    broken = module("(module)", {"f": {}})
    object.__setattr__(broken.description.core_modules[0], "sha256", "0" * 64)
    with pytest.raises(ModuleError, match="not the one that was described"):
        engine.call(broken, "f")
    with pytest.raises(ModuleError, match="no function f"):
        engine.call(made, "f")


def test_an_export_that_the_description_invents(engine: Kernel) -> None:
    made = module(f'(module {MEMORY} (func (export "f") (param i32 i32)))', {"f": {"params": ["string"]}})
    object.__setattr__(made.description.functions["f"].core.memory, "name", "nothing")
    with pytest.raises(ModuleError, match="no export 'nothing'"):
        engine.call(made, "f", "x")


def test_a_start_function_that_never_ends(engine: Kernel) -> None:
    made = module('(module (func $s (loop (br 0))) (start $s) (func (export "f")))', {"f": {}})
    with pytest.raises(LimitExceededError):
        engine.call(made, "f", limits=Limits(seconds=0.1))
