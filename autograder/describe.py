"""Puts values into words, for feedback: short, exact where they are small, never hostile."""

from __future__ import annotations

import numpy as np
import torch

from autograder.text import printable

MAX_ELEMENTS = 24
MAX_ITEMS = 12
MAX_TEXT = 60
MAX_OBJECT = 200


def describe(value: object) -> str:
    """A value as a student would write it; large ones by dtype and shape."""
    if isinstance(value, torch.Tensor):
        return _tensor("tensor", value)
    if isinstance(value, np.ndarray):
        return _tensor("array", torch.from_numpy(value))
    if isinstance(value, str):
        return repr(printable(value, MAX_TEXT))
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        items = [describe(item) for item in value[:MAX_ITEMS]]
        if len(value) > MAX_ITEMS:
            items.append(f"… ({len(value)} in all)")
        if isinstance(value, list):
            return f"[{', '.join(items)}]"
        return f"({items[0]},)" if len(value) == 1 else f"({', '.join(items)})"
    if isinstance(value, dict):
        pairs = [f"{describe(k)}: {describe(v)}" for k, v in list(value.items())[:MAX_ITEMS]]
        return "{" + ", ".join(pairs) + (", …}" if len(value) > MAX_ITEMS else "}")
    return printable(repr(value), MAX_OBJECT)


def describe_type(value: object) -> str:
    """What kind of thing a value is: "a list", "a float32 tensor of shape (2, 3)"."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        kind = "tensor" if isinstance(value, torch.Tensor) else "numpy array"
        name = str(value.dtype).removeprefix("torch.")
        return f"{_article(name)} {name} {kind} of shape {tuple(value.shape)}"
    if value is None:
        return "None"
    name = getattr(value, "type_name", type(value).__name__)
    name = printable(str(name), MAX_TEXT)
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def _tensor(kind: str, tensor: torch.Tensor) -> str:
    name = str(tensor.dtype).removeprefix("torch.")
    if tensor.numel() > MAX_ELEMENTS:
        return f"{_article(name)} {name} {kind} of shape {tuple(tensor.shape)}"
    suffix = "" if name in ("float32", "int64", "bool") else f", dtype={name}"
    return f"{kind}({_numbers(tensor.tolist())}{suffix})"


def _article(dtype: str) -> str:
    return "an" if dtype.startswith("int") else "a"


def _numbers(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_numbers, value))}]"
    if isinstance(value, float):
        text = f"{value:.5g}"
        return text if any(c in text for c in ".en") else f"{text}."
    return str(value)
