"""One pipeline over many sources."""

import asyncio
import io
import multiprocessing
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image as Pillow

from wasmcell import batch, image
from wasmcell.errors import ArgumentTypeError, MalformedError, PipelineError


def opened(path):
    """A saved file as Pillow sees it, read whole."""
    return Pillow.open(io.BytesIO(path.read_bytes()))


@pytest.fixture
def folder(tmp_path):
    """Pictures of different widths."""
    for width in range(4, 12):
        Pillow.fromarray(np.full((4, width, 3), width, np.uint8)).save(tmp_path / f"{width:02}.png")
    return tmp_path


THUMB = image.pipeline().resize(width=2, height=2, fit="fill").encode("png")


def test_results_come_in_order(folder):
    paths = sorted(folder.glob("*.png"))
    outcomes = image.map(paths, image.pipeline().encode("bmp"), progress=False)
    assert [outcome.source for outcome in outcomes] == [str(path) for path in paths]
    assert [image.probe(data).width for data in outcomes.values] == list(range(4, 12))
    assert all(outcome.result.format == "bmp" for outcome in outcomes)
    assert outcomes.errors == []
    assert repr(outcomes) == "<Outcomes: 8 of 8 done>"


def test_errors_are_kept_for_each(folder):
    (folder / "bad.png").write_bytes(b"bad")
    paths = [folder / "04.png", folder / "bad.png", folder / "none.png", 3, folder / "05.png"]
    (folder / "bad.zip").write_bytes(b"bad")
    paths[4:4] = [f"zip://a.png::{folder}/bad.zip", "~$photo.jpg"]
    outcomes = image.map(paths, THUMB, progress=False)
    assert [outcome.ok for outcome in outcomes] == [True, False, False, False, False, False, True]
    assert [type(outcome.error).__name__ for outcome in outcomes.errors] == [
        "MalformedError",
        "FileNotFoundError",
        "InvalidArgumentError",
        "OSError",
        "FileNotFoundError",
    ]
    with pytest.raises(MalformedError):
        _ = outcomes.values
    with pytest.raises(FileNotFoundError):
        outcomes[2].get()
    assert "2 of 7 done, failed:" in repr(outcomes)
    assert "bad.png: MalformedError: " in repr(outcomes)
    assert len(outcomes[1:3].errors) == 2


async def test_what_is_awaited(folder, capsys):
    """As what blocks: in order, with a bar, and with the errors in their places."""
    (folder / "07.png").write_bytes(b"bad")
    outcomes = await image.amap(f"{folder}/*.png", THUMB)
    expected = image.map(f"{folder}/*.png", THUMB, progress=False)
    assert [outcome.source for outcome in outcomes] == [outcome.source for outcome in expected]
    assert [outcome.value for outcome in outcomes] == [outcome.value for outcome in expected]
    assert [type(outcome.error) for outcome in outcomes].index(MalformedError) == 3
    assert outcomes[0].result.format == "png"
    assert "8/8" in capsys.readouterr().err
    pictures = [image.open(folder / "04.png").rotate(90)]
    [info] = (await image.amap(pictures, "| image.encode png | image.probe", progress=False)).values
    assert (info.width, info.height) == (4, 4)
    with pytest.raises(PipelineError, match=r"leave > a\.png out"):
        await image.amap([], "| image.rotate 90 > a.png")
    with pytest.raises(ArgumentTypeError, match="pipeline must be one"):
        await image.amap(THUMB, ["a.png"])


async def test_inputs_that_fail_begin_nothing(folder):
    def broken():
        yield folder / "04.png"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        await image.amap(broken(), THUMB)
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_arrays_and_bytes_are_sources_too(folder):
    pixels = np.zeros((4, 4), np.uint8)
    outcomes = image.map(
        [pixels, (folder / "04.png").read_bytes()], "| image.rotate 90 | image.encode png", progress=False
    )
    assert [image.probe(data).color for data in outcomes.values] == ["gray", "rgb"]


def test_outputs_are_written(folder):
    (folder / "out").mkdir()
    outcomes = image.map(
        sorted(folder.glob("*.png")),
        f"| image.resize width=2 > {folder}/out/{{name}}-{{index}}.webp",
        progress=False,
    )
    assert outcomes[0].get() == f"{folder}/out/04-1.webp"
    assert outcomes[0].result.value is None
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        f"{4 + i:02}-{1 + i}.webp" for i in range(8)
    ]
    assert opened(folder / "out" / "04-1.webp").format == "WEBP"


def test_what_is_refused_before_anything_runs(folder):
    paths = sorted(folder.glob("*.png"))
    with pytest.raises(PipelineError, match="would both be written to"):
        image.map(paths, f"| image.resize width=2 > {folder}/a.webp")
    with pytest.raises(PipelineError, match="sources are given by themselves"):
        image.map(paths, "a.png | image.resize width=2")
    with pytest.raises(FileNotFoundError, match="no such folder"):
        image.map(paths, f"| image.resize width=2 > {folder}/nowhere/{{name}}.webp")
    assert not list(folder.glob("*.webp"))


def test_the_bar_counts(folder, capsys):
    image.map(sorted(folder.glob("*.png")), THUMB)
    assert "8/8" in capsys.readouterr().err
    image.map(sorted(folder.glob("*.png")), THUMB, progress=False)
    assert capsys.readouterr().err == ""


def test_other_executors(folder):
    paths = sorted(folder.glob("*.png"))
    expected = image.map(paths, THUMB, progress=False).values
    with ThreadPoolExecutor(2) as threads:
        assert image.map(paths, THUMB, executor=threads, progress=False).values == expected
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert image.map(paths, THUMB, executor=processes, progress=False).values == expected
        bad = image.map([b"bad"], THUMB, executor=processes, progress=False)
    assert isinstance(bad[0].error, MalformedError)


def test_an_interrupt_ends_what_runs(monkeypatch):
    """Ctrl-C while the batch waits: long calls end, waiting ones never start, and the next batch works."""
    started = threading.Event()
    real = batch.pipeline_run.run

    def noticed(*args, **options):
        started.set()
        return real(*args, **options)

    monkeypatch.setattr(batch.pipeline_run, "run", noticed)
    slow = image.pipeline().blur(200).blur(200).blur(200).blur(200).encode("png")
    pixels = [np.zeros((4000, 4000, 4), np.uint8)] * 20

    def interrupt():
        started.wait(30)
        time.sleep(0.2)
        import _thread

        _thread.interrupt_main()

    threading.Thread(target=interrupt).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        image.map(pixels, slow, progress=False)
    assert time.monotonic() - began < 60
    assert image.map([np.zeros((4, 4), np.uint8)], THUMB, progress=False)[0].ok


def test_a_text_alone_is_a_path_or_a_pattern(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert [outcome.source for outcome in image.map("0*.png", THUMB, progress=False)] == [
        f"{width:02}.png" for width in range(4, 10)
    ]
    for one in ("04.png", folder / "04.png", (folder / "04.png").read_bytes()):
        [outcome] = image.map(one, THUMB, progress=False)
        assert outcome.ok
    with pytest.raises(PipelineError, match=r"Nothing matches none/\*\.png"):
        image.map("none/*.png", THUMB)


def test_an_image_brings_its_steps(folder):
    pictures = [
        image.open(path).resize(width=6, height=3, fit="fill") for path in sorted(folder.glob("*.png"))
    ]
    outcomes = image.map(pictures, image.pipeline().rotate(90).encode("bmp"), progress=False)
    assert {Pillow.open(io.BytesIO(data)).size for data in outcomes.values} == {(3, 6)}


def test_what_is_no_pipeline_or_no_source_is_told(folder):
    with pytest.raises(ArgumentTypeError, match="pipeline must be one, or its text, not list"):
        image.map(THUMB, ["a.png"])
    with pytest.raises(ArgumentTypeError, match="inputs must be sources.*not int"):
        image.map(3, THUMB)


def test_an_outcome_is_shown_without_its_bytes(folder):
    [outcome] = image.map(folder / "04.png", image.pipeline().encode("bmp"), progress=False)
    assert len(repr(outcome)) < 500
    assert "04.png" in repr(outcome)


def test_a_source_is_not_written_over(tmp_path, monkeypatch):
    """By its own name, through a folder, or through a link; of one run, or of another source."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for name in ("a.png", "b.png"):
        Pillow.new("RGB", (9, 6)).save(tmp_path / "photos" / name)
    (tmp_path / "link.png").symlink_to("photos/a.png")
    before = {path: path.read_bytes() for path in (tmp_path / "photos").iterdir()}
    for inputs, output in [
        (["photos/a.png"], "photos"),
        (["photos/a.png"], "./photos/a.png"),
        (["link.png"], "photos/a.png"),
        ("photos/*.png", "photos/{name}.{ext}"),
    ]:
        with pytest.raises(PipelineError, match="is a source of this pipeline, and would be overwritten"):
            image.map(inputs, f"| image.resize width=3 > {output}", progress=False)
    assert {path: path.read_bytes() for path in (tmp_path / "photos").iterdir()} == before
    assert image.map("photos/*.png", "| image.resize width=3 > photos/{name}-small.png").errors == []
