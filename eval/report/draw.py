"""What each plot looks like: functions that paint numbers on a matplotlib figure."""

from __future__ import annotations

from typing import Any

from eval.report.curves import TYPE_SERIES, BudgetPoint, Histogram, TypeRow, share_interval
from eval.report.text import short
from eval.types import Bin

# Stand-ins of six digits that nothing else has; plots.py turns them into the names of colours.
INK, QUIET, RULE, FIRST, SECOND, THIRD, PAPER = (f"#0{digit}f1e{digit}" for digit in "1234567")
NAMED = dict(
    zip(
        ("ink", "quiet", "rule", "first", "second", "third", "paper"),
        (INK, QUIET, RULE, FIRST, SECOND, THIRD, PAPER),
        strict=True,
    )
)
_SERIES = ((FIRST, "o"), (SECOND, "s"), (THIRD, "D"))
"""Colour and shape: told apart without seeing colours, too."""


def budgets(figure: Any, points: tuple[BudgetPoint, ...]) -> None:
    """Recall over tokens, the tokens on a logarithmic scale as budgets double."""
    axes = figure.subplots()
    tokens = [point.tokens for point in points]
    values = [point.measure.value for point in points]
    old = [(point.tokens, point.old) for point in points if point.old is not None]
    if old:
        axes.plot(*zip(*old, strict=True), color=QUIET, linestyle="--", linewidth=1.2, marker="o",
                  markerfacecolor=PAPER, markersize=6, label="baseline")  # fmt: skip
    errors = [
        [max(0.0, point.measure.value - point.measure.low) for point in points],
        [max(0.0, point.measure.high - point.measure.value) for point in points],
    ]
    axes.errorbar(tokens, values, errors, color=FIRST, linewidth=1.6, marker="o", markersize=5,
                  elinewidth=1.2, capsize=3, label="this run")  # fmt: skip
    axes.set_xscale("log", base=2)
    axes.set_xticks(tokens, [str(number) for number in tokens])
    axes.minorticks_off()
    axes.set_xlabel("tokens of hits")
    axes.set_ylabel("share of facts found")
    axes.set_ylim(0, 1.03)
    if old:
        axes.legend(loc="lower right")


def types(figure: Any, rows: tuple[TypeRow, ...]) -> None:
    """A line for each type, from the top, with a point and its interval for each measure it has."""
    axes = figure.subplots()
    for number, ((name, _), (colour, marker)) in enumerate(zip(TYPE_SERIES, _SERIES, strict=True)):
        here = [(place, row.measures[number]) for place, row in enumerate(rows)]
        drawn = [(place + (number - 1) * 0.22, m) for place, m in here if m is not None]
        if drawn:
            axes.errorbar(
                [m.value for _, m in drawn], [place for place, _ in drawn],
                xerr=[[max(0.0, m.value - m.low) for _, m in drawn], [max(0.0, m.high - m.value) for _, m in drawn]],
                color=colour, linestyle="none", marker=marker, markersize=4, elinewidth=1.1, label=name,
            )  # fmt: skip
    axes.set_yticks(range(len(rows)), [short(row.name, 18) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-0.02, 1.02)
    axes.grid(False, axis="y")
    for place in range(1, len(rows)):
        axes.axhline(place - 0.5, color=RULE, linewidth=0.6)
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside upper left", ncols=2, handletextpad=0.2, columnspacing=1.0)


def reliability(figure: Any, points: tuple[Bin, ...]) -> None:
    """The share answerable over mean confidence, beside the line where the two are equal."""
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=QUIET, linestyle="--", linewidth=1)
    intervals = [share_interval(point) for point in points]
    axes.errorbar(
        [point.confidence for point in points], [point.answerable for point in points],
        [
            [point.answerable - low for point, (low, _) in zip(points, intervals, strict=True)],
            [high - point.answerable for point, (_, high) in zip(points, intervals, strict=True)],
        ],
        color=FIRST, linewidth=1.6, marker="o", markersize=5, elinewidth=1.2, capsize=3,
    )  # fmt: skip
    for point in points:
        # Over the plot and in the middle of the range, where no two can meet.
        axes.annotate(str(point.n), ((point.low + point.high) / 2, 1.03), xycoords=axes.get_xaxis_transform(),
                      ha="center", fontsize=7.5)  # fmt: skip
    axes.set_xlabel("confidence")
    axes.set_ylabel("share answerable")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xticks([number / 5 for number in range(6)])


def scores(figure: Any, bins: Histogram) -> None:
    """Two histograms over one axis of confidence."""
    upper, lower = figure.subplots(2, 1, sharex=True)
    for axes, counts, colour, name in (
        (upper, bins.answerable, FIRST, "answerable"),
        (lower, bins.unanswerable, SECOND, "unanswerable"),
    ):
        axes.bar(
            bins.edges[:-1], counts, width=bins.edges[1], align="edge", color=colour, alpha=0.55,
            edgecolor=colour, linewidth=0.8,
        )  # fmt: skip
        axes.set_title(f"{name} ({sum(counts)})", loc="left", fontsize=8.5, color=INK)
        axes.set_ylim(0, max(1, *counts) * 1.08)
        axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
        axes.grid(False, axis="x")
    lower.set_xlim(0, 1)
    lower.set_xlabel("confidence")
    figure.supylabel("questions", fontsize=8.5)
