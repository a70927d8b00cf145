"""Benchmarks: ratios of two things measured in one run, never a verdict of the test suite."""
