"""The side-by-side table: measures down, engines across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from eval.summary import NAMES
from eval.types import Report


@dataclass(frozen=True, slots=True)
class Entry:
    """An engine with what it measured, or the reason why it could not be measured."""

    name: str
    report: Report | None = None
    seconds: float | None = None
    versions: dict[str, str] = field(default_factory=dict)
    reason: str = ""


def as_markdown(entries: Sequence[Entry]) -> str:
    """A table of every measure that any engine has, the best in bold; then versions, notes and what is missing."""
    measured = [(entry, entry.report) for entry in entries if entry.report]
    names = [name for name in NAMES if any(name in report.measures for _, report in measured)]
    lines = [
        "| measure | " + " | ".join(_cell(entry.name) for entry, _ in measured) + " |",
        "|---|" + "---:|" * len(measured),
    ]
    for name in names:
        values = [report.measures[name].value if name in report.measures else None for _, report in measured]
        known = [value for value in values if value is not None]
        # One alone is no best; and what reads the same to three places is as good.
        best = f"{max(known):.3f}" if len(known) > 1 else ""
        cells = ["–" if value is None else _emphasised(f"{value:.3f}", best) for value in values]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    seconds = [f"{entry.seconds:.0f}" if entry.seconds is not None else "–" for entry, _ in measured]
    lines += ["| seconds, with loading and indexing | " + " | ".join(seconds) + " |", ""]
    for entry, report in measured:
        versions = ", ".join(f"{package} {version}" for package, version in entry.versions.items())
        lines.append(f"- **{_cell(entry.name)}**" + (f" ({versions})" if versions else ""))
        lines += [f"  - {_cell(note)}" for note in report.notes]
        if report.violations:
            lines.append(
                f"  - {len(report.violations)} texts are not in their documents where they are said to be."
            )
    lines += [
        f"- **{_cell(entry.name)}** was not measured: {_cell(entry.reason)}"
        for entry in entries
        if entry.reason
    ]
    return "\n".join(lines) + "\n"


def as_json(entries: Sequence[Entry]) -> dict[str, Any]:
    """The same for programs, with intervals: `{"engines": [{"name", "measures", "versions", "seconds", ...}]}`."""
    return {
        "engines": [
            {
                "name": entry.name,
                "measures": {name: asdict(m) for name, m in entry.report.measures.items()}
                if entry.report
                else {},
                "violations": len(entry.report.violations) if entry.report else 0,
                "notes": list(entry.report.notes) if entry.report else [],
                "seconds": entry.seconds,
                "versions": entry.versions,
                "reason": entry.reason,
            }
            for entry in entries
        ]
    }


def _emphasised(value: str, best: str) -> str:
    return f"**{value}**" if value == best else value


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
