"""PowerPoint presentations through python-pptx: each slide a page, its title a heading, its notes marked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

from index.errors import LoadError
from index.loaders.base import Extract, Limits, TextBuilder, as_title, clean
from index.loaders.packed import Package
from index.loaders.tables import Table
from index.types import Page

_MAX_GROUPS = 50  # groups within each other
_FURNITURE = (PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER)
_LISTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY)
SPEAKER_NOTES = "Speaker notes: "


def extract(data: bytes, where: str, limits: Limits) -> Extract:
    """Text, blocks and pages of a presentation; a page is a slide, counted from 1.

    Raises LoadError for another kind of file, an encrypted or damaged one, and one that unpacks beyond the limits.
    """
    package = Package(data, where, limits, what="a PowerPoint presentation", needs="[Content_Types].xml")
    if not any(name.startswith("ppt/") for name in package.names):
        raise LoadError(where, "is not a PowerPoint presentation but another kind of ZIP archive")
    made = _Slides(where, limits)
    pages: list[Page] = []
    try:
        presentation = Presentation(io.BytesIO(data))
        for number, slide in enumerate(presentation.slides, 1):
            if number > limits.max_pages:
                raise LoadError(where, f"has more than the limit of {limits.max_pages:,} slides; split it")
            before = len(made.blocks)
            made.slide(slide)
            if len(made.blocks) > before:
                pages.append(Page(number, made.begin, made.end))
        title = presentation.core_properties.title
    except (LoadError, MemoryError):
        raise
    # python-pptx raises errors of every kind on a damaged presentation.
    except Exception as error:
        raise package.damaged(f"{type(error).__name__}: {error}") from error
    text = made.text
    headings = (text[block.start : block.end] for block in made.blocks if block.kind == "heading")
    if not title or title.strip().casefold() in ("powerpoint presentation", "powerpoint-präsentation"):
        title = next(headings, "")
    return Extract(text, tuple(made.blocks), tuple(pages), title=as_title(clean(title)))


class _Slides(TextBuilder):
    """The blocks of all slides; of a slide its title comes first, then what it shows in order, then its notes."""

    begin = 0

    def slide(self, slide: Any) -> None:
        self._new = True
        title = slide.shapes.title
        if title is not None and title.has_text_frame:
            self._add("heading", " ".join(_text(p) for p in title.text_frame.paragraphs), level=1)
        for shape in _shapes(slide.shapes, 0):
            if title is None or shape.shape_id != title.shape_id:
                self._shape(shape)
        if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
            for paragraph in frame.paragraphs:
                self._add("paragraph", _text(paragraph), prefix=SPEAKER_NOTES)

    @property
    def end(self) -> int:
        """Where the text ends so far."""
        return self._length

    def _add(self, kind: Any, text: str, **more: Any) -> None:
        before = len(self.blocks)
        self.add(kind, text, **more)
        if self._new and len(self.blocks) > before:
            self.begin = self.blocks[-1].start - len(more.get("prefix", ""))
            self._new = False

    def _shape(self, shape: Any) -> None:
        placed = shape.placeholder_format.type if shape.is_placeholder else None
        if getattr(shape, "has_table", False) and shape.has_table:
            self._table(shape.table)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            self._chart(shape.chart)
        elif shape.has_text_frame:
            paragraphs = [(_text(p), p.level) for p in shape.text_frame.paragraphs]
            told = [text for text, _ in paragraphs if text.strip()]
            for text, level in paragraphs:
                if placed in _FURNITURE:
                    self._add("furniture", text)
                elif level or (placed in _LISTS and len(told) > 1):
                    self._add("item", text, prefix="• ")
                else:
                    self._add("paragraph", text)

    def _table(self, table: Any) -> None:
        made = Table()
        for at, row in enumerate(table.rows):
            for column, cell in enumerate(row.cells):
                header = (bool(table.first_row) and not at) or (bool(table.first_col) and not column)
                if not cell.is_spanned:
                    text = " ".join(_text(p) for p in cell.text_frame.paragraphs)
                    made.cell(text, header=header, columns=cell.span_width, rows=cell.span_height)
            for kind, text in made.end_row():
                self._add(kind, text)
        for kind, text in made.end():
            self._add(kind, text)

    def _chart(self, chart: Any) -> None:
        """A chart's figures, a row for each category."""
        if chart.has_title and chart.chart_title.has_text_frame:
            self._add("paragraph", chart.chart_title.text_frame.text)
        for plot in chart.plots:
            series = [(clean(entry.name or ""), list(entry.values)) for entry in plot.series]
            for at, category in enumerate(plot.categories):
                told = [
                    f"{name}: {values[at]:.10g}" if name else f"{values[at]:.10g}"
                    for name, values in series
                    if at < len(values) and values[at] is not None
                ]
                if told:
                    self._add("row", f"{category}: {'; '.join(told)}")


def _shapes(shapes: Any, depth: int) -> Iterator[Any]:
    """Shapes in the order in which a screen reader takes them, those in groups where their group stands."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _MAX_GROUPS:
                yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _text(paragraph: Any) -> str:
    return paragraph.text.replace("\v", "\n")
