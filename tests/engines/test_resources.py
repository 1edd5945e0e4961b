"""Resources: who owns them, how long they live, and what is said to those who mix them up."""

from __future__ import annotations

import gc
import pickle

import pytest

from wasmcell.abi.values import Err, Ok
from wasmcell.engines import Engine, Session
from wasmcell.errors import ArgumentTypeError, ClosedError, InvalidArgumentError
from wasmcell.modules import Module


def counter(session: Session, start: int):
    return session.call("[constructor]counter", start)


def value(session: Session, handle) -> int:
    return session.call("[method]counter.value", handle)


def test_methods_work_on_their_own_resource(session: Session) -> None:
    a, b = counter(session, 1), counter(session, 100)
    assert session.call("[method]counter.add", a, 5) == 6
    assert [value(session, a), value(session, b)] == [6, 100]


def test_closing_ends_a_resource_once(session: Session) -> None:
    handle = counter(session, 1)
    assert session.call("ended") == 0
    handle.close()
    handle.close()
    assert handle.closed
    assert session.call("ended") == 1
    with counter(session, 2) as other:
        assert value(session, other) == 2
    assert session.call("ended") == 2


def test_what_is_forgotten_is_ended_by_the_next_call(session: Session) -> None:
    handle = counter(session, 1)
    del handle
    gc.collect()
    session.call("nothing")
    assert session.call("ended") == 1


def test_the_module_gives_resources_away(session: Session) -> None:
    first = counter(session, 3)
    second = session.call("[method]counter.split", first)
    session.call("[method]counter.add", second, 1)
    assert [value(session, first), value(session, second)] == [3, 4]
    several = session.call("[static]counter.several", [5, 6, 7])
    assert [value(session, handle) for handle in several] == [5, 6, 7]
    assert value(session, session.call("[static]counter.open", 9)) == 9
    with pytest.raises(InvalidArgumentError, match="a counter cannot start at 0"):
        session.call("[static]counter.open", 0)


def test_what_is_handed_over_is_gone(session: Session) -> None:
    given, lent = counter(session, 3), counter(session, 4)
    merged = session.call("[static]counter.merge", given, lent)
    assert [given.closed, lent.closed, value(session, merged)] == [True, False, 7]
    assert session.call("ended") == 1
    with pytest.raises(ClosedError, match="counter.value: self: this counter is already closed"):
        value(session, given)
    assert session.call("consume", session.call("[static]counter.several", [1, 2, 3])) == 6
    assert session.call("ended") == 4


def test_the_module_keeps_and_gives_back(session: Session) -> None:
    first, second = counter(session, 1), counter(session, 2)
    assert session.call("exchange", first) is None
    back = session.call("exchange", second)
    assert value(session, back) == 1
    assert value(session, session.call("exchange", None)) == 2


def test_handles_within_values(session: Session) -> None:
    number, handle = session.call("wrap", Ok(counter(session, 8)))
    assert [number, value(session, handle)] == [1, 8]
    assert session.call("wrap", Err("text")) == (0, None)
    assert session.call("total", [handle, handle, counter(session, 1)]) == 17


def test_one_handle_cannot_go_over_twice(session: Session) -> None:
    handle = counter(session, 1)
    with pytest.raises(InvalidArgumentError, match=r"counters\[1\]: this counter is handed over twice"):
        session.call("consume", [handle, handle])
    with pytest.raises(InvalidArgumentError, match="second: this counter is lent and handed over at once"):
        session.call("[static]counter.merge", handle, handle)
    # Neither call took place.
    assert [handle.closed, value(session, handle), session.call("ended")] == [False, 1, 0]


def test_handles_belong_to_their_session(engine: Engine, echo: Module, session: Session) -> None:
    with engine.session(echo) as other:
        stranger = counter(other, 1)
        with pytest.raises(InvalidArgumentError, match="lives in another session"):
            value(session, stranger)
        with pytest.raises(ArgumentTypeError, match="expected a counter, got 5"):
            value(session, 5)


def test_a_resource_needs_a_session(engine: Engine, echo: Module) -> None:
    with pytest.raises(InvalidArgumentError, match="session"):
        engine.call(echo, "[constructor]counter", 1)


def test_handles_end_with_their_session(engine: Engine, echo: Module) -> None:
    session = engine.session(echo)
    handle = counter(session, 1)
    session.close()
    session.close()
    handle.close()
    with pytest.raises(ClosedError, match="This session of echo is already closed"):
        session.call("nothing")


def test_handles_cannot_be_pickled(session: Session) -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(counter(session, 1))


def test_numbers_of_handles_are_used_again(kernel: Engine, echo: Module) -> None:
    with kernel.session(echo) as session:
        for _ in range(1000):
            session.call("exchange", counter(session, 1))
        assert len(session._instance.handles) == 1
