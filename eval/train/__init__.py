"""Training a reranker: groups of a question and passages in, the folder of a cross-encoder out.

`python -m eval.train --help` says how; docs/reranker.md has what came of it.
"""
