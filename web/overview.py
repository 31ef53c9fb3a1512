"""What is indexed and how: /status with its charts, and the statement on accessibility."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, render_template, url_for

from index import KINDS, VOICES, DocumentInfo
from web import asking, words
from web.conditional import conditional
from web.health import health
from web.workings import workings

overview = APIBlueprint("overview", __name__, enable_openapi=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: its name, its number, and its length as a share of the longest, from 0 to 100."""

    name: str
    count: int
    length: float
    link: str = ""


@overview.get("/status")
@conditional
def status() -> str:
    """What is indexed, by voice, date and kind; how it is answered from; whether all is well."""
    service = asking.service()
    infos, status = service.documents(), service.status()
    charts = [
        ("By voice", "Voice", _by_voice(infos)),
        ("By year of publication", "Year", _by_year(infos)),
        ("By kind of file", "Kind", _by_kind(infos)),
    ]
    return render_template(
        "status.html", status=status, charts=charts, checks=health(), version=current_app.config["PINCITE_VERSION"],
        groups=workings(service.settings, status.get("reranker"), status.get("late")),
    )  # fmt: skip


@overview.get("/status.json")
@conditional
def status_twin() -> dict[str, Any]:
    """The same as data."""
    service = asking.service()
    infos, checks = service.documents(), health()
    charts = {"voices": _by_voice(infos), "years": _by_year(infos), "kinds": _by_kind(infos)}
    return service.status() | {
        **{name: {bar.name: bar.count for bar in bars} for name, bars in charts.items()},
        "version": current_app.config["PINCITE_VERSION"],
        "settings": asdict(service.settings),
        "health": {
            "well": all(check.well for check in checks),
            "checks": [asdict(check) for check in checks],
        },
    }


@overview.get("/accessibility")
@conditional
def accessibility() -> str:
    """How far everyone can use these pages, and what is known not to work."""
    return render_template("accessibility.html")


@overview.get("/accessibility.json")
@conditional
def accessibility_twin() -> dict[str, Any]:
    """The claim as data."""
    return {
        "standard": "WCAG 2.2",
        "level": "AA",
        "checked_with": "axe-core",
        "page": url_for(".accessibility"),
    }


@overview.get("/history")
@conditional
def history() -> str:
    """The questions asked in this browser, which only the browser knows: a script shows them."""
    return render_template("history.html")


@overview.get("/history.json")
@conditional
def history_twin() -> dict[str, Any]:
    """That the server has no history to give."""
    return {
        "kept_by": "browser",
        "questions": [],
        "detail": "The server keeps no list of questions. Those asked in a browser are kept in that browser only.",
        "page": url_for(".history"),
    }


def _by_voice(infos: list[DocumentInfo]) -> list[Bar]:
    counts = Counter(info.voice for info in infos)
    return _bars(
        [
            (words.voice_label(one), counts[one], url_for("reading.documents", voice=one))
            for one in VOICES
            if counts[one]
        ]
    )


def _by_year(infos: list[DocumentInfo]) -> list[Bar]:
    """Every year from the first to the last, since a gap says something too; the undated after them."""
    counts = Counter(info.published[:4] for info in infos)
    dated = sorted(year for year in counts if year)
    years = [str(year) for year in range(int(dated[0]), int(dated[-1]) + 1)] if dated else []
    if len(years) > 60:  # one slip of the pen in a date shall not make a chart of a thousand lines
        years = dated
    found = [(year, counts[year], "") for year in years]
    return _bars(found + ([("No date", counts[""], "")] if counts[""] else []))


def _by_kind(infos: list[DocumentInfo]) -> list[Bar]:
    named = {media_type: name for name, media_type in reversed(KINDS.items())}  # "html" rather than "xhtml"
    counts = Counter(named.get(info.media_type, info.media_type) for info in infos)
    return _bars([(name, n, "") for name, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))])


def _bars(found: list[tuple[str, int, str]]) -> list[Bar]:
    longest = max((n for _, n, _ in found), default=1) or 1
    return [Bar(name, n, round(100 * n / longest, 1), link) for name, n, link in found]
