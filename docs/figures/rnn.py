"""Drawings of the pages on the recurrent network."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure
from torch import Tensor

from docs.figures.style import BLUE, GREEN, GREY, RED
from solutions.rnn import backward_step, forward_step, one_hot, prediction

# --- the network, unrolled -----------------------------------------------------------------------

STEPS = ("⁽ᵗ⁻²⁾", "⁽ᵗ⁻¹⁾", "⁽ᵗ⁾")


def unrolled() -> str:
    """Three steps, forward and back."""
    x, y = (150, 300, 450), {"x": 312, "e": 244, "h": 160, "θ": 92, "J": 30}
    forward = [(30 + 34, y["h"], x[0] - 30, y["h"], "H")]
    back = []
    nodes = [(30, y["h"], "h⁽ᵗ⁻³⁾")]
    for k, step in enumerate(STEPS):
        nodes += [(x[k], y[part], part + step) for part in "xeh"]
        forward.append((x[k], y["x"] - 16, x[k], y["e"] + 18, "L"))
        forward.append((x[k], y["e"] - 16, x[k], y["h"] + 18, "I"))
        back.append((x[k] + 16, y["h"] + 18, x[k] + 16, y["e"] - 16, ""))
        if k:
            forward.append((x[k - 1] + 30, y["h"], x[k] - 30, y["h"], "H"))
            back.append((x[k] - 30, y["h"] + 14, x[k - 1] + 30, y["h"] + 14, "δ" + STEPS[k - 1]))
    nodes += [(x[2], y["θ"], "θ⁽ᵗ⁾"), (x[2], y["J"], "J⁽ᵗ⁾")]
    forward += [(x[2], y["h"] - 16, x[2], y["θ"] + 18, "U")]
    forward += [(x[2], y["θ"] - 16, x[2], y["J"] + 18, "")]
    back += [(x[2] + 16, y["J"] + 18, x[2] + 16, y["θ"] - 16, "δ₁")]
    back += [(x[2] + 16, y["θ"] + 18, x[2] + 16, y["h"] - 16, "δ⁽ᵗ⁾")]
    parts = [_arrow(*arrow, tip="tip") for arrow in forward]
    parts.append(f'<g fill="{RED}" stroke="{RED}" stroke-dasharray="5 3">')
    parts += [_arrow(*arrow, tip="tip-back", back=True) for arrow in back]
    parts.append("</g>")
    parts += [_text(left, top + 5, word, "font-weight:600") for left, top, word in nodes]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" viewBox="0 0 530 330" font-size="17">'
        f"<defs>{_tip('tip', '#000000')}{_tip('tip-back', RED)}</defs>"
        f'<g fill="#000000" stroke="#000000">{"".join(parts)}</g></svg>'
    )


def _tip(name: str, colour: str) -> str:
    shape = f'<path d="M0 0 8 4 0 8z" fill="{colour}" stroke="none"/>'
    size = 'viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"'
    return f'<marker id="{name}" {size} orient="auto">{shape}</marker>'


def _arrow(x1: int, y1: int, x2: int, y2: int, word: str, tip: str, back: bool = False) -> str:
    line = f'<path d="M{x1} {y1}L{x2} {y2}" fill="none" marker-end="url(#{tip})"/>'
    if x1 == x2:  # what leads down has its word on its right, what leads up on its left
        return line + _text(x1 + (24 if back else -13), (y1 + y2) // 2 + 5, word)
    return line + _text((x1 + x2) // 2, y1 + (18 if back else -6), word)


def _text(x: int, y: int, word: str, style: str = "") -> str:
    look = 'stroke="none" text-anchor="middle" ' + (f'style="{style}"' if style else "")
    return f'<text x="{x}" y="{y}" {look}>{word}</text>' if word else ""


# --- vanishing gradients -------------------------------------------------------------------------

SIZE = (4.8, 3.0)  # inches: words are large enough on a phone
SCALES = (1, 4, 8)
BACK = 20


def lengths(c: float) -> list[float]:
    """The length of δ after each step back, relative to the first; H is c times a rotation."""
    d, Dh, V = 8, 32, 20
    rng = torch.Generator().manual_seed(0)
    shapes = {"L": (V, d), "H": (Dh, Dh), "I": (d, Dh), "b1": (Dh,), "U": (Dh, V), "b2": (V,)}
    params: dict[str, Tensor] = {
        name: 0.5 * torch.randn(shape, generator=rng, dtype=torch.float64)
        for name, shape in shapes.items()
    }
    params["H"] = c * torch.linalg.qr(params["H"])[0]
    params["b1"] = -0.5 * params["H"].sum(0)  # h is about ½, where the sigmoid is steepest
    xs = torch.randint(V, (BACK + 1,), generator=rng).tolist()
    h = [torch.full((Dh,), 0.5, dtype=torch.float64)]
    for x in xs:
        h.append(forward_step(params, h[-1], x)[0])
    yhat = prediction(params, h[-1])
    delta = (yhat - one_hot(0, yhat)) @ params["U"].T
    found = [float(delta.norm())]
    for t in range(BACK + 1, 1, -1):
        delta = backward_step(params, delta, h[t], h[t - 1], xs[t - 1])["h_prev"]
        found.append(float(delta.norm()))
    return [length / found[0] for length in found]


def vanishing() -> Figure:
    """How δ shrinks or grows on its way back."""
    figure = Figure(figsize=SIZE)
    axes = figure.subplots()
    for c, colour in zip(SCALES, (BLUE, GREEN, RED), strict=True):
        axes.semilogy(lengths(c), "o-", color=colour, markersize=3, label=f"c = {c}")
    axes.semilogy([0.25**k for k in range(BACK + 1)], ":", color=GREY, label="(1/4)ᵏ")
    axes.set_xlabel("steps back, k")
    axes.set_ylabel("length of δ, relative")
    axes.set_xticks(range(0, BACK + 1, 5))
    axes.set_ylim(1e-13, 1e3)
    axes.legend(ncols=2)
    return figure
