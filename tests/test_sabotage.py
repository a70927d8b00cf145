"""Junk of every kind in every place that a check reads: it fails the check, never the grader.

A check that ends with an exception of our own is NOT_RUN, and costs the student nothing. So there
must be no value, whatever its type, that brings one about.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.report import Outcome

from .conftest import Grade

PRELUDE = '''
import types
import numpy as np
import torch


class Chameleon:
    """Is everything that it is asked for."""

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self

    def __iter__(self):
        return iter([self, self])

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __bool__(self):
        return True

    def __float__(self):
        return 0.0

    __index__ = __int__ = __len__


class Hollow:
    """Has every attribute, and each is None."""

    def __getattr__(self, name):
        return None


class Numbers(Hollow):
    """Has every attribute, and each is a number."""

    def __getattr__(self, name):
        return 3


class Thorny:
    """Raises at every touch."""

    def _raise(self, *args):
        raise ZeroDivisionError("ouch")

    __getattr__ = __len__ = __iter__ = __repr__ = __str__ = __eq__ = __bool__ = __float__ = _raise
    __hash__ = _raise


knot = []
knot.append(knot)
'''

KINDS = {
    "None": "None",
    "True": "True",
    "huge": "10**30",
    "float": "0.5",
    "NaN": "float('nan')",
    "complex": "1j",
    "text": "'text'",
    "surrogate": "'\\ud800'",
    "bytes": "b'x'",
    "empty list": "[]",
    "empty dict": "{}",
    "mixed dict": "{'inputs': None, 'labels': {1: 2}, None: [], 1.5: 'x', float('nan'): 0}",
    "nested": "[[[None, 'a'], (1, 2.5)], {'a': [torch.ones(1)]}]",
    "knot": "knot",
    "deep": "eval('[' * 50 + ']' * 50)",
    "pairs": "[('ROOT',), ('a', 'b', 'c'), (1, 2), ('a', None)]",
    "many": "list(range(30000))",
    "set": "{1, 2}",
    "complex tensor": "torch.ones(2, 3, dtype=torch.complex64)",
    "int8 tensor": "torch.ones(2, 3, dtype=torch.int8)",
    "bool tensor": "torch.ones(2, 3, dtype=torch.bool)",
    "half tensor": "torch.ones(1, dtype=torch.float16)",
    "NaN tensor": "torch.full((2, 3), float('nan'))",
    "empty tensor": "torch.zeros(0, 4)",
    "tensor of 9 dims": "torch.zeros((1,) * 9)",
    "sparse tensor": "torch.eye(3).to_sparse()",
    "large tensor": "torch.zeros(1).expand(5000, 5000)",
    "array": "np.ones((2, 3))",
    "0-d array": "np.array(0.5, dtype=np.float16)",
    "object array": "np.array([None, 'a', {}], dtype=object)",
    "np.float32": "np.float32(0.5)",
    "dtype": "torch.float32",
    "numpy dtype": "np.dtype('float32')",
    "class": "Hollow",
    "generator": "(i for i in 'abc')",
    "module": "types",
    "lambda": "lambda *args, **kwargs: None",
    "layer": "torch.nn.Linear(2, 3)",
    "NotImplemented": "NotImplemented",
    "chameleon": "Chameleon()",
    "hollow": "Hollow()",
    "numbers": "Numbers()",
    "thorny": "Thorny()",
}

# What functions return and attributes are.
RETURNED = {
    "softmax.py": """
def softmax(x):
    return JUNK


def cross_entropy_loss(y, yhat):
    return JUNK
""",
    "classifier.py": """
class SoftmaxModel(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.W = torch.nn.Parameter(torch.zeros(config.n_features, config.n_classes))
        self.b = torch.nn.Parameter(torch.zeros(config.n_classes))

    def junk(self, *args):
        return JUNK

    input_specs = create_feed = forward = loss = train_on_batch = fit = junk
""",
    "parser_transitions.py": """
class PartialParse:
    def __init__(self, sentence):
        pass

    def parse_step(self, transition):
        return JUNK

    def parse(self, transitions):
        return JUNK

    stack = buffer = dependencies = property(lambda self: JUNK)


def minibatch_parse(sentences, model, batch_size):
    return JUNK
""",
}
# One level deeper: items of what is returned, parameters, parses that the model is asked about.
INSIDE = {
    "softmax.py": """
def softmax(x):
    x.grad = None
    return [JUNK]


def cross_entropy_loss(y, yhat):
    return (JUNK,)
""",
    "classifier.py": """
class SoftmaxModel(torch.nn.Module):
    def __init__(self, config):
        super().__init__()

    def parameters(self, recurse=True):
        return [JUNK, JUNK]

    def input_specs(self):
        return {"inputs": JUNK, "labels": (JUNK, JUNK)}

    def create_feed(self, inputs_batch, labels_batch=None):
        return {"inputs": JUNK} if labels_batch is None else {"inputs": JUNK, "labels": JUNK}

    def forward(self, inputs):
        return {"a": JUNK}

    def loss(self, pred, labels):
        return [JUNK]

    def train_on_batch(self, inputs_batch, labels_batch):
        return [JUNK]

    def fit(self, inputs, labels):
        return [JUNK] * 3
""",
    "parser_transitions.py": """
class PartialParse:
    def __init__(self, sentence):
        self.stack = ["ROOT", JUNK]
        self.buffer = [JUNK]
        self.dependencies = [(JUNK, JUNK)]

    def parse_step(self, transition):
        self.dependencies.append(JUNK)

    def parse(self, transitions):
        return [JUNK for _ in transitions[::2]]


def minibatch_parse(sentences, model, batch_size):
    if batch_size % 2:
        model.predict([JUNK])
    model.predict(JUNK)
    return [JUNK for _ in sentences]
""",
}
# What stands under the names that are graded.
NAMED = {
    "softmax.py": "softmax = cross_entropy_loss = JUNK\n",
    "classifier.py": "SoftmaxModel = JUNK\n",
    "parser_transitions.py": "PartialParse = minibatch_parse = JUNK\n",
}
# What calling the classes makes; and calls of the model that nobody would write.
MADE = {
    "softmax.py": """
def softmax(x, *junk):
    raise JUNK


def cross_entropy_loss(y, yhat, more=JUNK):
    y.backward = yhat.backward = JUNK
    return yhat.sum() * float("nan")
""",
    "classifier.py": """
def SoftmaxModel(config):
    return JUNK
""",
    "parser_transitions.py": """
def PartialParse(sentence):
    return JUNK


def minibatch_parse(sentences, model, batch_size):
    try:
        model.predict(JUNK, JUNK, more=JUNK)
    except Exception:
        pass
    try:
        model.predict()
    except Exception:
        pass
    return [[JUNK]] * len(sentences)
""",
}
# Everything at once takes long: where a handle or a plain value comes is what matters there.
SOME = (
    "None", "text", "mixed dict", "int8 tensor", "sparse tensor", "dtype", "chameleon", "hollow",
    "numbers", "thorny",
)  # fmt: skip

HandIn = Callable[[dict[str, str | None]], Path]
CASES = [("returned", RETURNED, kind) for kind in KINDS]
CASES += [
    (place, files, kind)
    for place, files in (("inside", INSIDE), ("named", NAMED), ("made", MADE))
    for kind in SOME
]


@pytest.mark.usefixtures("few_examples")
@pytest.mark.parametrize(
    ("files", "kind"),
    [pytest.param(files, kind, id=f"{place}-{kind}") for place, files, kind in CASES],
)
def test_junk_is_no_fault_of_the_grader(
    grade_folder: Grade, hand_in: HandIn, files: dict[str, str], kind: str
) -> None:
    """Every check has a result, and a message where points were lost."""
    head = f"{PRELUDE}\nJUNK = {KINDS[kind]}\n"
    junk: dict[str, str | None] = {name: head + text for name, text in files.items()}
    report = grade_folder(hand_in({**junk, "written.toml": None}))
    not_run = {r.number: r.details[-800:] for r in report.results if r.outcome is Outcome.NOT_RUN}
    assert not_run == {}
    assert report.complete
    assert report.max_points == 48
    for result in report.results:
        assert result.message or result.outcome is Outcome.PASSED
        assert result.points == 0 or result.outcome is Outcome.PASSED
    assert report.points < 10
