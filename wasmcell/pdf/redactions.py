"""What became of texts and places that were to go."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


class RedactionWarning(UserWarning):
    """Something was to be removed, and stands on no page."""


# Every time, not once for each line of code: whoever repeats a redaction must not take silence for success.
# Behind all other filters, so that those of users come first.
warnings.simplefilter("always", RedactionWarning, append=True)


class Redactions(tuple[Any, ...]):  # noqa: SLOT001 - it has its reports, too
    """What `Document.redact` did, page by page. Each has page, hits, handling, reason and notes.

    It names what was removed, for whoever checks: keep it as safe as the source.

    Attributes
    ----------
        reports: one for each time: its pages, what stands on no page, the pages without text that a person
            vouched for, and notes on the document as a whole.
    """

    reports: tuple[Any, ...]

    def __new__(cls, reports: Iterable[Any]) -> Self:
        reports = tuple(reports)
        made = super().__new__(cls, [page for report in reports for page in report.pages])
        made.reports = reports
        return made

    @property
    def notes(self) -> list[str]:
        """What is to be known of the document as a whole."""
        notes = []
        for report in self.reports:
            if report.not_found:
                notes.append(f"on no page: {', '.join(map(repr, report.not_found))}")
            if report.acknowledged:
                pages = ", ".join(map(str, report.acknowledged))
                notes.append(f"pages that no search can see into, and a person vouched for: {pages}")
            notes += _not_searched(report)
            notes += report.notes
        return notes

    @property
    def summary(self) -> list[str]:
        """What was done, in short, without what was removed, and where nothing was searched."""
        lines = []
        for report in self.reports:
            places = sum(len(page.hits) for page in report.pages)
            on = f" on {_counted(len(report.pages), 'page')}" if places else ""
            lines.append(f"removed {_counted(places, 'place')}{on}")
            if pictured := [str(page.page) for page in report.pages if page.reason]:
                pages = "page" if len(pictured) == 1 else "pages"
                lines.append(f"became pictures: {pages} {', '.join(pictured)}")
            lines += _not_searched(report)
        return lines

    def warn(self, name: str, since: int = 0) -> None:
        """Warn of what was not found in the document `name`, by the reports from `since` on."""
        missed = [text for report in self.reports[since:] for text in report.not_found]
        if missed:
            texts = ", ".join(map(repr, missed))
            warnings.warn(
                f"{name}: on no page, so nothing was removed there for it: {texts}",
                RedactionWarning,
                stacklevel=5,
            )

    def __repr__(self) -> str:
        if not self.reports:
            return "<Redactions: none>"
        lines = [f"  {line}" for one in self for line in _lines(one)]
        lines += [f"  {note}" for note in self.notes]
        return "\n".join([f"<Redactions on {_counted(len(self), 'page')}:", *lines]) + ">"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from wasmcell import display

        return display.of_redactions(self)


def _not_searched(report: Any) -> list[str]:
    return [f"not searched: {what}" for what in report.not_searched]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _lines(redaction: Any) -> list[str]:
    texts = [hit.text for hit in redaction.hits if hit.text]
    boxes = len(redaction.hits) - len(texts)
    removed = [*map(repr, texts), *([f"{boxes} box{'es' * (boxes != 1)}"] if boxes else [])]
    reason = f" ({redaction.reason})" if redaction.reason else ""
    head = f"page {redaction.page}, {redaction.handling}{reason}: {', '.join(removed) or 'nothing'}"
    return [head, *(f"  {note}" for note in redaction.notes)]
