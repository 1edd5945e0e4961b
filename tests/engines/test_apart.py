"""Work beside the caller."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import pytest

from wasmcell import BlockingError
from wasmcell.engines import apart, browser
from wasmcell.engines.channel import Broadcast, plain


async def test_what_is_apart_may_block():
    def work():
        try:
            browser.must_not_block()
            done.set_result(apart.is_apart())
        except BaseException as error:
            done.set_exception(error)

    done = Future()
    apart.start(work)
    assert await asyncio.wrap_future(done) is True
    assert not apart.is_apart()
    with pytest.raises(BlockingError, match="must be awaited|Await it"):
        browser.must_not_block()


def test_a_result_that_does_not_come():
    with pytest.raises(TimeoutError):
        apart.result(Future(), 0.01)


def test_where_python_is_in_no_page_there_is_no_channel():
    channel = Broadcast(print)
    assert channel.name == ""
    channel.close()
    assert plain({"a": [None, 1]}) == {"a": [None, 1]}
