"""What parts 3b and 3c share: small networks, right gradients by autograd, and a fair judge.

Gradients build on one another: whoever has a wrong δ₂ has five wrong gradients. So each is judged
by what it builds on. What δ₂ is in the student's own answer shows in the gradients themselves:
each of them is a known function of it. Where it is wrong, the others are right if they follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.checks import Failure, StandIn, as_tensor, assert_close
from autograder.describe import describe_type
from autograder.hidden.inputs import integer, normal
from solutions import rnn


def _answer(name: str, *args: Any) -> object:
    """A single step's gradients, for a stand-in."""
    functions: dict[str, Callable[..., object]] = {
        "step_gradients": rnn.step_gradients,
        "backward_step": rnn.backward_step,
    }
    try:
        return functions[name](*args)
    except RuntimeError as error:
        raise Failure(f"{name} was called with tensors of the wrong shapes.") from error


# What step_gradients may build on, and what bptt may.
FOR_STEP = StandIn(
    "rnn: forward_step backward_step", "forward_step and backward_step", answer=_answer
)
FOR_BPTT = StandIn(
    "rnn: forward_step step_gradients backward_step",
    "forward_step, step_gradients and backward_step",
    answer=_answer,
)

Sizes = tuple[int, int, int]
"""(d, D_h, |V|)"""
# A transposed matrix is a wrong value where all sizes are equal, and nothing else is wrong then;
# where they differ it may raise, and take with it what is right.
SMALL: Sizes = (3, 3, 3)
SQUARE: Sizes = (4, 4, 4)
DIFFERENT: Sizes = (5, 3, 6)
UNGRADED = ("delta", "b1")
GRADED = ("b2", "L_x", "I", "H", "h_prev")
LEAST = 1e-9


def parameters(rng: torch.Generator, sizes: Sizes) -> dict[str, Tensor]:
    """Parameters that leave the hidden units far from saturation, float64."""
    d, Dh, V = sizes
    shapes = {"L": (V, d), "H": (Dh, Dh), "I": (d, Dh), "b1": (Dh,), "U": (Dh, V), "b2": (V,)}
    return {n: _round(normal(rng, *s, dtype=torch.float64) / 2) for n, s in shapes.items()}


def state(rng: torch.Generator, size: int) -> Tensor:
    """A hidden state: numbers between 0 and 1."""
    return _round(0.05 + 0.9 * torch.rand(size, generator=rng, dtype=torch.float64))


def words(rng: torch.Generator, count: int, vocabulary: int) -> list[int]:
    """Words, no two of them the same."""
    return [int(word) for word in torch.randperm(vocabulary, generator=rng)[:count]]


def _round(values: Tensor) -> Tensor:
    """Numbers that can be read."""
    return values.round(decimals=2)


@dataclass(frozen=True)
class Cell:
    """One step of the network: v = h_prev H + e I + b₁ and h = σ(v)."""

    params: dict[str, Tensor]
    h_prev: Tensor
    x: int

    @classmethod
    def draw(cls, rng: torch.Generator, sizes: Sizes) -> Cell:
        """One with random parameters."""
        params = parameters(rng, sizes)
        return cls(params, state(rng, sizes[1]), integer(rng, 0, sizes[2] - 1))

    @property
    def h(self) -> Tensor:
        """The hidden state after the step."""
        return self._v(self.params, self.h_prev).sigmoid()

    def gradients(self, by_v: Tensor) -> dict[str, Tensor]:
        """What a gradient by v makes of those by all that v depends on; by autograd."""
        leaves = _leaves(self.params)
        h_prev = self.h_prev.clone().requires_grad_()
        self._v(leaves, h_prev).backward(by_v)
        found = {name: _grad(leaves[name]) for name in ("H", "I", "b1")}
        return {**found, "L_x": _grad(leaves["L"])[self.x], "h_prev": _grad(h_prev)}

    def by_v(self, answer: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The gradient by v that each gradient of an answer was made of, if it was made rightly."""
        e, H, I = self.params["L"][self.x], self.params["H"], self.params["I"]  # noqa: E741
        undo: dict[str, Callable[[Tensor], Tensor]] = {
            "b1": lambda g: g,
            "H": lambda g: self.h_prev @ g / (self.h_prev @ self.h_prev),
            "I": lambda g: e @ g / (e @ e),
            "L_x": lambda g: g @ torch.linalg.pinv(I.T),
            "h_prev": lambda g: g @ torch.linalg.pinv(H.T),
        }
        found = {}
        for name, function in undo.items():
            if name in answer:
                by_v = function(answer[name].double())
                if _usable(by_v) and _near(self.gradients(by_v)[name], answer[name]):
                    found[name] = by_v
        return found

    def _v(self, params: Mapping[str, Tensor], h_prev: Tensor) -> Tensor:
        e = torch.nn.functional.embedding(torch.tensor(self.x), params["L"])
        return h_prev @ params["H"] + e @ params["I"] + params["b1"]


@dataclass
class Verdicts:
    """What is wrong with each gradient of an answer; right ones are not in `wrong`.

    Attributes:
        returned: what came back.
        answer: the gradients in it, in the shapes of the right ones.
        wrong: name to the sentence that says how.
        names: everything that was judged, "delta" included: the gradient by v.
    """

    returned: object
    answer: dict[str, Tensor]
    wrong: dict[str, str]
    names: tuple[str, ...]

    def require(self, name: str) -> None:
        """Nothing is wrong with that one.

        Raises:
            Failure: something is; it also says which of the others are right.
        """
        if name in self.wrong:
            keys = [key for key in self.names if key != "delta"]
            text = self.wrong[name]
            if right := [key for key in keys if key not in self.wrong]:
                text += f"\nRight, given what they are made of: {', '.join(right)}."
            if others := [key for key in keys if key in self.wrong and key != name]:
                text += f"\nWrong as well: {', '.join(others)}."
            raise Failure(text)

    def require_some(self) -> None:
        """A graded gradient is right: what has none has not got anything else right either.

        Raises:
            Failure: none is.
        """
        names = [name for name in self.names if name not in UNGRADED]
        if all(name in self.wrong for name in names):
            raise Failure(f"Not one of {', '.join(names)} is right.")


def judge_step(cell: Cell, y: int, returned: object) -> Verdicts:
    """What step_gradients returned; `delta` stands for δ₂."""
    params, h = cell.params, cell.h
    delta1 = torch.softmax(h @ params["U"] + params["b2"], 0)
    delta1[y] -= 1

    def through(delta1: Tensor) -> Tensor:
        leaf = torch.logit(h).requires_grad_()  # v itself
        (leaf.sigmoid() @ params["U"]).backward(delta1)
        return _grad(leaf)

    shapes = {"b2": params["b2"].shape, "U": params["U"].shape, **_cell_shapes(cell)}
    answer, wrong = read(returned, shapes, "step_gradients")
    _compare("b2", answer, wrong, [delta1])
    deltas1 = [
        delta1,
        *([answer["b2"].double()] if "b2" in answer and _usable(answer["b2"]) else []),
    ]
    _compare("U", answer, wrong, [torch.outer(h, delta) for delta in deltas1])
    _judge_cell(
        cell, answer, wrong, [through(delta) for delta in deltas1], "δ₂ = (δ₁ Uᵀ) ∘ h ∘ (1 − h)"
    )
    return Verdicts(returned, answer, wrong, ("b2", "delta", "L_x", "I", "H", "h_prev", "U", "b1"))


def judge_backward_step(cell: Cell, delta: Tensor, returned: object) -> Verdicts:
    """What backward_step returned; `delta` stands for s."""
    v = torch.logit(cell.h).requires_grad_()
    v.sigmoid().backward(delta)
    answer, wrong = read(returned, _cell_shapes(cell), "backward_step")
    _judge_cell(cell, answer, wrong, [_grad(v)], "s = δ⁽ᵗ⁻¹⁾ ∘ h⁽ᵗ⁻¹⁾ ∘ (1 − h⁽ᵗ⁻¹⁾)")
    return Verdicts(returned, answer, wrong, ("delta", "L_x", "I", "H", "h_prev", "b1"))


def _judge_cell(
    cell: Cell, answer: dict[str, Tensor], wrong: dict[str, str], right: list[Tensor], formula: str
) -> None:
    """Judge the gradient by v, and the others by what it is in this answer."""
    found = cell.by_v(answer)
    agreed = _agreed(found, right)
    expected = [cell.gradients(by_v) for by_v in right]
    if agreed is None:
        wrong["delta"] = f"No two gradients were made of the same {formula[:2].strip()}."
    elif not any(_near(agreed, by_v) for by_v in right):
        agreeing = [name for name, by_v in found.items() if _near(by_v, agreed)]
        try:
            assert_close(agreed, right[0], f"{formula}, as it is in your {', '.join(agreeing)},")
        except Failure as failure:
            wrong["delta"] = str(failure)
        expected.append(cell.gradients(agreed))
    for name in ("L_x", "I", "H", "h_prev", "b1"):
        _compare(name, answer, wrong, [gradients[name] for gradients in expected])


def _agreed(found: dict[str, Tensor], right: list[Tensor]) -> Tensor | None:
    """The gradient by v in an answer: the right one if any shows it, or else what two agree on."""
    for by_v in right:
        if any(_near(by_v, other) for other in found.values()):
            return by_v
    values = list(found.values())
    for place, by_v in enumerate(values):
        if any(_near(by_v, other) for other in values[place + 1 :]):
            return by_v
    return None


@dataclass(frozen=True)
class Sequence:
    """Words, what follows them, and the network that reads them."""

    params: dict[str, Tensor]
    h0: Tensor
    xs: list[int]
    y: int

    @classmethod
    def draw(cls, rng: torch.Generator, sizes: Sizes, length: int) -> Sequence:
        """Random parameters; no word comes twice."""
        params = parameters(rng, sizes)
        xs = words(rng, length, sizes[2])
        return cls(params, state(rng, sizes[1]), xs, integer(rng, 0, sizes[2] - 1))

    def last(self, steps: int) -> Sequence:
        """The last words alone, from the state in which the ones before leave the network."""
        h = self.h0
        for x in self.xs[:-steps]:
            h = Cell(self.params, h, x).h
        return Sequence(self.params, h, self.xs[-steps:], self.y)

    def judge(self, tau: int, returned: object) -> Verdicts:
        """What bptt returned."""
        right = self._gradients(tau)
        answer, wrong = read(returned, {n: value.shape for n, value in right.items()}, "bptt")
        expected = [right]
        if "b2" in answer and _usable(answer["b2"]):
            expected.append(self._gradients(tau, answer["b2"].double()))
        for name in right:
            among = expected[:1] if name == "b2" else expected
            _compare(name, answer, wrong, [gradients[name] for gradients in among])
        return Verdicts(returned, answer, wrong, tuple(right))

    def _gradients(self, tau: int, delta1: Tensor | None = None) -> dict[str, Tensor]:
        """By autograd: of the last loss, or of θ · δ₁ at the last step."""
        leaves = _leaves(self.params)
        h = self.h0
        for t, x in enumerate(self.xs):
            if t == len(self.xs) - tau:
                h = h.detach()
            e = torch.nn.functional.embedding(torch.tensor(x), leaves["L"])
            h = (h @ leaves["H"] + e @ leaves["I"] + leaves["b1"]).sigmoid()
        theta = h @ leaves["U"] + leaves["b2"]
        if delta1 is None:
            torch.nn.functional.cross_entropy(theta, torch.tensor(self.y)).backward()
        else:
            theta.backward(delta1)
        return {name: _grad(leaves[name]) for name in ("U", "b2", "H", "I", "L", "b1")}


def read(
    returned: object, shapes: Mapping[str, Iterable[int]], function: str
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The gradients that came back, and what is wrong with those that cannot be judged.

    A row `(1, n)` is as good as a vector `(n,)`. Dtype is another check's affair, and numpy too.

    Raises:
        Failure: it was no dict, or none of the gradients is in it.
    """
    if not isinstance(returned, dict):
        raise Failure(f"{function} should return a dict, not {describe_type(returned)}.")
    if not returned.keys() & set(shapes):
        raise Failure(f"What {function} returned has none of the keys {', '.join(shapes)}.")
    answer, wrong = {}, {}
    for name, shape in shapes.items():
        try:
            answer[name] = _gradient(returned, name, tuple(shape))
        except Failure as failure:
            wrong[name] = str(failure)
    return answer, wrong


def _gradient(returned: dict[object, object], name: str, shape: tuple[int, ...]) -> Tensor:
    if name not in returned:
        raise Failure(f"{name} is missing from what came back.")
    value = returned[name]
    tensor = as_tensor(torch.from_numpy(value) if isinstance(value, np.ndarray) else value, name)
    if not tensor.dtype.is_floating_point:
        raise Failure(f"{name} should be a float tensor, not {describe_type(value)}.")
    if len(shape) == 1 and tensor.shape == (1, *shape):
        tensor = tensor[0]
    if tensor.shape != shape:
        raise Failure(f"{name} should have shape {shape}, not {tuple(tensor.shape)}.")
    if not tensor.isfinite().all():
        raise Failure(f"{name} has entries that are not finite.")
    return tensor


def require_form(returned: object) -> None:
    """Every gradient is a tensor of the dtype of the parameters.

    Raises:
        Failure: one is not.
    """
    assert isinstance(returned, dict)
    for name, value in returned.items():
        if isinstance(value, (Tensor, np.ndarray)) and name in (*GRADED, "L", "U", "b1"):
            tensor = as_tensor(value, str(name))
            if tensor.dtype != torch.float64:
                raise Failure(
                    f"{name} should have the dtype of the parameters, float64, not "
                    f"{str(tensor.dtype).removeprefix('torch.')}."
                )


def _compare(
    name: str, answer: dict[str, Tensor], wrong: dict[str, str], expected: list[Tensor]
) -> None:
    """A gradient equals one of those expected; if not, the last says how it is wrong."""
    if name in wrong:
        return
    for value in expected:
        try:
            assert_close(answer[name], value.to(answer[name].dtype), name)
        except Failure as failure:
            wrong[name] = str(failure)
        else:
            wrong.pop(name, None)
            return


def require_unchanged(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    """Arguments are what they were before a call.

    Raises:
        Failure: one is not.
    """
    for name, value in before.items():
        now = after[name]
        if isinstance(value, dict) and isinstance(now, dict):
            if value.keys() != now.keys():
                raise Failure(
                    f"The call changed which keys {name} has: arguments stay as they are."
                )
            require_unchanged(
                {f"{name}['{k}']": v for k, v in value.items()},
                {f"{name}['{k}']": v for k, v in now.items()},
            )
        elif isinstance(value, Tensor):
            same = isinstance(now, Tensor) and now.dtype == value.dtype and torch.equal(now, value)
            if not same:
                raise Failure(f"The call changed {name} in place: arguments stay as they are.")
        elif now != value:
            raise Failure(f"The call changed {name}: arguments stay as they are.")


def _cell_shapes(cell: Cell) -> dict[str, torch.Size]:
    return {
        "L_x": cell.params["L"][cell.x].shape,
        "I": cell.params["I"].shape,
        "H": cell.params["H"].shape,
        "h_prev": cell.h_prev.shape,
        "b1": cell.params["b1"].shape,
    }


def _leaves(params: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.clone().requires_grad_() for name, value in params.items()}


def _grad(leaf: Tensor) -> Tensor:
    assert leaf.grad is not None
    return leaf.grad


def _usable(value: Tensor) -> bool:
    """Whether what builds on it can be judged: zeros would make everything right."""
    return bool(value.isfinite().all()) and float(value.abs().max()) > LEAST


def _near(a: Tensor, b: Tensor) -> bool:
    """Whether two gradients are the same but for the errors of getting at them."""
    scale = max(float(a.abs().max()), float(b.abs().max()))
    return bool(((a.double() - b.double()).abs() <= 1e-5 * scale).all())
