"""The ruling lines of a PDFium page: thin boxes and strokes that run straight across or down."""

from __future__ import annotations

import ctypes
from itertools import repeat

import pypdfium2 as pdfium
from pypdfium2 import raw

from index.loaders.pdf_calls import fast
from index.loaders.pdf_types import Rule

_THIN = 2.5  # points: a box no thicker is a line
_SHORT = 4.0  # points: what is no longer is a dot or a dash
_MOST_OBJECTS = 6_000  # a page with more drawing than that is a map or a chart
_MOST_RULES = 1_500
_MOST_POINTS = 400

_INT, _AT = ctypes.c_int, ctypes.c_void_p
_get_object = fast(raw.FPDFPage_GetObject, _AT, _AT, _INT)
_get_type = fast(raw.FPDFPageObj_GetType, _INT, _AT)
_get_bounds = fast(raw.FPDFPageObj_GetBounds, _INT, _AT, _AT, _AT, _AT, _AT)


def read_rules(page: pdfium.PdfPage) -> tuple[Rule, ...]:
    """The ruling lines of a page, in points from its top left corner; () for a page shown turned."""
    if page.get_rotation():
        return ()
    handle = page.raw
    count = raw.FPDFPage_CountObjects(handle)
    if count > _MOST_OBJECTS:
        return ()
    left, _, right, top = page.get_bbox()
    width = right - left
    sides = (ctypes.c_float * 4)()
    at = ctypes.addressof(sides)
    rules: list[Rule] = []
    address = ctypes.cast(handle, ctypes.c_void_p).value
    for thing in map(_get_object, repeat(address, count), range(count)):
        if _get_type(thing) != raw.FPDF_PAGEOBJ_PATH or not _get_bounds(thing, at, at + 4, at + 8, at + 12):
            continue
        x0, y1, x1, y0 = sides[:]
        box = (x0 - left, top - y0, x1 - left, top - y1)
        if box[2] - box[0] <= _THIN or box[3] - box[1] <= _THIN:
            rules += _edges(box)
        elif box[2] - box[0] < 0.97 * width:  # no background of the page
            rules += _strokes(ctypes.cast(thing, raw.FPDF_PAGEOBJECT), left, top) or _edges(box)
        if len(rules) > _MOST_RULES:
            return ()
    return tuple(rules)


def _edges(box: tuple[float, float, float, float]) -> list[Rule]:
    """A thin box as one rule, any other as its four sides."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if height <= _THIN:
        return [Rule(True, (y0 + y1) / 2, x0, x1)] if width > _SHORT else []
    if width <= _THIN:
        return [Rule(False, (x0 + x1) / 2, y0, y1)] if height > _SHORT else []
    return [Rule(True, y0, x0, x1), Rule(True, y1, x0, x1), Rule(False, x0, y0, y1), Rule(False, x1, y0, y1)]


def _strokes(path: raw.FPDF_PAGEOBJECT, left: float, top: float) -> list[Rule]:
    """The straight strokes across and down of a path of several; [] for curves and for a plain box."""
    count = raw.FPDFPath_CountSegments(path)
    if count <= 5 or count > _MOST_POINTS:
        return []
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    rules: list[Rule] = []
    last: tuple[float, float] | None = None
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_BEZIERTO or not raw.FPDFPathSegment_GetPoint(segment, x, y):
            return []
        at = (
            matrix.a * x.value + matrix.c * y.value + matrix.e - left,
            top - (matrix.b * x.value + matrix.d * y.value + matrix.f),
        )
        if last is not None and kind == raw.FPDF_SEGMENT_LINETO:
            (x0, x1), (y0, y1) = sorted((last[0], at[0])), sorted((last[1], at[1]))
            if min(x1 - x0, y1 - y0) <= 0.5:
                rules += _edges((x0, y0, x1, y1))
        last = at
    return rules
