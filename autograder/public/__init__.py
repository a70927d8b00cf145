"""The public checks: examples worked by hand, which students run before they hand in.

They give no points: those are the hidden checks'. Each takes its expected values from an example
that its docstring or its comments work out, never from the reference solutions, and what a failed
one says may show what was expected.
"""
