"""Real photographs through one WebAssembly component, on every engine: the same bytes everywhere.

Run it with `make demo`. It writes report/index.html and opens it in the browser, if there is one to open.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
import statistics
import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tqdm import tqdm

import wasmcell
from wasmcell import engines, image, modules

HERE = Path(__file__).parent
REPORT = HERE.parent / "report" / "index.html"
ENGINES = {
    "kernel": "Python kernel (wasmtime)",
    "node": "Node",
    "chromium": "Chromium (Web Workers)",
}
ROUNDS = 3
PIPELINES = [
    "photo.jpg | image.resize width=1280 | image.sharpen 0.6 | image.encode jpeg quality=80",
    "photo.jpg | image.resize width=640 height=640 fit=cover | image.grayscale | image.contrast 1.2 | image.encode png",
    "photo.jpg | image.rotate 90 | image.resize height=900 | image.blur 4 | image.encode webp quality=75",
    "example.png | image.resize width=1000 | image.pad left=24 top=24 right=24 bottom=24 background=#e8eef7 | image.encode webp lossless=true",
]


@dataclass(frozen=True)
class Run:
    """One pipeline on one engine."""

    engine: str
    seconds: float
    sha256: str
    data: bytes


def main() -> int:
    """Run all pipelines on all engines, write the report, open it. 0 if all bytes agree."""
    available = [name for name in ENGINES if _is_available(name)]
    bar = tqdm(total=len(PIPELINES) * len(available), unit="run")
    cards, same = [], True
    for text in PIPELINES:
        runs = []
        for name in available:
            bar.set_description(name)
            runs.append(_run(text, name))
            bar.update()
        equal = len({run.sha256 for run in runs}) == 1
        same = same and equal
        cards.append(_card(text, runs, equal))
        for run in runs:
            tqdm.write(
                f"{run.sha256[:16]}…  {run.seconds * 1000:7.1f} ms  {run.engine:9} {text.partition(' | ')[2]}"
            )
        tqdm.write("" if equal else "  THE BYTES DIFFER")
    bar.close()
    missing = [name for name in ENGINES if name not in available]
    _write(cards, same, available, missing)
    verdict = "the same bytes" if same else "DIFFERENT BYTES"
    print(f"{verdict} on {', '.join(available)}. The report: {REPORT}")
    if missing:
        print(f"not compared: {', '.join(missing)} (`wasmcell engines` says what to install)")
    if _has_display():
        webbrowser.open(REPORT.as_uri())
    return 0 if same and not missing else 1


def _run(text: str, name: str) -> Run:
    """The median time of some rounds, after one that loads the module."""
    source, _, steps = text.partition(" | ")
    picture = image.open(HERE / "media" / source) | wasmcell.Pipeline.parse(f"| {steps}")
    results = [picture.run(engine=name) for _ in range(ROUNDS + 1)]
    data = results[-1].bytes
    seconds = statistics.median(result.seconds for result in results[1:])
    return Run(name, seconds, hashlib.sha256(data).hexdigest(), data)


def _is_available(name: str) -> bool:
    try:
        engines.get(name)
    except wasmcell.EngineUnavailableError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return False
    return True


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _card(text: str, runs: list[Run], equal: bool) -> str:
    source = text.partition(" | ")[0]
    path = HERE / "media" / source
    info = image.open(path).info()
    before = image.open(path).resize(width=960, height=960, enlarge=False).encode("jpeg", quality=75).bytes()
    after = runs[0].data
    made = image.probe(after)
    rows = "".join(
        f"<tr><td>{ENGINES[run.engine]}<td class=n>{run.seconds * 1000:.0f} ms<td><code>{run.sha256}</code>"
        for run in runs
    )
    return _CARD.substitute(
        text=html.escape(text),
        before=_uri(before, "jpeg"),
        before_line=f"{source} · {info.width} × {info.height} · {path.stat().st_size:,} bytes",
        after=_uri(after, made.format),
        after_line=f"{made.format} · {made.width} × {made.height} · {len(after):,} bytes",
        rows=rows,
        verdict="the same bytes" if equal else "the bytes differ",
        mark="ok" if equal else "bad",
    )


def _uri(data: bytes, subtype: str) -> str:
    return f"data:image/{subtype};base64,{base64.b64encode(data).decode()}"


def _write(cards: list[str], same: bool, available: list[str], missing: list[str]) -> None:
    module = modules.get("image")
    verdict = f"{len(cards)} pipelines, {len(available)} engines: "
    verdict += "the same bytes from every one." if same else "NOT the same bytes."
    if missing:
        verdict += f" Not compared: {', '.join(missing)}."
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(
        _PAGE.substitute(
            verdict=html.escape(verdict),
            mark="ok" if same and not missing else "bad",
            sha256=module.sha256,
            size=f"{len(module.bytes):,}",
            rounds=ROUNDS,
            cards="\n".join(cards),
        ),
        encoding="utf-8",
    )


_CARD = Template("""
<section>
  <h2><code>$text</code></h2>
  <div class=pair>
    <figure><img src="$before" alt="before"><figcaption><b>before</b> $before_line</figcaption></figure>
    <figure><img src="$after" alt="after"><figcaption><b>after</b> $after_line</figcaption></figure>
  </div>
  <table>
    <tr><th>engine<th class=n>time<th>sha256 of the result <span class=$mark>$verdict</span>
    $rows
  </table>
</section>
""")

_PAGE = Template("""<!doctype html>
<html lang=en>
<meta charset=utf-8>
<meta name=viewport content="width=device-width">
<title>wasmcell: one component, the same bytes everywhere</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; --ok: #1a7f37; --bad: #cf222e }
  @media (prefers-color-scheme: dark) { :root { --ok: #3fb950; --bad: #f85149 } }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.6rem; margin-bottom: 0 }
  h2 { font-size: 1rem; font-weight: normal }
  h2 code { background: var(--soft); padding: .3rem .6rem; border-radius: .4rem; display: inline-block }
  section { border-top: 1px solid var(--line); padding: 1rem 0 }
  .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; align-items: end }
  figure { margin: 0 }
  img { max-width: 100%; max-height: 26rem; border: 1px solid var(--line); border-radius: .4rem; display: block }
  figcaption, .note { font-size: .85rem; opacity: .8 }
  table { border-collapse: collapse; margin-top: 1rem; width: 100%; font-size: .9rem }
  th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line) }
  td code, .note code { overflow-wrap: anywhere; font-size: .8rem }
  .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
  .ok { color: var(--ok); font-weight: 600 } .bad { color: var(--bad); font-weight: 600 }
</style>
<h1>One component, the same bytes everywhere</h1>
<p class=$mark>$verdict</p>
<p class=note>The component <code>image.wasm</code>: $size bytes, sha256 <code>$sha256</code>.
Times are medians of $rounds rounds on this machine, after one that loads the module; they contain no reading or
writing of files. The pictures before are shown reduced.</p>
$cards
</html>
""")

if __name__ == "__main__":
    sys.exit(main())
