"""No byte of a private file leaves its vault unless a person says so: not over the network, not to the page."""

from __future__ import annotations

import base64
import io
import os
import zlib
from contextlib import suppress

import pytest
from PIL import Image

CHUNK = 64


class Traffic:
    """All that a page says to anyone, and hears by websocket."""

    def __init__(self, page):
        self.urls = []
        self._said = []
        page.on("request", self._request)
        page.on("websocket", self._websocket)
        self._page = page

    def _request(self, request):
        if request.url.startswith(("http", "ws")):
            self.urls.append(request.url)
            self._said += [request.url.encode(), request.post_data_buffer or b""]

    def _websocket(self, socket):
        for event in ("framesent", "framereceived"):
            socket.on(
                event, lambda data: self._said.append(data if isinstance(data, bytes) else data.encode())
            )

    def payloads(self):
        """What was said, also unpacked where it is packed."""
        for said in self._said:
            yield said
            for magic, bits in (
                (b"\x1f\x8b\x08", 31),
                (b"\x78\x9c", 15),
                (b"\x78\x01", 15),
                (b"\x78\xda", 15),
            ):
                at = said.find(magic)
                while at >= 0:
                    with suppress(zlib.error):
                        yield zlib.decompressobj(bits).decompress(said[at:])
                    at = said.find(magic, at + 1)

    def has(self, data):
        """Which chunks of `data` are in it, as they are or in base64."""
        return found(data, b"\n".join(self.payloads()))


def found(data, heap):
    """Which chunks of `data` are in `heap`, as they are or in base64."""
    chunks = [data[at : at + CHUNK] for at in range(0, len(data) - CHUNK, CHUNK)]
    return [chunk for chunk in chunks if any(form in heap for form in forms(chunk))]


def forms(chunk):
    """A chunk as it is, in hex, and as it looks within base64, wherever that begins."""
    yield chunk
    yield chunk.hex().encode()
    for shift in range(3):
        inner = base64.b64encode(b"\0" * shift + chunk)[4:-4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


@pytest.fixture(scope="module")
def secret():
    """A picture that is like no other: noise."""
    out = io.BytesIO()
    Image.frombytes("RGB", (96, 64), os.urandom(96 * 64 * 3)).save(out, "png")
    return out.getvalue()


def record(notebook):
    """The traffic of a notebook's page, from the page's start: that of one that is open already is not seen."""
    traffic = Traffic(notebook.page)
    notebook.page.reload()
    notebook.wait()
    return traffic


@pytest.fixture(scope="module")
def recorded(plain_jupyter, open_in, secret, tmp_path_factory):
    """A notebook in which a private file was worked on in all ways, its traffic recorded from the start."""
    path = tmp_path_factory.mktemp("secret") / "secret.png"
    path.write_bytes(secret)
    notebook = open_in(plain_jupyter)
    traffic = record(notebook)
    notebook.run("import wasmcell; from wasmcell import image; f = wasmcell.pick()")
    notebook.pick(path)
    notebook.run("await image.probe(f)")
    notebook.run("r = await image.open(f).encode('png').arun()")
    index = notebook.start("r")
    notebook.finish(index)
    notebook.frame("figure img")
    made = notebook.download(lambda: notebook.run("await r.download('other.png')")).path().read_bytes()
    notebook.run("wasmcell.widgets.Ledger()")
    notebook.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => undefined)")
    return notebook, traffic, made


def test_nothing_of_it_is_in_the_traffic(recorded, secret):
    _, traffic, made = recorded
    assert len(made) > 10_000
    assert traffic.has(secret) == []
    assert traffic.has(made) == []


def test_nothing_of_it_is_in_the_saved_notebook(recorded, secret, plain_jupyter):
    notebook, _, made = recorded
    name = notebook.page.url.rpartition("/")[2].partition("?")[0]
    saved = (plain_jupyter.root / name).read_bytes()
    assert b"secret.png" in saved
    assert found(secret, saved) == found(made, saved) == []


def test_no_request_leaves_for_elsewhere(recorded, plain_jupyter):
    _, traffic, _ = recorded
    assert [url for url in traffic.urls if not url.startswith(plain_jupyter.url)] == []


#: What a script in the notebook's page may try with the file's true number, and what it gets: a value, or an error.
ATTACKS = {
    "frames in the document": (
        "[...document.querySelectorAll('iframe')].map(f => f.contentDocument?.body?.innerHTML).join('')",
        "",
    ),
    "their windows": (
        "[...Array(frames.length).keys()].map(i => frames[i][0].document.body.innerHTML).join('')",
        "SecurityError",
    ),
    "shadow tree of a view": ("document.querySelector('.wasmcell-pick').shadowRoot", None),
    "pull": ("await bridge.pull(file)", "RefusedError"),
    "read": ("await bridge.read(file, 0, 100)", "RefusedError"),
    "a part by another size": ("await bridge.read({...file, size: 1}, 0, 1)", "RefusedError"),
    "a guess": ("await bridge.read({...file, $file: 1}, 0, 100)", "ClosedError"),
    "a sha256, which may tell a pixel": ("bridge.digest", None),
    "a result, not kept": (
        "(await bridge.call('image', 'run', [file, {}, [], {tag: 'png', val: {}}])).value.length",
        None,
    ),
    "pixels, not kept": (
        "(await bridge.call('image', 'run-raster', [{tag: 'file', val: file}, {}, [], undefined])).value.val.pixels.length",
        None,
    ),
    "a result under another name": (
        "await bridge.pull((await bridge.call('image', 'run', [file, {}, [], {tag: 'png', val: {}}], {keep: 'mine'})).value)",
        "RefusedError",
    ),
    "what a session made": (
        """await (async () => {
          const session = await bridge.session('image');
          const { value } = await session.call('[static]bitmap.open', [file, {}]);
          return (await session.call('[method]bitmap.read', [value, undefined, undefined])).value.pixels.length;
        })()""",
        None,
    ),
    "another bridge": ("(globalThis[Symbol.for('wasmcell.bridge')] = { version: 1 }, 1)", "TypeError"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_script_in_the_page_gets_nothing(recorded, name):
    notebook, _, _ = recorded
    number = notebook.run("f.files[0]._ref.number")
    script, expected = ATTACKS[name]
    got = notebook.page.evaluate(f"""async () => {{
      'use strict';
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      const file = {{ $file: {number}, name: 'secret.png', size: 18000, type: 'image/png' }};
      // It is there, and can be worked on.
      const {{ value }} = await bridge.call('image', 'probe', [file]);
      if (value.width !== 96) return value;
      try {{ return ({script}) ?? null; }} catch (error) {{ return error.name; }}
    }}""")
    assert got == expected


def test_a_forged_welcome_is_not_taken(recorded, secret):
    """A script that answers a view's word before its maker does gets no file."""
    notebook, _, _ = recorded
    number = int(notebook.run("f.files[0]._ref.number"))
    got = notebook.page.evaluate(
        """async number => {
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      let forged = 0, answers = 0;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => answers++;
      const forge = ({ source, data }) => {
        if (data?.wasmcell === 'vault ready') {
          forged++;
          const { port1: page, port2: given } = new MessageChannel();
          page.onmessage = () => answers++;
          const options = { accept: '', multiple: true, label: '', files: [] };
          const theme = { dark: false, variables: {} };
          const welcome = { wasmcell: 'view', nonce: '', kind: 'pick', options, home: 'vault', theme };
          source.postMessage(welcome, '*', [given, port2]);
        }
      };
      addEventListener('message', forge);
      const file = { $file: number, name: 'secret.png', size: 1, type: '' };
      let told = 0;
      const view = bridge.view('preview', () => ({ file, name: 'x', caption: '', width: 9, height: 9 }), 99, () => told++);
      document.body.append(view.element);
      await new Promise(resolve => setTimeout(resolve, 1500));
      removeEventListener('message', forge);
      view.remove();
      return [forged, answers, told > 0];
    }""",
        number,
    )
    assert got == [1, 0, True]


def test_what_is_pulled_is_seen(recorded, secret):
    """The recorder is not blind: what a person allows is in the traffic."""
    notebook, traffic, _ = recorded
    index = notebook.start("len(await f.files[0].pull())")
    notebook.answer("Allow")
    assert notebook.finish(index) == str(len(secret))
    assert len(traffic.has(secret)) == len(range(0, len(secret) - CHUNK, CHUNK))
