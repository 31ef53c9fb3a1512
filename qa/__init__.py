"""A question in, a cited Answer out."""

from qa.answer import AnswerSettings
from qa.cite import pages, permalink, reference
from qa.confidence import ConfidenceModel, Evidence
from qa.payload import answer_payload, document_payload, search_payload
from qa.question import MAX_CHARACTERS, check_question
from qa.rerank import Reranker, RerankSettings
from qa.rerank_files import seal as seal_reranker
from qa.rerank_model import CrossEncoderReranker
from qa.retrieve import RetrievalSettings
from qa.service import Service, Settings
from qa.types import Answer, Citation, Quote, Searched, SearchResult, Status

__all__ = [
    "MAX_CHARACTERS",
    "Answer",
    "AnswerSettings",
    "Citation",
    "ConfidenceModel",
    "CrossEncoderReranker",
    "Evidence",
    "Quote",
    "RerankSettings",
    "Reranker",
    "RetrievalSettings",
    "SearchResult",
    "Searched",
    "Service",
    "Settings",
    "Status",
    "answer_payload",
    "check_question",
    "document_payload",
    "pages",
    "permalink",
    "reference",
    "search_payload",
    "seal_reranker",
]
