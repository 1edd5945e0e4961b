"""Private PDF documents: changed in the vault, saved from there; nothing of what is in them comes out."""

from __future__ import annotations

import json
import os
import re

import pytest
from axe import violations
from playwright.sync_api import expect
from test_privacy import CHUNK, found, record

from tests.pdf.papers import TEXT, TWO, pages
from wasmcell import pdf


def written(text):
    """A page's content that shows a text in lines."""
    lines = [text[at : at + 60] for at in range(0, len(text), 60)]
    return f"BT /M 4 Tf 4 TL 5 95 Td {' '.join(f'({line}) Tj T*' for line in lines)} ET"


@pytest.fixture(scope="module")
def words():
    """What stands on the pages: like nothing else."""
    return [os.urandom(600).hex() for _ in range(2)]


@pytest.fixture(scope="module")
def recorded(plain_jupyter, open_in, words, tmp_path_factory):
    """A notebook with a private document of two pages. Nothing of that is in the traffic, whatever is done."""
    folder = tmp_path_factory.mktemp("secret")
    (folder / "secret.pdf").write_bytes(pages(*map(written, words)))
    (folder / "other.pdf").write_bytes(TWO)
    notebook = open_in(plain_jupyter)
    traffic = record(notebook)
    notebook.run("import wasmcell; from wasmcell import pdf; f = wasmcell.pick('*.pdf')")
    notebook.pick(folder / "secret.pdf")
    notebook.run("await pdf.open(f).select('1').arun()")  # the page has the module from here on
    yield notebook, folder
    # The kernel's own file is seen: the recorder is not blind.
    notebook.run(f"await pdf.open(f).append({str(folder / 'other.pdf')!r}).arun()")
    said = b"\n".join(traffic.payloads())
    assert TEXT.encode() in said
    for secret in (word.encode() for word in words):
        assert len(secret) > 4 * CHUNK
        assert found(secret, said) == []


def text(data):
    """What stands on the pages of a file, without line ends."""
    return [page.replace("\n", "") for page in pdf.text(data)]


def test_steps_are_done_in_the_vault_and_saved_from_there(recorded, words):
    notebook, *_ = recorded
    saved = notebook.download(
        lambda: notebook.run("await pdf.open(f).select('2,1').rotate(90).download('safe.pdf')")
    )
    assert saved.suggested_filename == "safe.pdf"
    data = saved.path().read_bytes()
    assert text(data) == [words[1], words[0]]
    assert [page.rotation for page in pdf.describe(data).pages] == [90, 90]


def test_what_is_redacted_is_told_to_nobody(recorded, words):
    """The kernel says what to look for; it hears neither where that was found nor whether it was."""
    notebook, *_ = recorded
    word = words[0][300:310]
    code = f"await pdf.open(f).redact(search={word!r}, ignore_case=False).download('safe.pdf')"
    data = notebook.download(lambda: notebook.run(code)).path().read_bytes()
    first, second = text(data)
    assert word not in first
    assert first.startswith(words[0][:200])
    assert second == words[1]


def test_the_report_of_a_redaction_stays_there_too(recorded, words):
    """A person may save it, or send it; nobody else is told."""
    notebook, *_ = recorded
    word = words[1][300:310]
    code = f"safe = await pdf.open(f).redact(search=[{word!r}, 'nowhere']).arun(); print(safe.redactions)"
    told = notebook.run(code)
    assert re.fullmatch(r"<PrivateRedactions 'secret-redactions.json', application/json, 65.5 kB>", told), (
        told
    )
    saved = notebook.download(lambda: notebook.run("await safe.redactions.download()"))
    [report] = json.loads(saved.path().read_text())
    [page] = report["pages"]
    assert (page["page"], page["handling"], [hit["text"] for hit in page["hits"]]) == (2, "rewritten", [word])
    assert report["notFound"] == ["nowhere"]
    assert report["notes"]
    # The word begins in its line, whose 60 letters are 0.6 × 4 pt wide each, from x = 5 pt.
    assert page["hits"][0]["boxes"][0]["x"] == pytest.approx(5, abs=0.1)
    frame = notebook.show("safe.redactions", ".report")
    assert frame.url == "about:srcdoc"
    expect(frame.locator("tbody td").nth(2)).to_have_text(word)
    expect(frame.get_by_text("On no page: nowhere")).to_be_visible()
    assert violations(frame, {"include": ["body > *"]}) == []
    saved = notebook.download(lambda: notebook.run("await safe.download()"))
    assert word not in text(saved.path().read_bytes())[1]
    told = notebook.run("pdf.open(f).redactions")
    assert "has no report" in told


def test_what_is_made_is_a_private_document_again(recorded, words):
    notebook, *_ = recorded
    told = notebook.run(
        "one = await pdf.open(f).select('2').arun(); print(one, one.name, one.type, type(one).__name__)"
    )
    assert re.fullmatch(r"<PrivateDocument 'secret.pdf'> secret.pdf application/pdf PrivateDocument", told), (
        told
    )
    saved = notebook.download(lambda: notebook.run("await one.rotate(180).download()"))
    assert text(saved.path().read_bytes()) == [words[1]]


def test_a_pipeline_is_done_to_all_files_that_were_chosen(recorded, words):
    notebook, *_ = recorded
    told = notebook.run(
        "from wasmcell import image; [one] = await image.amap(f, '| pdf.rotate 90', progress=False); print(one.get())"
    )
    assert told.splitlines()[-1] == "<PrivateDocument 'secret.pdf'>"
    data = notebook.download(lambda: notebook.run("await one.get().download()")).path().read_bytes()
    assert text(data) == words
    assert [page.rotation for page in pdf.describe(data).pages] == [90, 90]


def test_other_files_join_it(recorded, words):
    """One of the kernel's, and one of the page's own."""
    notebook, folder = recorded
    code = (
        f"await pdf.open(f).append({str(folder / 'other.pdf')!r}, pages='1').append(f, pages='2').download()"
    )
    saved = notebook.download(lambda: notebook.run(code))
    assert text(saved.path().read_bytes()) == [*words, "Find thewords", words[1]]


@pytest.mark.parametrize(
    "code",
    [
        "pdf.text(f)",
        "pdf.search(f, 'a')",
        "pdf.describe(f)",
        "pdf.probe(f)",
        "pdf.render(f, 1)",
        "pdf.words(f)",
    ],
)
def test_what_would_tell_of_it_is_refused(recorded, code):
    notebook, *_ = recorded
    told = notebook.run(f"await {code}")
    assert told.startswith("RefusedError: secret.pdf is private, and pdf "), told
    assert "would tell what is in it" in told


def test_errors_are_in_general_words(recorded):
    notebook, *_ = recorded
    told = notebook.run("await pdf.open(f).select('7').arun()")
    assert told.startswith("InvalidArgumentError: secret.pdf: an option does not fit it"), told
    assert "7" not in told
    told = notebook.run("await pdf.open(f).append(b'no document').arun()")
    assert told.startswith("MalformedError: 11 bytes: it is not what it should be"), told


#: What a script in the page may try with the file's true number, and what it gets: a value, or an error.
ATTACKS = {
    "what it reads": ("(await bridge.call('pdf', 'text', [file])).value", "RefusedError"),
    "a module of another name": (
        """await (async () => {
          const { description, bytes } = await bridge.modules.load('pdf').then(one => ({ ...one, bytes: one.cores }));
          bridge.modules.add({ description: { ...description, module: 'image' }, bytes: async () => bytes });
          return (await bridge.call('pdf', 'text', [file])).value;
        })()""",
        "RefusedError",
    ),
    "a file of it": (
        "(await bridge.call('pdf', 'run', [file, {}, [], {tag: 'pdf', val: {}}])).value.length",
        None,
    ),
    "that file's bytes": (
        "await bridge.pull((await bridge.call('pdf', 'run', [file, {}, [], {tag: 'pdf', val: {}}], {keep: 'x'})).value)",
        "RefusedError",
    ),
    "its text, by a session": (
        """await (async () => {
          const session = await bridge.session('pdf');
          const { value } = await session.call('[static]document.open', [file, {}]);
          return (await session.call('[method]document.text', [value, 1])).value;
        })()""",
        "RefusedError",
    ),
    "its text, by what was made of it in a session": (
        """await (async () => {
          const session = await bridge.session('pdf');
          const { value } = await session.call('[static]document.open', [file, {}]);
          const steps = [{ tag: 'rotate', val: { degrees: 90, pages: undefined } }];
          const made = (await session.call('[method]document.apply', [value, steps])).value;
          return (await session.call('[method]document.words', [made, 1])).value;
        })()""",
        "RefusedError",
    ),
    "its text, as another file's guest": (
        "(await bridge.call('pdf', 'text', [new Uint8Array(4), undefined, file])).value",
        "RefusedError",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_script_in_the_page_gets_nothing(recorded, name):
    notebook, *_ = recorded
    number = notebook.run("f.files[0]._ref.number")
    script, expected = ATTACKS[name]
    got = notebook.page.evaluate(f"""async () => {{
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      const file = {{ $file: {number}, name: 'secret.pdf', size: 18000, type: 'application/pdf' }};
      try {{ return ({script}) ?? null; }} catch (error) {{ return error.name; }}
    }}""")
    assert got == expected
