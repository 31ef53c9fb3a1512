"""Where the sources of an answer differ in a number, a date or in whether something is so; without a verdict."""

from qa.differing.differ import COMPARED, behind, differences

__all__ = ["COMPARED", "behind", "differences"]
