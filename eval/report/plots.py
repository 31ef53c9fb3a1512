"""Plots as SVG, by matplotlib; the same numbers give the same bytes.

Text stays text, in the reader's own sans-serif, and colours are names that the page's style gives a value in
light and dark. What a plot shows is said in words as well (`alt`) and tabled (`header`, `rows`).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.report import draw
from eval.report.curves import (
    TYPE_SERIES,
    BudgetPoint,
    Histogram,
    TypeRow,
    budget_curve,
    histogram,
    share_interval,
    type_rows,
)
from eval.report.text import count, one_line
from eval.types import Bin, Measure, Report

if TYPE_CHECKING:
    from eval.compare import Comparison

_STYLE = {
    "svg.hashsalt": "pincite",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a type of question called "$x$" is no formula
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so the layout is the same everywhere
    "font.size": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.edgecolor": draw.QUIET,
    "axes.labelcolor": draw.INK,
    "text.color": draw.INK,
    "xtick.color": draw.QUIET,
    "ytick.color": draw.QUIET,
    "xtick.labelcolor": draw.INK,
    "ytick.labelcolor": draw.INK,
    "grid.color": draw.RULE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
_SVG_STYLE = (
    "<style>:root{--ink:#16191d;--quiet:#54595f;--rule:#d4d4cc;--first:#12508f;--second:#a65200;--third:#1b6b3a;"
    "--paper:#fdfdfb}@media (prefers-color-scheme:dark){:root{--ink:#e9e7e2;--quiet:#a9afb7;--rule:#363d45;"
    "--first:#8fc1ff;--second:#f0b955;--third:#6fcf97;--paper:#14171b}}"
    'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif'
    "!important}</style>"
)


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and the same in words and in a table; `svg` is empty where matplotlib is missing."""

    title: str
    caption: str
    alt: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    svg: str


def plots_of(report: Report, comparison: Comparison | None = None) -> tuple[Plot, ...]:
    """Every plot that the report has the numbers for."""
    return tuple(_plots(report, comparison))


def _plots(report: Report, comparison: Comparison | None) -> Iterator[Plot]:
    if points := budget_curve(report, comparison):
        yield _budgets(points)
    if rows := type_rows(report):
        yield _types(rows)
    if report.reliability:
        yield _reliability(report.reliability)
    if bins := histogram(report):
        yield _scores(bins)


def _budgets(points: tuple[BudgetPoint, ...]) -> Plot:
    compared = any(point.old is not None for point in points)
    return Plot(
        title="Fact recall by budget",
        caption="The share of all facts found in the first tokens of the hits. Bars are 95 % intervals."
        + (" Hollow points: the baseline." if compared else ""),
        alt="Line: "
        + "; ".join(f"at {p.tokens} tokens {_with_interval(p.measure)}{_was(p.old)}" for p in points),
        header=("tokens", "recall", "95 % interval", *(("before",) if compared else ())),
        rows=tuple(
            (
                str(p.tokens),
                f"{p.measure.value:.3f}",
                _interval(p.measure),
                *((("" if p.old is None else f"{p.old:.3f}"),) if compared else ()),
            )
            for p in points
        ),
        svg=_svg(lambda figure: draw.budgets(figure, points), 3.6, 2.7),
    )


def _types(rows: tuple[TypeRow, ...]) -> Plot:
    names = [name for name, _ in TYPE_SERIES]
    said = [
        f"{one_line(row.name)} ({count(row.questions, 'question')}): "
        + ", ".join(
            f"{name} {measure.value:.2f}"
            for name, measure in zip(names, row.measures, strict=True)
            if measure is not None
        )
        for row in rows
    ]
    return Plot(
        title="By type of question",
        caption="Facts found in the first 1000 tokens of hits, facts quoted, and whether to answer or to refuse"
        " was right. Bars are 95 % intervals.",
        alt=f"Points for each type. {'; '.join(said)}",
        header=("type", "questions", *names),
        rows=tuple(
            (
                one_line(row.name),
                str(row.questions),
                *("" if m is None else f"{m.value:.3f} ({_interval(m)})" for m in row.measures),
            )
            for row in rows
        ),
        svg=_svg(lambda figure: draw.types(figure, rows), 3.6, 1.0 + 0.38 * len(rows)),
    )


def _reliability(points: tuple[Bin, ...]) -> Plot:
    return Plot(
        title="Confidence and the share answerable",
        caption="Each point is the questions of one range of confidence; how many they are stands above. On the"
        " dashed line, of those given 0.7 seven in ten can be answered. Bars are 95 % intervals.",
        alt="Points: "
        + "; ".join(
            f"confidence {p.low:.1f} to {p.high:.1f}, {count(p.n, 'question')}, {p.answerable:.2f} answerable"
            for p in points
        ),
        header=("confidence", "questions", "mean", "share answerable", "95 % interval"),
        rows=tuple(
            (
                f"{p.low:.1f} to {p.high:.1f}",
                str(p.n),
                f"{p.confidence:.3f}",
                f"{p.answerable:.3f}",
                "{:.3f} to {:.3f}".format(*share_interval(p)),
            )
            for p in points
        ),
        svg=_svg(lambda figure: draw.reliability(figure, points), 3.6, 3.2),
    )


def _scores(bins: Histogram) -> Plot:
    kept = [n for n in range(len(bins.answerable)) if bins.answerable[n] or bins.unanswerable[n]]
    between = [f"{bins.edges[n]:.2f} to {bins.edges[n + 1]:.2f}" for n in kept]
    return Plot(
        title="Confidence, answerable and not",
        caption="How many questions got which confidence. The further apart the two, the better can be refused"
        " what the documents do not say.",
        alt="Two histograms: "
        + "; ".join(
            f"{label}: {bins.answerable[n]} answerable, {bins.unanswerable[n]} unanswerable"
            for label, n in zip(between, kept, strict=True)
        ),
        header=("confidence", "answerable", "unanswerable"),
        rows=tuple(
            (label, str(bins.answerable[n]), str(bins.unanswerable[n]))
            for label, n in zip(between, kept, strict=True)
        ),
        svg=_svg(lambda figure: draw.scores(figure, bins), 3.6, 3.2),
    )


def _svg(paint: Callable[[Any], None], width: float, height: float) -> str:
    """What `paint` puts on a figure of so many inches, or nothing without matplotlib."""
    try:
        import matplotlib.style
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        return ""
    buffer = io.StringIO()
    with matplotlib.style.context(["default", _STYLE]), warnings.catch_warnings():
        # DejaVu lacks a letter that the reader's fonts have: the text is kept as text, so nothing is lost.
        warnings.filterwarnings("ignore", r"Glyph .* missing from", UserWarning)
        figure = Figure(figsize=(width, height), layout="constrained")
        paint(figure)
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    for name, colour in draw.NAMED.items():
        svg = svg.replace(colour, f"var(--{name})")
    return re.sub(r"(<svg[^>]*>)", lambda tag: tag[1] + _SVG_STYLE, svg, count=1)


def _with_interval(measure: Measure) -> str:
    return f"{measure.value:.3f} ({_interval(measure)})"


def _interval(measure: Measure) -> str:
    return f"{measure.low:.3f} to {measure.high:.3f}"


def _was(old: float | None) -> str:
    return "" if old is None else f", before {old:.3f}"
