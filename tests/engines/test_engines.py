"""What every engine does: fresh and kept instances, errors, limits, cancellation, threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wasmcell import engines
from wasmcell.engines import Cancel, Engine, Limits, Measure, Session
from wasmcell.errors import (
    CORE_ERRORS,
    CancelledError,
    EngineUnavailableError,
    Error,
    InvalidArgumentError,
    LimitExceededError,
    TrappedError,
)
from wasmcell.modules import Module

MIB = 1 << 20


def test_a_call_runs_in_a_fresh_instance(engine: Engine, echo: Module) -> None:
    assert [engine.call(echo, "calls") for _ in range(3)] == [1, 1, 1]


def test_a_session_keeps_its_instance(session: Session) -> None:
    assert [session.call("calls") for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("kind", CORE_ERRORS)
def test_errors_of_the_core_types(engine: Engine, echo: Module, kind: str) -> None:
    with pytest.raises(CORE_ERRORS[kind], match="^what went wrong$") as caught:
        engine.call(echo, "fail", kind, "what went wrong")
    assert type(caught.value) is CORE_ERRORS[kind]
    assert engine.call(echo, "fail", "nothing", "all well") == "all well"


def test_every_core_error_has_an_example(echo: Module) -> None:
    error = next(t for t in echo.description.types if t.name == "error")
    assert {c.name for c in error.cases} == set(CORE_ERRORS)


def test_a_trap_spoils_its_instance_alone(engine: Engine, echo: Module) -> None:
    with engine.session(echo) as spoiled, engine.session(echo) as other:
        other.call("calls")
        with pytest.raises(TrappedError):
            spoiled.call("trap")
        with pytest.raises(TrappedError, match="ended by an earlier error"):
            spoiled.call("calls")
        assert other.call("calls") == 2
    assert engine.call(echo, "calls") == 1


def test_an_error_of_the_functions_own_spoils_nothing(session: Session) -> None:
    session.call("calls")
    with pytest.raises(Error):
        session.call("fail", "malformed", "x")
    assert session.call("calls") == 2


def test_too_deep_a_recursion_is_a_trap(engine: Engine, echo: Module) -> None:
    assert engine.call(echo, "recurse", 1000) > 0
    with pytest.raises(TrappedError):
        engine.call(echo, "recurse", 1 << 30)


def test_the_time_limit(engine: Engine, echo: Module) -> None:
    with pytest.raises(LimitExceededError, match=r"limit of 0\.3 seconds"):
        engine.call(echo, "spin", limits=Limits(seconds=0.3))
    assert engine.call(echo, "calls") == 1


def test_the_time_limit_of_a_session(engine: Engine, echo: Module) -> None:
    with engine.session(echo, Limits(seconds=2)) as session:
        session.call("calls")
        with pytest.raises(LimitExceededError, match="limit of 2 s"):
            session.call("spin")
        with pytest.raises(TrappedError, match="ended by an earlier error"):
            session.call("calls")


def test_the_memory_limit(engine: Engine, echo: Module) -> None:
    assert engine.call(echo, "allocate", 100 * MIB) == 100 * MIB
    with pytest.raises(LimitExceededError, match=r"memory.*(Limits\(memory|WASMCELL_MEMORY)"):
        engine.call(echo, "allocate", 100 * MIB, limits=Limits(memory=64 * MIB))
    assert engine.call(echo, "try-allocate", 100 * MIB, limits=Limits(memory=64 * MIB)) is False
    assert engine.call(echo, "try-allocate", 100 * MIB) is True


def test_a_trap_for_another_reason_is_no_lack_of_memory(engine: Engine, echo: Module) -> None:
    with pytest.raises(TrappedError):
        engine.call(echo, "allocate-and-trap", 100 * MIB, limits=Limits(memory=64 * MIB))


def test_arguments_too_large_for_the_memory_limit(engine: Engine, echo: Module) -> None:
    with pytest.raises(LimitExceededError):
        engine.call(echo, "sum", bytes(100 * MIB), limits=Limits(memory=64 * MIB))


def test_a_module_that_does_not_fit_its_limit(engine: Engine, echo: Module) -> None:
    with pytest.raises(LimitExceededError, match="memory"):
        engine.call(echo, "nothing", limits=Limits(memory=65536))


def test_limits_are_checked_and_read_from_the_environment(
    engine: Engine, echo: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (
        {"memory": 1},
        {"memory": 1 << 33},
        {"seconds": 0},
        {"seconds": -1.0},
        {"seconds": float("nan")},
    ):
        with pytest.raises(InvalidArgumentError):
            Limits(**wrong)
    monkeypatch.setenv("WASMCELL_SECONDS", "0.3")
    with pytest.raises(LimitExceededError, match=r"0\.3 s"):
        engine.call(echo, "spin")
    monkeypatch.setenv("WASMCELL_SECONDS", "soon")
    with pytest.raises(InvalidArgumentError, match="WASMCELL_SECONDS"):
        engine.call(echo, "calls")


def test_cancelling(engine: Engine, echo: Module) -> None:
    cancel = Cancel()
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(CancelledError):
        engine.call(echo, "spin", cancel=cancel)
    assert cancel.cancelled
    with pytest.raises(CancelledError):
        engine.call(echo, "calls", cancel=cancel)
    assert engine.call(echo, "calls", cancel=Cancel()) == 1


def test_calls_run_beside_each_other(engine: Engine, echo: Module) -> None:
    # One call never ends of itself, so if the others do, they ran while it did: no GIL was in their way.
    cancel, ended = Cancel(), []

    def endless() -> None:
        try:
            engine.call(echo, "spin", cancel=cancel)
        except CancelledError as error:
            ended.append(error)

    thread = threading.Thread(target=endless)
    thread.start()
    try:
        assert [engine.call(echo, "sum", b"\1" * n) for n in range(20)] == list(range(20))
        assert not ended
    finally:
        cancel.cancel()
        thread.join(60)
    assert len(ended) == 1


def test_many_threads(engine: Engine, echo: Module) -> None:
    def work(n: int) -> bool:
        text = f"text {n}" * 50
        return engine.call(echo, "echo-string", text) == text

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200 if engine.name == "kernel" else 24)))


def test_threads_share_a_session_in_turn(session: Session) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: session.call("calls"), range(40))) == list(range(1, 41))


def test_what_a_call_used(engine: Engine, echo: Module) -> None:
    measure = Measure()
    engine.call(echo, "sum", b"x" * 1000, measure=measure)
    assert measure.seconds > 0
    assert measure.bytes_in >= 1000
    engine.call(echo, "fill", 5000, 7, measure=measure)
    assert measure.bytes_out >= 5000


def test_large_values(engine: Engine, echo: Module) -> None:
    data = bytes(range(256)) * (40 * MIB // 256)
    assert engine.call(echo, "echo-list-u8", data) == data


def test_names() -> None:
    assert engines.get("kernel") is engines.get("kernel")
    with pytest.raises(EngineUnavailableError, match="no engine 'kernle'"):
        engines.get("kernle")
