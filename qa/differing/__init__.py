"""Where the sources of an answer differ in a number, a date or in whether something is so; without a verdict."""

from qa.differing.differ import differences, shown_among

__all__ = ["differences", "shown_among"]
