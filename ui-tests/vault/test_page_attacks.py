"""What scripts of the page get of a chosen file without a click: nothing that the page was not told already."""

from __future__ import annotations

import hashlib

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
