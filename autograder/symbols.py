"""The symbols of the formulas in written.toml, and their other names, as in docs/written.md."""

from __future__ import annotations

from fractions import Fraction

from autograder.formulas import Vocabulary

WORDS = Vocabulary({"n": ("N",)}, within=(1, 50))
DROPPING = Vocabulary({"p_drop": ("p", "pd", "P", "dropprob", "pdropout")})
LOSS = Vocabulary({"CE": ("ce", "J", "L", "loss", "crossentropy")}, within=(0, 10))
NUMBER = Vocabulary({"|V|": ()}, values={"|V|": Fraction(10_000)})
SIZES = Vocabulary({"D_h": ("dh", "DH"), "d": (), "|V|": ()}, order=True)
SIZES_AND_STEPS = Vocabulary({**SIZES.names, "τ": ("tau",)}, order=True)
