"""What was measured, as a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.measure import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.measure import Measured
    from bench.sizes import Size

GROUPS = {
    "kernel": "The kernel engine against Pillow and OpenCV",
    "documents": "Documents: the kernel engine against PyMuPDF, pypdfium2, pikepdf and pypdf",
    "pages": "Documents in Chromium: the bridge against pdf.js, PDFium, MuPDF and pdf-lib",
    "overhead": "Overhead and start",
    "chromium": "The bridge in Chromium against pica, jSquash, Photon, wasm-vips and canvas",
}

METHOD = """\
Written by `make bench`; run it to have the figures of your own machine. Ratios travel from one machine to
another, milliseconds do not.

All peers of a case run in turn (A B C A B C …) in one run on one machine, {rounds} rounds after two runs of
each that are not counted. 'wasmcell is' is the median, over the rounds, of the peer's time divided by that
of the first line in the same round; in brackets the first and third quartile. More than 1 × means that
wasmcell is faster. Before anything is timed, each result is decoded and compared with what it should be, so
that none is fast by doing something else. PSNR and SSIM of lossy files are against the pixels to be encoded.
"""


@dataclass
class Report:
    """The results of one run, in groups."""

    machine: str
    versions: dict[str, str]
    rounds: int
    load: float
    groups: dict[str, list[Measured]] = field(default_factory=dict)
    intros: dict[str, str] = field(default_factory=dict)
    """What a reader must know of a group."""
    sizes: list[Size] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Cases that could not be measured."""

    def markdown(self) -> str:
        """The document."""
        parts = ["# Benchmarks", METHOD.format(rounds=self.rounds), *self._about()]
        parts += ["## Goals", self.goals()]
        for group, measured in self.groups.items():
            parts += [
                f"## {GROUPS[group]}",
                self.intros.get(group, ""),
                *(part for one in measured for part in _case(one)),
            ]
        if self.sizes:
            parts += ["## Sizes", _sizes(self.sizes)]
        return "\n\n".join(part.strip() for part in parts if part) + "\n"

    def goals(self) -> str:
        """The goals, what was found, and which hold, as a table."""
        rows = []
        for group, measured in self.groups.items():
            for one in measured:
                for goal in one.case.goals:
                    found, holds = goal.found(one)
                    rows.append(
                        (group, one.case.name, goal.text(one.case), found, "yes" if holds else "**no**")
                    )
        return table(("", "case", "goal", "found", "holds"), rows) if rows else "None in this part."

    def _about(self) -> Iterator[str]:
        yield f"Machine: {self.machine}."
        yield "Versions: " + ", ".join(f"{name} {version}" for name, version in self.versions.items()) + "."
        if busy := self.busy():
            yield f"**{busy}**"
        if self.failed:
            yield f"**Not measured: {'; '.join(self.failed)}.**"

    def busy(self) -> str | None:
        """A warning if the machine had other work when the run began."""
        if self.load < 0.25:
            return None
        return f"The processors were busy to {self.load:.0%} when this began: take no figure for good."


def _case(measured: Measured) -> Iterator[str]:
    case = measured.case
    yield f"### {case.name[0].upper()}{case.name[1:]}"
    rows = []
    for index, peer in enumerate(case.peers):
        low, high = measured.spread(peer.name)
        ratio = f"{measured.ratio(peer.name):.2f} × as fast ({low:.2f}–{high:.2f})" if index else "1"
        look = measured.looks.get(peer.name)
        size = f"{look.size / 1000:,.1f} kB" if look and look.size else ""
        lossy = look and look.size and look.psnr is not None and look.psnr < 60
        like = f"{look.psnr:.1f} dB, {look.ssim:.4f}" if look and lossy else ""
        rows.append((peer.name, duration(measured.median(peer.name)), ratio, size, like, peer.note))
    yield table(("", "median", "wasmcell is", "file", "PSNR, SSIM", ""), rows)
    if case.note:
        yield case.note


def _sizes(sizes: Iterable[Size]) -> str:
    def kilobytes(size: int | None) -> str:
        return "" if size is None else f"{size / 1000:,.0f} kB"

    rows = [(one.name, *map(kilobytes, (one.raw, one.gzip, one.brotli))) for one in sizes]
    return table(("", "raw", "gzip -9", "brotli"), rows)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table that reads well as plain text, without columns that are empty."""
    lines = [head, *rows]
    kept = [column for column in range(len(head)) if any(row[column] for row in lines[1:])]
    widths = {column: max(len(row[column]) for row in lines) for column in kept}
    text = ["| " + " | ".join(row[column].ljust(widths[column]) for column in kept) + " |" for row in lines]
    text.insert(1, "|" + "|".join("-" * (widths[column] + 2) for column in kept) + "|")
    return "\n".join(text)
