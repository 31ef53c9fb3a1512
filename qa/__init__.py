"""A question in, a cited Answer out."""

import index  # noqa: F401  says how threads wait, which has to be before NumPy is loaded
from qa.answer import AnswerSettings
from qa.calibrated import forget_confidence, keep_confidence, kept_confidence
from qa.cite import pages, permalink, place_words, reference
from qa.citing import CITATION_STYLES, DATA_STYLES, cite_as, long_date
from qa.confidence import ConfidenceModel, Evidence
from qa.late import PACKAGED as PACKAGED_HEAD
from qa.late import LateHead, LateReranker, read_head
from qa.matrix import Cell, Matrix, Row, matrix, matrix_payload
from qa.pack import Pack, make_pack
from qa.packing import PACK_FORMATS, write_pack
from qa.payload import answer_payload, document_payload, search_payload, understood_payload
from qa.question import MAX_CHARACTERS, check_question
from qa.receipts import Receipt, compare_receipt, make_receipt, read_receipt
from qa.rerank import Reranker, RerankSettings, as_read
from qa.rerank_files import seal as seal_reranker
from qa.rerank_model import CrossEncoderReranker, Precision
from qa.rerankers import ADAPTED as ADAPTED_HEAD
from qa.rerankers import reranker_of, rerankers
from qa.retrieve import RetrievalSettings
from qa.service import Service, Settings
from qa.summary import LanguageModel, language_model_of, summarised
from qa.timeline import in_order
from qa.types import (
    Answer,
    Citation,
    Difference,
    Order,
    Quote,
    Searched,
    SearchResult,
    Status,
    Summary,
    SummarySentence,
    Telling,
)
from qa.understand import Understanding

__all__ = [
    "ADAPTED_HEAD",
    "CITATION_STYLES",
    "DATA_STYLES",
    "MAX_CHARACTERS",
    "PACKAGED_HEAD",
    "PACK_FORMATS",
    "Answer",
    "AnswerSettings",
    "Cell",
    "Citation",
    "ConfidenceModel",
    "CrossEncoderReranker",
    "Difference",
    "Evidence",
    "LanguageModel",
    "LateHead",
    "LateReranker",
    "Matrix",
    "Order",
    "Pack",
    "Precision",
    "Quote",
    "Receipt",
    "RerankSettings",
    "Reranker",
    "RetrievalSettings",
    "Row",
    "SearchResult",
    "Searched",
    "Service",
    "Settings",
    "Status",
    "Summary",
    "SummarySentence",
    "Telling",
    "Understanding",
    "answer_payload",
    "as_read",
    "check_question",
    "cite_as",
    "compare_receipt",
    "document_payload",
    "forget_confidence",
    "in_order",
    "keep_confidence",
    "kept_confidence",
    "language_model_of",
    "long_date",
    "make_pack",
    "make_receipt",
    "matrix",
    "matrix_payload",
    "pages",
    "permalink",
    "place_words",
    "read_head",
    "read_receipt",
    "reference",
    "search_payload",
    "reranker_of",
    "rerankers",
    "seal_reranker",
    "summarised",
    "understood_payload",
    "write_pack",
]
