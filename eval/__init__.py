"""Question sets, measures, the gate for CI: what says whether Pincite is any good.

Importing this is light; NumPy, scikit-learn and ir_measures are loaded when something is evaluated.
"""

from eval.beir import evaluate_beir
from eval.gate import crossed, parse_floor
from eval.questions import Evidence, Fact, Question, read_questions
from eval.report import as_json, as_table
from eval.resolve import resolve
from eval.run import evaluate
from eval.summary import NAMES as MEASURE_NAMES
from eval.types import FactRow, Measure, Place, QuoteRow, Report, ResolvedFact, ResolvedQuestion, Row

__all__ = [
    "MEASURE_NAMES",
    "Evidence",
    "Fact",
    "FactRow",
    "Measure",
    "Place",
    "Question",
    "QuoteRow",
    "Report",
    "ResolvedFact",
    "ResolvedQuestion",
    "Row",
    "as_json",
    "as_table",
    "crossed",
    "evaluate",
    "evaluate_beir",
    "parse_floor",
    "read_questions",
    "resolve",
]
