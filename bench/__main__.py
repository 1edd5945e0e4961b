"""Compare with real peers on this machine: `python -m bench`.

A whole run writes docs/benchmarks.md; with --only or --quick the tables are printed alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tqdm import tqdm

from bench import cases_kernel, cases_overhead, machine
from bench.inputs import ROOT, Inputs
from bench.measure import Case, measure, rounds_of
from bench.report import Report
from bench.sizes import sizes

PARTS = ("kernel", "documents", "chromium", "pages", "overhead", "sizes")
ROUNDS, QUICK = 15, 2


def main() -> None:
    """Measure, print, write."""
    options = _options()
    inputs = Inputs()
    parts = [part for part in options.only or PARTS if inputs.documents or part not in ("documents", "pages")]
    rounds = options.rounds or (QUICK if options.quick else ROUNDS)
    report = Report(machine.machine(), machine.versions(), rounds, machine.load())
    if busy := report.busy():
        print(busy, file=sys.stderr)
    if {"chromium", "pages", "sizes"} & set(parts):
        _install()
    with ExitStack() as stack:
        groups: dict[str, list[Case]] = {}
        if "kernel" in parts:
            groups["kernel"] = cases_kernel.cases(inputs)
        if "documents" in parts:
            from bench import cases_pdf

            groups["documents"] = cases_pdf.cases(inputs)
            report.intros["documents"] = cases_pdf.INTRO
            report.versions |= cases_pdf.versions()
        if "overhead" in parts:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wasmcell-bench-")))
            groups["overhead"] = cases_overhead.cases(folder)
        if {"chromium", "pages"} & set(parts):
            from bench import cases_chromium, cases_pages, page_peers

            browser = stack.enter_context(page_peers.chromium())
            report.versions |= {"Chromium": browser.version} | page_peers.versions()
            for part, module in (("chromium", cases_chromium), ("pages", cases_pages)):
                if part in parts:
                    groups[part] = stack.enter_context(module.cases(inputs, browser))
                    report.intros[part] = module.INTRO
        _measure(groups, rounds, report)
    if "sizes" in parts:
        report.sizes = sizes()
    text = report.markdown()
    print(text)
    output = options.output or (None if options.only or options.quick else ROOT / "docs/benchmarks.md")
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
        print(f"Written: {output}", file=sys.stderr)
    if report.failed:
        sys.exit(f"Not measured: {'; '.join(report.failed)}")


def _measure(groups: dict[str, list[Case]], rounds: int, report: Report) -> None:
    total = sum(
        len(case.peers) * (1 + rounds_of(case, rounds)) for cases in groups.values() for case in cases
    )
    with tqdm(total=total, unit="run", mininterval=1, leave=False) as bar:
        for group, cases in groups.items():
            report.groups[group] = []
            for case in cases:
                bar.set_description(f"{group}: {case.name[:40]:40}", refresh=False)
                try:
                    report.groups[group].append(measure(case, rounds, bar.update))
                except Exception as error:
                    tqdm.write(f"{group}: {case.name} failed: {error}", file=sys.stderr)
                    report.failed.append(f"{group}: {case.name}")


def _install() -> None:
    """Have the page's peers in bench/node_modules, at the versions of the lock file."""
    here = ROOT / "bench"
    done = here / "node_modules/.yarn-state.yml"
    if done.is_file() and done.stat().st_mtime >= (here / "yarn.lock").stat().st_mtime:
        return
    print("Installing what wasmcell is compared with in the page", file=sys.stderr)
    jlpm = Path(sys.executable).with_name("jlpm")
    subprocess.run([jlpm, "install", "--immutable"], cwd=here, check=True, stdout=subprocess.DEVNULL)
    done.touch()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="this part alone; may be given several times"
    )
    parser.add_argument("--rounds", type=int, help=f"rounds a case: {ROUNDS} unless told")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} rounds: to see that all works")
    parser.add_argument("--output", type=Path, help="where the document goes: docs/benchmarks.md unless told")
    return parser.parse_args()


if __name__ == "__main__":
    main()
