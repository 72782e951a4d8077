"""Benchmarks: figures with a budget, or as a ratio to a baseline of the same run."""
