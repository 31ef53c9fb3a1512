"""Benchmarks of single parts, run by hand: `python -m eval.bench.extract`."""
