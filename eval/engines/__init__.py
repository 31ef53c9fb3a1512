"""Other engines behind the methods that an evaluation uses of a Service, so that one code measures all."""

from eval.engines.base import Engine, ForeignEngine, Texts, told
from eval.engines.corpus import CorpusFile
from eval.engines.endpoint import EndpointEngine, EndpointError
from eval.engines.run_file import RunFileEngine

__all__ = [
    "CorpusFile",
    "EndpointEngine",
    "EndpointError",
    "Engine",
    "ForeignEngine",
    "RunFileEngine",
    "Texts",
    "told",
]
