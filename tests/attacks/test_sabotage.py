"""Junk of every kind in every place that a check reads: it fails the check, never the grader.

A check that ends with an exception of our own is NOT_RUN, and costs the student nothing. So there
must be no value, whatever its type, that brings one about.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.report import Outcome

from ..conftest import Grade

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
    "initialization.py": """
def xavier_weight_init(shape):
    return JUNK


def dropout(h, p_drop, training=True):
    return JUNK
""",
    "optimizers.py": """
def momentum_step(theta, grad, m, lr, beta1):
    return JUNK


adam_step = momentum_step
""",
    "parser_model.py": """
class ParserModel(torch.nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.L = torch.nn.Parameter(torch.tensor(embeddings))
        self.W = torch.nn.Parameter(torch.zeros(n_features * embeddings.shape[1], hidden_size))
        self.b1 = torch.nn.Parameter(torch.zeros(hidden_size))
        self.U = torch.nn.Parameter(torch.zeros(hidden_size, n_classes))
        self.b2 = torch.nn.Parameter(torch.zeros(n_classes))

    def junk(self, *args):
        return JUNK

    embedding_lookup = forward = train = eval = junk
""",
    "rnn.py": """
def junk(*args):
    return JUNK


perplexity = forward_step = step_gradients = backward_step = bptt = operation_counts = junk
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
    "initialization.py": """
def xavier_weight_init(shape):
    return [JUNK] * shape[0]


def dropout(h, p_drop, training=True):
    h.data = torch.zeros(0)
    return (JUNK,)
""",
    "optimizers.py": """
def momentum_step(theta, grad, m, lr, beta1):
    return JUNK, JUNK


def adam_step(theta, grad, m, v, lr, beta1, beta2):
    return [JUNK, JUNK, JUNK]
""",
    "parser_model.py": """
class ParserModel(torch.nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.shapes = (hidden_size, n_features * embeddings.shape[1]), (n_classes, hidden_size)

    def parameters(self, recurse=True):
        return [JUNK, JUNK] if self.training else [torch.zeros(*shape) for shape in self.shapes]

    def embedding_lookup(self, w):
        return [JUNK]

    def forward(self, w):
        return {"a": JUNK}
""",
    "rnn.py": """
def junk(params, *args):
    keys = "L L_x I H h_prev b1 U b2 forward backward tau_steps".split()
    return {key: JUNK for key in keys}


step_gradients = backward_step = bptt = operation_counts = junk


def perplexity(cross_entropy):
    return [JUNK]


def forward_step(params, h_prev, x):
    return JUNK, JUNK
""",
}
# What stands under the names that are graded.
NAMED = {
    "softmax.py": "softmax = cross_entropy_loss = JUNK\n",
    "classifier.py": "SoftmaxModel = JUNK\n",
    "parser_transitions.py": "PartialParse = minibatch_parse = JUNK\n",
    "initialization.py": "xavier_weight_init = dropout = JUNK\n",
    "optimizers.py": "momentum_step = adam_step = JUNK\n",
    "parser_model.py": "ParserModel = JUNK\n",
    "rnn.py": "perplexity = forward_step = step_gradients = backward_step = bptt = JUNK\n"
    "operation_counts = JUNK\n",
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
    "initialization.py": """
def xavier_weight_init(shape, *junk):
    raise JUNK


def dropout(h, p_drop, training=JUNK):
    h.grad = JUNK
""",
    "optimizers.py": """
def momentum_step(theta, grad, m, lr, beta1):
    theta.resize_(0)
    raise JUNK


def adam_step(*junk):
    return junk
""",
    "parser_model.py": """
def ParserModel(*junk):
    return JUNK
""",
    "rnn.py": """
def forward_step(params, h_prev, x):
    return [JUNK, JUNK]


def step_gradients(params, h_prev, x, y):
    try:
        backward_step(JUNK, JUNK, JUNK, JUNK, JUNK)
    except Exception:
        pass
    params["L"] = JUNK
    return {**params, "L_x": forward_step(params, h_prev, x)[0], "b2": params["b2"] * float("nan")}


def backward_step(params, delta, h, h_prev, x):
    params.clear()
    return {"H": h_prev.expand(10**4, 10**4, -1), JUNK if isinstance(JUNK, str) else 1: JUNK}


def bptt(params, h0, xs, y, tau):
    xs.append(JUNK)
    last = step_gradients({"L": h0, "H": JUNK}, h0[:1], JUNK, -7)
    return {**last, **backward_step(params, h0[:1], h0, h0, 10**9)}


def operation_counts(d, Dh, V, tau):
    return {"forward": float("nan"), "backward": 10**18, "tau_steps": JUNK}
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
    report = grade_folder(hand_in({**junk, "written.toml": None, "test_predictions.txt": None}))
    not_run = {r.number: r.details[-800:] for r in report.results if r.outcome is Outcome.NOT_RUN}
    assert not_run == {}
    assert report.complete
    assert report.max_points == 87
    for result in report.results:
        assert result.message or result.outcome is Outcome.PASSED
        assert result.points == 0 or result.outcome is Outcome.PASSED
    assert report.points < 10
