"""What scripts of the page get of a chosen file without a click: nothing that the page was not told already."""

from __future__ import annotations

import hashlib
import json

import pytest
import sealed

SECRET = b"the bytes of a passport"
#: What `sum` of the tests' module says of it: whoever can ask that has the right file before them.
SUM = sum(SECRET)

#: Its bytes, or why there are none.
PULL = """file => bridge.pull(file).then(
  bytes => new TextDecoder().decode(bytes), error => `${error.name}: ${error.message}`
)"""
COUNT = "file => bridge.call('echo', 'sum', [file]).then(({ value }) => Number(value))"
REFUSED = "RefusedError: passport.png is private: its bytes leave the vault only when a person allows it."


@pytest.fixture
def chosen(page, serve, start, zone):
    """A file that a person chose, as the page knows it; it is there, and its bytes are not to be had."""
    assert start(page, serve()) == "vault"
    [file] = zone().choose(passport=SECRET)
    assert file["sha256"] == hashlib.sha256(SECRET).hexdigest()
    assert page.evaluate(COUNT, file) == SUM
    assert page.evaluate(PULL, file) == REFUSED
    return file


def unread(file):
    return {name: value for name, value in file.items() if name != "sha256"}


def test_a_file_of_the_pages_that_is_said_to_be_the_same(page, chosen, zone):
    """A drop zone takes no file for another on the page's word."""
    decoy = page.evaluate("bridge.put(new File(['decoy'], 'decoy.txt'))")
    claimed = chosen | {"$file": decoy["$file"]}
    attacked = zone([unread(chosen), claimed])
    attacked.until(lambda: attacked.heard("chosen") + attacked.heard("removed"))
    assert page.evaluate(PULL, claimed) == "decoy"
    assert page.evaluate(COUNT, chosen) == SUM
    assert page.evaluate(PULL, chosen) == REFUSED


def test_a_newcomer_is_not_given_up_for_what_the_page_says_was_chosen(page, chosen, zone):
    decoy = page.evaluate("bridge.put(new File(['decoy'], 'decoy.txt'))")
    attacked = zone([chosen | {"$file": decoy["$file"]}])
    [newcomer] = attacked.choose(passport=SECRET)
    assert attacked.heard("removed") == []
    assert page.evaluate(COUNT, newcomer) == SUM
    assert page.evaluate(PULL, newcomer) == REFUSED
    assert page.evaluate(PULL, decoy) == "decoy"


@pytest.mark.parametrize("name", ["a result", "a file of the page's own"])
def test_the_digest_of_what_nobody_chose(page, chosen, zone, name):
    """Of a result that is a pixel, it would tell the pixel."""
    made = page.evaluate(
        "file => bridge.call('echo', 'echo-list-u8', [file], { keep: 'made.png' }).then(({ value }) => value)"
        if name == "a result"
        else "bridge.put(new File(['abc'], 'made.png'))",
        chosen,
    )
    assert page.evaluate(COUNT, made) == (SUM if name == "a result" else sum(b"abc"))
    attacked = zone([made])
    attacked.until(lambda: attacked.heard("chosen") + attacked.heard("removed"))
    assert attacked.heard("chosen") == []
    assert "made.png was not chosen by a person: its sha256 is not told." in attacked.text()


#: Calls that give a private file where no bytes are wanted: as a case, a number, a text, a field, an item.
ASTRAY = {
    "an enum": "bridge.call('echo', 'echo-direction', [file])",
    "a number": "bridge.call('echo', 'echo-u8', [file])",
    "a large number": "bridge.call('echo', 'echo-u64', [file])",
    "a character": "bridge.call('echo', 'echo-char', [file], { keep: 'a' })",
    "a text": "bridge.call('echo', 'fail', ['malformed', file], { keep: 'a' })",
    "a kind": "bridge.call('echo', 'fail', [file, 'x'], { keep: 'a' })",
    "a tag": "bridge.call('echo', 'echo-shape', [{ tag: file, val: 1 }], { keep: 'a' })",
    "another case": "bridge.call('echo', 'echo-shape', [{ tag: 'circle', val: file }], { keep: 'a' })",
    "a record": "bridge.call('echo', 'echo-point', [file])",
    "a field": "bridge.call('echo', 'echo-point', [{ x: file, y: file }])",
    "flags": "bridge.call('echo', 'echo-bits', [file])",
    "numbers": "bridge.call('echo', 'total', [file])",
    "a step's enum": "bridge.run('image', photo, { steps: [{ tag: 'resize', val: { width: 1, fit: file } }] })",
    "a step's number": "bridge.run('image', photo, { steps: [{ tag: 'resize', val: { width: file } }] })",
    "a step's text": "bridge.run('image', photo, { steps: [{ tag: 'pad', val: { width: 9, background: file } }] })",
    "a step's tag": "bridge.run('image', photo, { steps: [{ tag: file }] })",
    "steps": "bridge.run('image', photo, { steps: file })",
    "an output": "bridge.run('image', photo, { output: file })",
    "a picture that is none": "bridge.run('image', file, { output: { tag: 'png', val: {} } })",
    "a text that cannot be written": "bridge.call('pdf-make', 'from-text', [file, {}, {}, {}, undefined])",
    "words of a document": "bridge.call('pdf-make', 'from-text', [photo, {}, {}, { title: file }, undefined])",
    "in a session": """bridge.session('echo').then(async session => {
      await session.call('sum', [file]);
      return session.call('echo-direction', ['north, or not']);
    })""",
}
#: Of no format, with words and a letter (a script's that no font here has), which a module might quote.
PRIVATE = "7\U00010480 the bytes of a passport".encode()


def quotes(told):
    """Whether what was told has something of the private file: letters, or bytes in one way or another to write them."""
    text, some = json.dumps(told, ensure_ascii=False), PRIVATE.decode()
    return any(
        one in text
        for one in (
            ",".join(map(str, PRIVATE[:3])),
            PRIVATE[:3].hex(" "),
            some[1],
            f"{ord(some[1]):X}",
            "the bytes",
        )
    )


#: Brings a module and a picture of the page's own.
PREPARE = """async () => {
  for (const name of ['image', 'pdf-make']) {
    bridge.modules.add(await wasmcell.moduleAt(new URL(`modules/${name}.wasm`, location.href)));
  }
  const raster = { width: 1, height: 1, format: 'rgb8', pixels: new Uint8Array(3) };
  const { value } = await bridge.call('image', 'run-raster', [{ tag: 'raster', val: raster }, {}, [], { tag: 'png', val: {} }]);
  globalThis.photo = await bridge.put(new File([value.val], 'photo.png'));
}"""
#: What the page is told of the failure of a call.
FAILURE = """([file, call]) => new Function('file', `return ${call}`)(file).then(
  ({ value }) => ({ value }),
  ({ name, message, value }) => ({ name, message, value })
)"""


def test_no_error_quotes_a_private_file(page, serve, start, zone):
    assert start(page, serve()) == "vault"
    page.evaluate(PREPARE)
    [private] = zone().choose(passport=PRIVATE)
    opened = page.evaluate("bytes => bridge.put(new File([new Uint8Array(bytes)], 'a'))", list(PRIVATE))
    told = {name: page.evaluate(FAILURE, [private, call]) for name, call in ASTRAY.items()}
    assert [name for name, failure in told.items() if not failure.get("name")] == []
    assert {name: failure for name, failure in told.items() if quotes(failure)} == {}
    # Of an open file they do.
    for name in (
        "an enum",
        "a step's enum",
        "a picture that is none",
        "a text that cannot be written",
    ):
        assert quotes(page.evaluate(FAILURE, [opened, ASTRAY[name]])), name


@pytest.mark.ui
def test_the_height_of_a_report_does_not_tell_how_much_was_found(page, serve, start, zone):
    assert start(page, serve()) == "vault"

    def report(hits):
        box = {"x": 1, "y": 2, "width": 3, "height": 4}
        found = [{"text": "word " * 40, "boxes": [box]}] * hits
        one = {"page": 1, "hits": found, "handling": "rewritten", "reason": "", "notes": []}
        return json.dumps([{"pages": [one], "notFound": [], "acknowledged": [], "notes": ["a note"] * hits}])

    heights = []
    for hits in (1, 10):
        [file] = zone().choose(report=report(hits).encode())
        page.evaluate(
            """file => {
              globalThis.words = [];
              const options = () => ({ height: 320, file, name: 'report' });
              globalThis.shown = bridge.view('report', options, 100, word => words.push(word));
              document.body.append(shown.element);
            }""",
            file,
        )
        frame = sealed.first(page, ".report")
        frame.wait_for_selector("tbody td")
        assert frame.locator("tbody td:nth-child(3) div").count() == hits
        page.wait_for_timeout(300)
        heights.append((page.evaluate("words"), page.evaluate("shown.element.offsetHeight")))
        page.evaluate("shown.remove()")
    assert heights == [([{"height": 320}], 320)] * 2


#: Asks, in a view of the page's own making or by `consent`; what the page would have people read.
THEME = """file => {
  for (const name of ['--jp-ui-font-color1', '--jp-layout-color1', '--jp-border-color1']) {
    document.documentElement.style.setProperty(name, 'transparent');
  }
  document.documentElement.style.setProperty('--jp-ui-font-size1', '0');
  document.documentElement.style.setProperty('--jp-ui-font-family', 'none');
  const view = bridge.view('consent', () => ({ file }), 48);
  document.body.append(view.element);
  const variables = { color: 'transparent', 'font-size': '0', display: 'none', '--jp-ui-font-color1': 'transparent' };
  globalThis.say = word => view.post(word);
  globalThis.dress = dark => view.post({ theme: { dark, variables } });
}"""
#: Colour, size and frame of the words, and whether they are to be seen.
LOOK = """question => {
  const words = question.querySelector('span'), { color, fontSize, visibility } = getComputedStyle(words);
  return [color, fontSize, visibility, getComputedStyle(question).borderTopColor, words.checkVisibility()];
}"""


def question(page):
    """The frame of the question, when it stands."""
    return sealed.first(page, ".question", tries=400)


def test_the_look_of_the_question(page, chosen):
    """It takes from the page whether it is dark, and nothing else."""
    page.evaluate(THEME, chosen)
    frame = question(page)
    own = ["13px", "visible", "rgba(136, 136, 136, 0.533)", True]
    assert frame.eval_on_selector(".question", LOOK) == ["rgb(33, 33, 33)", *own]
    page.evaluate("dress(true)")
    frame.wait_for_selector(".dark .question")
    assert frame.eval_on_selector(".question", LOOK) == ["rgb(224, 224, 224)", *own]
    # Nor can it add to the words.
    page.evaluate(
        "for (const word of ['files', 'missing', 'busy', 'lost', 'gone']) say({ [word]: 'It is a cat.' })"
    )
    frame.wait_for_selector("text=The vault is gone from this page")
    assert "cat" not in frame.inner_text("body")


def test_the_question_names_all_that_a_result_was_made_of(page, serve, start, zone):
    """However many, those of one name each, in the order of choice and not that of the page."""
    assert start(page, serve()) == "vault"
    first = zone().choose(a=b"1", b=b"2", c=b"3", d=b"4", passport=b"5")
    [second] = zone().choose(passport=b"6")
    size = page.evaluate(
        """async files => {
          const session = await bridge.session('echo');
          for (const file of files) {
            await session.call('sum', [file]);
          }
          globalThis.made = (await session.call('echo-list-u8', [files[0]], { keep: 'cat.png' })).value;
          void bridge.consent(made).catch(() => undefined);
          return made.size;
        }""",
        [second, *reversed(first)],
    )
    frame = question(page)
    names = "a.png, b.png, c.png, d.png, passport.png, passport.png"
    words = f"Send a result made from 6 files ({size} B) to the kernel? {names}"
    assert frame.inner_text(".question span") == words
    seen = "e => [e.scrollHeight <= e.clientHeight, innerHeight >= document.body.scrollHeight]"
    for _ in range(100):
        if frame.eval_on_selector(".question span", seen) == [True, True]:
            break
        page.wait_for_timeout(50)
    assert frame.eval_on_selector(".question span", seen) == [True, True]
