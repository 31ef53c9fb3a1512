"""Other people's retrieval engines, measured by the same code: `python -m eval.peers SET --data DIR`."""
