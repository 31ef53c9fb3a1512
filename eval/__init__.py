"""Question sets, measures, the gate for CI: what says whether Pincite is any good.

Importing this is light; NumPy, scikit-learn and ir_measures are loaded when something is evaluated.
"""

import index  # noqa: F401  says how threads wait, which has to be before NumPy is loaded
from eval.adapt import Adaptation, adapt
from eval.adapted import adaptation_payload, forget_adapted, keep_adapted
from eval.beir import evaluate_beir
from eval.calibrate import Calibration, Figures, calibrate
from eval.compare import Comparison, MeasureChange, QuestionChange, compare
from eval.draft import Draft, draft, drafts_as_yaml
from eval.engines import CorpusFile, EndpointEngine, RunFileEngine, told
from eval.expectations import unmet_expectations
from eval.gate import Verdict, crossed, judge, parse_floor
from eval.lint import Finding, lint
from eval.questions import (
    Evidence,
    Fact,
    Question,
    QuestionSet,
    drafts_note,
    parse_questions,
    read_questions,
)
from eval.replay import check_replay, questions_of, replayed, settings_of_run
from eval.report import as_html, as_json, as_junit, as_markdown, as_table
from eval.resolve import resolve
from eval.run import evaluate
from eval.runs import is_run, read_run, save_run, update_baseline
from eval.settings import GateSettings, read_gate_settings
from eval.summary import NAMES as MEASURE_NAMES
from eval.summary import report_of
from eval.types import Bin, FactRow, Measure, Place, QuoteRow, Report, ResolvedFact, ResolvedQuestion, Row
from eval.yaml_writer import as_yaml

__all__ = [
    "MEASURE_NAMES",
    "Adaptation",
    "Bin",
    "Calibration",
    "Comparison",
    "CorpusFile",
    "Draft",
    "EndpointEngine",
    "Figures",
    "RunFileEngine",
    "Evidence",
    "Fact",
    "FactRow",
    "Finding",
    "GateSettings",
    "Measure",
    "MeasureChange",
    "Place",
    "Question",
    "QuestionChange",
    "QuestionSet",
    "QuoteRow",
    "Report",
    "ResolvedFact",
    "ResolvedQuestion",
    "Row",
    "Verdict",
    "adapt",
    "adaptation_payload",
    "as_html",
    "as_json",
    "as_junit",
    "as_markdown",
    "as_table",
    "as_yaml",
    "calibrate",
    "check_replay",
    "compare",
    "crossed",
    "draft",
    "drafts_as_yaml",
    "drafts_note",
    "evaluate",
    "evaluate_beir",
    "forget_adapted",
    "is_run",
    "judge",
    "keep_adapted",
    "lint",
    "parse_floor",
    "parse_questions",
    "questions_of",
    "read_gate_settings",
    "read_questions",
    "read_run",
    "replayed",
    "report_of",
    "resolve",
    "save_run",
    "settings_of_run",
    "told",
    "unmet_expectations",
    "update_baseline",
]
