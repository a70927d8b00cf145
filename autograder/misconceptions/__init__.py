"""Known wrong answers, each with the sentence that tells a student what went wrong.

A misconception is a wrong implementation of one function or class of the assignment; its
docstring is the sentence. When a check fails, what the student returned is compared with what
each misconception would have returned (see `autograder.diagnosis`). `tests/test_misconceptions.py`
hands each of them in, and it must lose points and be named.
"""

from autograder.misconceptions import initialization as _initialization
from autograder.misconceptions import optimizers as _optimizers
from autograder.misconceptions import parser_model as _parser_model
from autograder.misconceptions import parser_transitions as _parser_transitions
from autograder.misconceptions import rnn as _rnn
from autograder.misconceptions import softmax as _softmax
from autograder.misconceptions.registry import Misconception

BANK: tuple[Misconception, ...] = (
    *_softmax.wrong.bank,
    *_parser_transitions.wrong.bank,
    *_initialization.wrong.bank,
    *_optimizers.wrong.bank,
    *_parser_model.wrong.bank,
    *_rnn.wrong.bank,
)
