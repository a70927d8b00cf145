r"""The equations of the pages: none is believed, each is evaluated as it stands there.

Gradients are compared with automatic differentiation, forward equations with the solutions that
cite them; and every label that the code cites is in a page. tests/equations says how to register
an equation.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import torch

from docs.building.citations import Equation, citations, equations, equations_of
from tests.equations import Checker, Maker, numbers, registered
from tests.tex import Case, TexError, Value, check, mutants, tokens

IN_CODE: dict[str, Maker] = registered("EQUATIONS")
STEPS: dict[str, Maker] = registered("STEPS")
ELSEWHERE: dict[str, Checker] = registered("ELSEWHERE")
MAKERS = {**IN_CODE, **STEPS}
ALL = equations()
LABELLED = {equation.label: equation for equation in ALL if equation.label}
CITED = sorted({citation.label for citation in citations()})


def rng(seed: int) -> torch.Generator:
    """A generator."""
    return torch.Generator().manual_seed(seed)


# --- labels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", CITED)
def test_cited_equations_are_in_the_pages_and_checked(label: str) -> None:
    """What a comment of the code names is one equation of a page, and checked here."""
    assert [e.label for e in ALL].count(label) == 1, f"{label} is not in one page"
    known = label in IN_CODE or label in ELSEWHERE
    assert known, f"{label} is cited by code, and not in EQUATIONS of tests/equations"


NAMES = {
    "delta1": r"\\delta\}?_1", "delta2": r"\\delta_2", "s": r"\\partial v\^",
    "delta": r"\\partial h\^",
    "U": r"\\partial (\\tilde\{)?U", "b2": r"\\partial (\\tilde\{)?b\}?_2",
    "H": r"\\partial H", "I": r"\\partial I", "b1": r"\\partial b_1", "L": r"\\partial L\}",
    "L_x": r"\\partial L_\{x", "h": r"\\partial h\}", "h_prev": r"\\partial h\^\{\(t-[12]\)\}",
}  # fmt: skip
"""What the code calls a gradient, and what its equation has on the left."""


def test_gradients_are_cited_where_they_are_computed() -> None:
    """`"U": ...  # eq-rnn-grad-U` cites an equation of the gradient by U, not of another one."""
    named = 0
    for citation in citations():
        line = citation.file.read_text(encoding="utf-8").splitlines()[citation.line - 1]
        name = re.match(r'\s*(?:"(\w+)": |(\w+) ?= ?)', line)
        equation = LABELLED.get(citation.label)
        if name and equation and equation.is_gradient:
            named += 1
            left, where = equation.tex.rpartition("=")[0], f"{citation.file.name}:{citation.line}"
            assert re.search(NAMES[name[1] or name[2]], left), f"{where} cites {citation.label}"
    assert named > 20


def test_registered_equations_are_in_the_pages() -> None:
    """No check is left over from an equation that is gone, and what code computes is cited."""
    assert sorted((MAKERS.keys() | ELSEWHERE.keys()) - LABELLED.keys()) == []
    assert sorted((IN_CODE.keys() | ELSEWHERE.keys()) - set(CITED)) == [], (
        "in EQUATIONS, but no code cites it"
    )
    assert sorted(STEPS.keys() & set(CITED)) == [], "in STEPS, but code cites it"
    assert not IN_CODE.keys() & STEPS.keys()


@pytest.mark.parametrize(
    "equation",
    [e for e in ALL if e.is_gradient],
    ids=lambda e: e.label or f"{e.page.stem}-{e.line}",
)
def test_no_gradient_is_unchecked(equation: Equation) -> None:
    """Every equation of a gradient is evaluated."""
    where = f"{equation.page.name}:{equation.line}"
    assert equation.label in MAKERS, f"{where}: {equation.label} is not in tests/equations"


@pytest.mark.parametrize("equation", ALL, ids=lambda e: e.label or f"{e.page.stem}-{e.line}")
def test_no_equation_is_unchecked(equation: Equation) -> None:
    """Every equation has a label and is checked, in one way or the other."""
    where = f"{equation.page.name}:{equation.line}"
    assert equation.label, f"{where}: an equation without a label"
    known = equation.label in MAKERS or equation.label in ELSEWHERE
    assert known, f"{where}: {equation.label} is not in tests/equations"


def test_labels_are_unique() -> None:
    """No two equations have one label, nor two that differ in case, which HTML cannot tell."""
    counts = Counter(equation.label.lower() for equation in ALL if equation.label)
    assert [label for label, count in counts.items() if count > 1] == []


# --- what they say -------------------------------------------------------------------------------

CHECKED = sorted(MAKERS.keys() & LABELLED.keys())


@pytest.mark.parametrize("label", CHECKED)
def test_equation_holds(label: str) -> None:
    """As it stands in the page, for random numbers."""
    for seed in range(3):
        check(label, LABELLED[label].tex, MAKERS[label](rng(seed)))


@pytest.mark.parametrize("label", CHECKED)
def test_equation_with_a_mistake_does_not(label: str) -> None:
    """A sign, a transpose, an elementwise product or a step: each is noticed when it is wrong."""
    case = MAKERS[label](rng(7))
    unnoticed = [what for what, tex in mutants(LABELLED[label].tex) if holds(label, tex, case)]
    assert unnoticed == [], f"{label} still holds with these mistakes"


@pytest.mark.parametrize("label", sorted(ELSEWHERE.keys() & LABELLED.keys()))
def test_equation_of_another_language(label: str) -> None:
    """It holds as it stands in the page, and with one letter or number mistaken it does not."""
    tex = LABELLED[label].tex
    ELSEWHERE[label](tex)
    right = re.search(r"=|\\rightarrow", tex)
    assert right, f"{label} says nothing of anything"
    commands = [place for found in re.finditer(r"\\[a-z]+", tex) for place in range(*found.span())]
    places = [i for i, c in enumerate(tex) if c.isalnum() and i not in commands]
    for place in [place for place in places if place >= right.end()]:
        for other in {tex[i] for i in places} - {tex[place]}:
            mistaken = tex[:place] + other + tex[place + 1 :]
            with pytest.raises(TexError):
                ELSEWHERE[label](mistaken)


def holds(label: str, tex: str, case: Case) -> bool:
    """Whether an equation can be evaluated and is right."""
    try:
        check(label, tex, case)
    except TexError:
        return False
    return True


# --- the checker itself --------------------------------------------------------------------------

GRADIENT = (
    r"\frac{\partial J}{\partial H} = {h^{(t-1)}}^{\top} \left( \delta \circ (1 - h^{(t)}) \right)"
)


def case() -> Case:
    """Numbers for the equation above, its value worked out by torch."""
    g = rng(0)
    symbols = {name: numbers(g, 1, 3) for name in ("h^{(t-1)}", "h^{(t)}", r"\delta")}
    delta, before, h = symbols[r"\delta"], symbols["h^{(t-1)}"], symbols["h^{(t)}"]
    return Case({r"\frac{\partial J}{\partial H}": before.T @ (delta * (1 - h))}, symbols)


def test_a_right_equation_holds() -> None:
    """However it is written: braces, spaces, order of scripts, a chain, a point at the end."""
    check("eq-x", GRADIENT, case())
    check("eq-x", GRADIENT.replace("{h^{(t-1)}}^{\\top}", r"h^{(t-1)\top}") + " .", case())
    check("eq-x", GRADIENT.replace("= ", "= -(-1) "), case())
    check("eq-x", r"\begin{aligned}" + GRADIENT.replace("=", "&=") + r"\end{aligned}", case())
    left, right = GRADIENT.split("=")
    check(
        "eq-x",
        rf"\begin{{aligned}}{left}&={right}\\&=\frac{{2}}{{2}}{right}\end{{aligned}}",
        case(),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1 - h", "1 + h", r"eq-x: this differs from \\frac.* by up to"),
        ("= {h", "= -{h", "differs"),
        (r"}}^{\top}", "}}", "have no product"),
        (r"\circ", "", "have no product"),
        (r"\circ", "+", "differs"),
        ("h^{(t)}", "h^{(t-1)}", "differs"),
        ("h^{(t-1)}", "h^{(t)}", "differs"),
        ("h^{(t)}", "h^{(t+1)}", r"eq-x: unknown symbol, in line 1 at `h\^\{\(t\+1\)\}"),
        ("h^{(t)}", "h", "unknown symbol"),
        (r"\delta \circ", r"\delta_2 \circ", "unknown symbol"),
        (r"\delta \circ", r"\delta' \circ", "unknown symbol"),
        (r"\delta \circ", r"\operatorname{tr}(\delta) \circ", "unknown symbol"),
        (r"\right)", r"\right) + ", "something is missing"),
        (r"\right)", r"\right) 2)", "cannot stand here"),
        (r"\partial H", r"\partial I", "no value is registered"),
        (r" \left(", r"", "a product beside .* needs parentheses"),
        ("= {h", "= 2^15 {h", "write braces"),
        ("(1 - h^{(t)})", r"\sum_k h^{(t)}", "what k runs through is not known"),
    ],
)  # fmt: skip
def test_a_wrong_equation_does_not(old: str, new: str, message: str) -> None:
    """The message names the equation, the place, and what is wrong there."""
    assert old in GRADIENT
    tex = GRADIENT.replace(old, new, 1)
    tex = tex.replace(r"\right)", "") if r"\left(" not in tex else tex
    with pytest.raises(TexError, match=message):
        check("eq-x", tex, case())


def test_a_wrong_side_of_a_chain_is_found() -> None:
    """Not only the last one, and a missing one."""
    right = GRADIENT.split("=")[1]
    for chain in (f"= -{right}={right}", f"={right}=-{right}", f"={right}="):
        with pytest.raises(TexError):
            check("eq-x", GRADIENT.split("=")[0] + chain, case())


def test_mutants() -> None:
    """Each sign, transpose, elementwise product and step of the right side has its mistakes."""
    kinds = [what.split(" at ")[0] for what, _ in mutants(GRADIENT)]
    assert sorted(kinds) == ["(t)", "(t-1)", "\\circ", "\\circ", "`-`", "transpose"]


def test_sums_entries_and_functions() -> None:
    """Against the same in torch; indices count from 1."""
    g = rng(1)
    x, y, W = numbers(g, 1, 4), numbers(g, 1, 4).abs(), numbers(g, 4, 3)
    four = range(1, 5)
    symbols: dict[str, Value] = {
        "x": x,
        r"\hat{y}": y,
        "W": W,
        "n": 4.0,
        "k": 2.0,
        r"x^{(j)}": lambda i: x[0, i["j"] - 1],
    }
    p = torch.softmax(x, -1)[0]

    def holds(tex: str, value: torch.Tensor) -> None:
        check("eq-x", f"A = {tex}", Case({"A": value}, symbols, {"i": four, "j": four, "m": 2}))

    holds(r"\sum_i x_i \log \hat{y}_i", (x * y.log()).sum())
    holds(r"\sum_{i=1}^{n} x_{i}", x.sum())
    holds(r"\sum_{i=2}^{3} x^{2}_i + 1", (x[0, 1:3] ** 2).sum() + 1)
    holds(r"\left( \prod_{i=1}^{n} \hat{y}_i \right)^{1/n}", y.log().mean().exp())
    holds(r"\sum_{i=1}^{4} \sum_{j \ne i} x_i \hat{y}_j", x.sum() * y.sum() - (x * y).sum())
    holds(r"\max_j x_j", x.max())
    holds(r"\max(x, \hat{y})", torch.maximum(x, y))
    holds(r"\log \sum_{j} e^{x_j}", torch.logsumexp(x, 1)[0])
    holds(r"\sum_j x^{(j)}", x.sum())
    holds(r"W_{4 m} / 2", W[3, 1] / 2)
    holds(r"W_{m}", W[1:2])
    holds(r"\operatorname{diag}(x) W", x.T * W)
    holds(r"\frac{x}{\sqrt{\hat{y}}} + \sigma(\exp(x))", x / y.sqrt() + x.exp().sigmoid())
    holds(r"x W W^\top", x @ W @ W.T)
    holds(r"\operatorname{softmax}(x)_m", p[1])
    with pytest.raises(TexError, match="no entry"):
        holds(r"\sum_{i=4}^{5} x_i", x[0, 0])
    check(
        "eq-x", r"p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}",
        Case({"p_i": lambda i: p[i["i"] - 1]}, symbols, {"j": four}, {"i": four}),
    )  # fmt: skip
    check("eq-x", r"x \leftarrow x + 2 \hat{y}", Case({"x": x + 2 * y}, symbols))
    check("eq-x", r"a &= x \\ b &= 2 x \\ &= x + x", Case({"a": x, "b": 2 * x}, symbols))
    with pytest.raises(TexError, match="b is registered, but on no left side"):
        check("eq-x", r"a &= x", Case({"a": x, "b": 2 * x}, symbols))


def test_tokens_have_one_form() -> None:
    """What looks alike is alike."""
    assert tokens(r"h_{i}^{(t)}") == tokens(r"h^{(t)}_i")
    assert tokens(r"\left(\hat y\right)") == tokens(r"( \hat{y} )")
    assert tokens(r"\delta_2^{\top}") == tokens(r"\delta^{\top}_2")
    assert tokens(r"h^{(t-1)}") != tokens(r"h^{t-1}")


def test_equations_are_found_in_markdown(tmp_path: Path) -> None:
    """With labels and lines; what stands in code is none."""
    page = tmp_path / "page.md"
    page.write_text(
        "# T\n\n$$\na = b\n$$ (eq-a)\n\n```tex\n$$\nc\n$$\n```\n$$ \\partial a = 1 $$\n"
    )
    first, second = equations_of(page)
    assert (first.label, first.tex, first.line, first.is_gradient) == ("eq-a", "a = b", 3, False)
    assert (second.label, second.line, second.is_gradient) == ("", 12, True)


def test_citations_know_their_function() -> None:
    """The innermost function or method that is documented."""
    places = {(c.label, c.place) for c in citations()}
    assert ("eq-rnn-delta1", "solutions.rnn.step_gradients") in places
    assert ("eq-rnn-perplexity", "solutions.rnn.perplexity") in places
