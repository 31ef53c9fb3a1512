"""Citations to paste: the same facts in the forms that people and their programs ask for."""

from qa.citing.source import long_date
from qa.citing.styles import CITATION_STYLES, DATA_STYLES, cite_as

__all__ = ["CITATION_STYLES", "DATA_STYLES", "cite_as", "long_date"]
