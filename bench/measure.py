"""Cases, their goals, and how they are measured."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.quality import look

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from bench.quality import Look


@dataclass(frozen=True)
class Peer:
    """One way to do the work of a case."""

    name: str
    sample: Callable[[], float]
    """Does the work; gives the seconds that it took."""
    result: Callable[[], bytes | str | np.ndarray] | None = None
    """Does the work; gives the file, the text or the pixels, which are looked at once."""
    note: str = ""
    """What a reader must know: another filter, more threads."""


def peer(name: str, work: Callable[[], Any], note: str = "", *, number: int = 1) -> Peer:
    """A peer in this process, whose result is looked at."""
    return Peer(name, timed(work, number), work, note)


def timed(work: Callable[[], Any], number: int = 1) -> Callable[[], float]:
    """A sample of work in this process: the mean of `number` runs, many where they take microseconds."""

    def sample() -> float:
        gc.collect()
        gc.disable()
        try:
            start = perf_counter()
            for _ in range(number):
                work()
            return (perf_counter() - start) / number
        finally:
            gc.enable()

    return sample


@dataclass(frozen=True)
class Faster:
    """wasmcell is at least `factor` times as fast as `theirs`."""

    factor: float
    theirs: str
    size: float | None = None
    """Where there are several levels: the fastest whose file is at most so many times as large counts."""

    def text(self, case: Case) -> str:
        """The goal in words."""
        ours = f"wasmcell, file ≤ {self.size:g} × as large," if self.size else case.peers[0].name
        return f"{ours} ≥ {self.factor:g} × as fast as {self.theirs}"

    def found(self, measured: Measured) -> tuple[str, bool]:
        """What was found, in words, and whether the goal holds."""
        if not self.size:
            ratio = measured.ratio(self.theirs)
            return f"{ratio:.2f} ×", ratio >= self.factor
        largest = self.size * measured.looks[self.theirs].size
        ours = [name for name in measured.seconds if name.startswith("wasmcell")]
        fitting = [name for name in ours if measured.looks[name].size <= largest]
        if not fitting:
            return "all files are larger", False
        best = min(fitting, key=measured.median)
        ratio = measured.ratio(self.theirs, best)
        size = measured.looks[best].size / measured.looks[self.theirs].size
        return f"{ratio:.2f} ×, file {size:.2f} × ({best})", ratio >= self.factor


@dataclass(frozen=True)
class Within:
    """`ours` takes at most `seconds`: for what has no peer."""

    seconds: float
    ours: str

    def text(self, _: Case) -> str:
        """The goal in words."""
        return f"{self.ours} ≤ {duration(self.seconds)}"

    def found(self, measured: Measured) -> tuple[str, bool]:
        """What was found, in words, and whether the goal holds."""
        seconds = measured.median(self.ours)
        return duration(seconds), seconds <= self.seconds


@dataclass(frozen=True)
class Case:
    """The same work, done by several peers, wasmcell first."""

    name: str
    peers: tuple[Peer, ...]
    goals: tuple[Faster | Within, ...] = ()
    like: np.ndarray | str | None = None
    """Pixels or a text that every result must resemble, so that nobody is fast by doing something else."""
    floor: float = 25.0
    """How much they must resemble it: PSNR in dB."""
    rounds: int | None = None
    """At most so many rounds, where one takes long."""
    note: str = ""


@dataclass
class Measured:
    """The seconds of each peer in each round, and what its result looked like."""

    case: Case
    seconds: dict[str, list[float]]
    looks: dict[str, Look]

    def median(self, name: str) -> float:
        """Seconds."""
        return median(self.seconds[name])

    def ratio(self, name: str, ours: str | None = None) -> float:
        """How many times as fast as `name` wasmcell is: the median of the ratios within each round."""
        return median(self._ratios(name, ours))

    def spread(self, name: str) -> tuple[float, float]:
        """The first and the third quartile of these ratios."""
        ratios = self._ratios(name)
        if len(ratios) < 2:
            return ratios[0], ratios[0]
        low, _, high = quantiles(ratios, n=4, method="inclusive")
        return low, high

    def _ratios(self, name: str, ours: str | None = None) -> list[float]:
        reference = self.seconds[ours or self.case.peers[0].name]
        return [theirs / mine for theirs, mine in zip(self.seconds[name], reference, strict=True)]


def measure(case: Case, rounds: int, advance: Callable[[], Any]) -> Measured:
    """Look at the results, run each peer once more uncounted, then all in turn, A B C A B C, and so on."""
    looks = {}
    for one in case.peers:
        if one.result is not None:
            looks[one.name] = look(f"{case.name}: {one.name}", one.result(), case.like, case.floor)
        one.sample()
        advance()
    seconds: dict[str, list[float]] = {one.name: [] for one in case.peers}
    for _ in range(rounds_of(case, rounds)):
        for one in case.peers:
            seconds[one.name].append(one.sample())
            advance()
    return Measured(case, seconds, looks)


def rounds_of(case: Case, rounds: int) -> int:
    """How many rounds a case has."""
    return min(rounds, case.rounds or rounds)


def duration(seconds: float) -> str:
    """Seconds for people."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 100 * size else f"{seconds / size:.0f} {unit}"
    return f"{seconds * 1e6:.3g} µs"
