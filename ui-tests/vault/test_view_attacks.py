"""Whatever runs inside a view, which is a sealed frame of its own, reaches no server either."""

from __future__ import annotations

import pytest
import sealed
from test_attacks import DOCUMENT, EVERYWHERE, IN_WORKER, NAVIGATION, NEVER, script, wait

pytestmark = pytest.mark.ui

#: Puts a drop zone on the page.
SHOW = """() => {
  const options = { accept: '', multiple: true, label: 'Choose', files: [], lost: false, missing: [] };
  document.body.append(bridge.view('pick', () => options, 76).element);
}"""


@pytest.fixture(scope="module")
def view(start):
    """Opens a page with a drop zone; the zone's frame."""

    def view(page, host):
        assert start(page, host) == "vault"
        page.evaluate(SHOW)
        return sealed.first(page, ".zone")

    return view


@pytest.fixture(scope="module")
def in_view(browser, serve, record, view):
    """What two recorders saw of all attacks: from a plain page's document, and from a view's."""
    attacks, plain, sealed, host = EVERYWHERE | DOCUMENT, record(), record(), serve()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(host.url)
        page.evaluate(script(attacks, plain.base))
        view(context.new_page(), host).evaluate(script(attacks, sealed.base))
        wait(page, lambda: all(plain.hits(name) for name in attacks.keys() - NEVER))
    return plain, sealed


@pytest.mark.parametrize("name", EVERYWHERE | DOCUMENT)
def test_from_its_document(name, in_view):
    plain, sealed = in_view
    assert sealed.hits(name) == []
    assert bool(plain.hits(name)) == (name not in NEVER)


def test_nothing_at_all_was_seen(in_view):
    assert in_view[1].seen == []


@pytest.mark.parametrize("name", NAVIGATION)
def test_by_leading_elsewhere(name, browser, serve, record, view):
    attack, plain, sealed, host = {name: NAVIGATION[name]}, record(), record(), serve()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(host.url)
        page.evaluate(f"setTimeout({script(attack, plain.base)})")
        hiding = context.new_page()
        view(hiding, host).evaluate(f"void setTimeout({script(attack, sealed.base)})")
        wait(hiding, lambda: plain.hits(name))
        assert hiding.url == host.url
    assert plain.hits(name)
    assert sealed.seen == []


def test_it_makes_no_workers(page, serve, record, view):
    """Not even from blobs, as the vault does: a view has none to make."""
    recorder = record()
    told = view(page, serve()).evaluate(IN_WORKER, f"fetch('{recorder.base}/worker?x'); postMessage(1)")
    assert str(told).startswith("the worker broke")
    page.wait_for_timeout(1000)
    assert recorder.seen == []


def test_by_webrtc(page, serve, view):
    frame = view(page, serve())
    assert frame.evaluate("typeof RTCPeerConnection + typeof webkitRTCPeerConnection") == "undefinedundefined"


def test_the_bridge_takes_no_bytes_from_it(page, serve, view):
    """It can say what it will to the page's window; wasmcell hears none of it, and records no crossing."""
    frame = view(page, serve())
    before = page.evaluate("bridge.ledger.crossings.length")
    frame.evaluate("""() => {
      for (const word of [new Uint8Array(9), { wasmcell: 'view', bytes: new Uint8Array(9) }, { allowed: true }]) {
        parent.parent.postMessage(word, '*');
      }
    }""")
    page.wait_for_timeout(500)
    assert page.evaluate("bridge.ledger.crossings.length") == before
    assert page.evaluate("bridge.call('echo', 'echo-u8', [7]).then(({ value }) => value)") == 7
