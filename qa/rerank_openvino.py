"""The transformer of a cross-encoder, converted in memory and run by OpenVINO instead of by torch."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_TELEMETRY = "openvino_telemetry"


def quiet_openvino() -> Any:
    """The package `openvino`, imported without what it would tell its makers. An ImportError if it is missing.

    On import, and once more for each conversion, it reports to Google Analytics unless a file in the home folder says
    no: nobody was asked, and nothing here may touch a network. Without that package it uses a stub of its own.
    """
    modules: dict[str, Any] = sys.modules  # None in it means: as if not installed
    modules.setdefault(_TELEMETRY, None)
    return importlib.import_module("openvino")


class Converted(torch.nn.Module):
    """Stands where a transformer stood: takes the same tensors, int64 of shape (pairs, tokens), and gives as much.

    `precision` is what OpenVINO computes in, "f32" or "bf16", which need not be what it was asked for.
    """

    def __init__(self, compiled: Any, inputs: Sequence[str], output: str, config: Any) -> None:
        super().__init__()
        self.config = config  # sentence-transformers asks it for the number of scores
        self.device = torch.device("cpu")
        self.precision: str = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        self._compiled = compiled
        self._inputs = tuple(inputs)
        self._output = output

    def forward(self, **given: Any) -> dict[str, torch.Tensor]:
        said = self._compiled([given[name].numpy() for name in self._inputs], share_outputs=False)
        return {self._output: torch.from_numpy(said[0])}


def convert(model: CrossEncoder, example: Sequence[tuple[str, str]]) -> Callable[[str], Converted]:
    """What makes the transformer of a model in float32 ready for a precision, with as many threads as torch has.

    The model itself stays as it is. `example` are at least two pairs, of which shapes are learnt: any number of
    pairs of any length can be run. Whatever torch and OpenVINO raise for a model they cannot convert.
    """
    openvino = quiet_openvino()
    # By name, since the type of a part of a model is not told.
    first: Any = model[0]
    asked = first.modality_config["text"]
    if asked["method"] != "forward" or not isinstance(asked["method_output_name"], str):
        raise NotImplementedError(f"a model that is run by {asked} is not converted")
    features = model.preprocess(list(example))
    taken = first.model_forward_params
    inputs = [
        name
        for name, value in features.items()
        if isinstance(value, torch.Tensor) and (taken is None or name in taken)
    ]
    tensors = tuple(features[name] for name in inputs)
    output = asked["method_output_name"]
    with torch.no_grad(), warnings.catch_warnings(), _silent_transformers():
        # That tracing is old, and what it cannot follow: the scores are compared afterwards.
        warnings.simplefilter("ignore")
        # Not by OpenVINO, which traces it three times over to compare, and replaces builtins meanwhile.
        traced: Any = torch.jit.trace(
            _Positional(first.model, inputs, output), tensors, strict=False, check_trace=False
        )
        converted = openvino.convert_model(traced, example_input=tensors)
    core = openvino.Core()

    def ready(precision: str) -> Converted:
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "PERFORMANCE_HINT": "LATENCY",
            "ENABLE_CPU_PINNING": False,  # others may be at work on the cores it would choose
        }
        return Converted(core.compile_model(converted, "CPU", settings), inputs, output, first.model.config)

    return ready


class _Positional(torch.nn.Module):
    """A transformer that takes its tensors in order and gives one, as tracing needs it."""

    def __init__(self, transformer: torch.nn.Module, inputs: Sequence[str], output: str) -> None:
        super().__init__()
        self.transformer = transformer
        self._inputs = tuple(inputs)
        self._output = output

    def forward(self, *tensors: torch.Tensor) -> Any:
        return self.transformer(**dict(zip(self._inputs, tensors, strict=True)), return_dict=True)[
            self._output
        ]


@contextmanager
def _silent_transformers() -> Iterator[None]:
    """Tracing reads every property of a model, and some of them warn that they are old."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)
