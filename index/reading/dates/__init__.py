"""Dates in a text: when it was published, and which days, months and years it speaks of."""

from __future__ import annotations

from index.reading.dates.mentions import mentions
from index.reading.dates.published import publication_date

__all__ = ["mentions", "publication_date"]
