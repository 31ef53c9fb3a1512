"""Lines as PDFium gives them -> lines as they are printed, and whether they may be cells of a table."""

from __future__ import annotations

import re

from index.loaders.pdf_types import Line

_MARK_ALONE = re.compile(r"\d{1,3}|[*†‡§]|\[\d{1,3}\]")


def may_hold_table(lines: list[Line]) -> bool:
    """Whether lines stand side by side in several places, as the cells of a table do."""
    beside = 0
    before = None
    for line in lines:
        if line.cells:
            beside += 1
        elif (
            before is not None
            and line.y1 < before.y1 + 0.3 * before.size
            and line.x0 > before.x0 + before.size
        ):
            beside += before.y1 - line.y1 < 6 * before.size
        if beside > 1:
            return True
        before = line
    return False


def joined(found: list[Line]) -> list[Line]:
    """Lines with those put together that PDFium parts at a raised mark or where the type changes its height."""
    lines: list[Line] = []
    for line in found:
        before = lines[-1] if lines else None
        if (
            before is None
            or line.y0 > before.y1
            or not -2 <= line.x0 - before.x1 < max(line.size, before.size)
            or min(line.y1, before.y1) - max(line.y0, before.y0) < 0.4 * min(line.size, before.size)
            or line.vertical
            or before.vertical
        ):
            lines.append(line)
            continue
        main = before if len(before.text) >= len(line.text) else line
        raised = before.raised or (
            before.size < 0.8 * line.size and _MARK_ALONE.fullmatch(before.text) is not None
        )
        apart = line.x0 - before.x1 > 0.15 * main.size or (raised and main is line)
        lines[-1] = main._replace(
            text=f"{before.text} {line.text}" if apart else before.text + line.text,
            x0=min(before.x0, line.x0),
            x1=max(before.x1, line.x1),
            raised=raised,
            cells=before.cells + line.cells if before.cells and line.cells else (),
        )
    return lines
