"""The step-through parser as a reader uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from docs.building import BUILT
from docs.building.transitions import trace

WORDS = ["The", "shy", "gardener", "repaired", "this", "wooden", "pedal"]
HEADS = [3, 3, 4, 0, 7, 7, 4]


@pytest.fixture(scope="session")
def student_site() -> Path:
    """The edition for students."""
    return BUILT / "student"


@pytest.fixture
def errors(page: Page) -> Iterator[None]:
    """No script of the page fails, and nothing is asked of the network."""
    seen: list[str] = []
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda asked: seen.append(asked.url) if "file:" not in asked.url else None)
    yield
    assert not [what for what in seen if not what.startswith("data:")]


@pytest.fixture
def parser(page: Page, site: Path, errors: None) -> Locator:
    """The first parser of its page, in the complete edition."""
    return opened(page, site)


def opened(page: Page, folder: Path, name: str = "stepper.html", lang: str = "en") -> Locator:
    page.emulate_media(reduced_motion="no-preference")
    page.goto((folder / name).as_uri())
    found = page.locator("arc-standard").first
    expect(found.get_by_role("status")).not_to_be_empty()
    return found


def press(parser: Locator, *names: str) -> None:
    for name in names:
        parser.get_by_role("button", name=name).click()


def says(parser: Locator, *texts: str) -> None:
    for text in texts:
        expect(parser.get_by_role("status")).to_contain_text(text)


def items(parser: Locator, name: str) -> list[str]:
    return parser.get_by_role("list", name=name).get_by_role("listitem").all_inner_texts()


def arcs(parser: Locator) -> str:
    return parser.locator("svg > title").text_content() or ""


def own(parser: Locator, words: str, heads: str) -> None:
    if not parser.locator("form").is_visible():
        parser.get_by_text("A sentence of your own").click()
    parser.get_by_label("Words").fill(words)
    parser.get_by_label("Heads").fill(heads)
    press(parser, "Use this sentence")


def test_buttons(parser: Locator) -> None:
    """SHIFT, LEFT-ARC and RIGHT-ARC move words, draw arcs, and are told."""
    says(parser, "7 words: 14 steps")
    press(parser, "SHIFT", "SHIFT")
    assert items(parser, "Stack") == ["ROOT", "The", "shy"]
    assert items(parser, "Buffer") == WORDS[2:]
    press(parser, "SHIFT", "LEFT-ARC")
    says(parser, "LEFT-ARC: shy becomes a dependent of gardener and leaves the stack.")
    assert items(parser, "Stack") == ["ROOT", "The", "gardener"]
    assert arcs(parser).endswith("gardener → shy.")
    expect(parser.locator("svg .arc")).to_have_count(1)
    press(parser, "RIGHT-ARC")
    says(parser, "not in the tree", "can no longer be reached")
    assert "The → gardener (not in the tree)" in arcs(parser)


def test_undo_and_restart(parser: Locator) -> None:
    """Undo takes back one step after the other, Begin again all."""
    press(parser, "Undo")
    says(parser, "nothing to undo")
    press(parser, "SHIFT", "SHIFT", "Undo")
    says(parser, "SHIFT is undone")
    assert items(parser, "Stack") == ["ROOT", "The"]
    press(parser, "SHIFT", "SHIFT", "LEFT-ARC", "Begin again")
    assert items(parser, "Stack") == ["ROOT"]
    assert items(parser, "Buffer") == WORDS
    expect(parser.locator("svg .arc")).to_have_count(0)


def test_illegal_moves_are_explained(parser: Locator) -> None:
    """What is needed, and what is legal; the state stays."""
    press(parser, "RIGHT-ARC")
    says(parser, "two items on the stack, and only ROOT is there", "Legal here: SHIFT.")
    press(parser, "SHIFT", "LEFT-ARC")
    says(parser, "two words above ROOT, and only The is there", "Legal here: SHIFT, RIGHT-ARC.")
    assert items(parser, "Stack") == ["ROOT", "The"]
    press(parser, *["SHIFT"] * 7)
    says(parser, "the buffer is empty", "Legal here: LEFT-ARC, RIGHT-ARC.")
    assert items(parser, "Buffer") == ["empty"]


def test_keyboard(parser: Locator, page: Page) -> None:
    """The keys on the buttons do as the buttons, and only within the parser."""
    page.keyboard.press("s")
    assert items(parser, "Stack") == ["ROOT"]
    parser.get_by_role("button", name="SHIFT").focus()
    for key in "sSsl":
        page.keyboard.press(key)
    assert items(parser, "Stack") == ["ROOT", "The", "gardener"]
    page.keyboard.press("r")
    page.keyboard.press("u")
    page.keyboard.press("o")
    says(parser, "LEFT-ARC: The becomes a dependent of gardener")
    page.keyboard.press("Control+s")
    assert items(parser, "Stack") == ["ROOT", "gardener"]
    page.keyboard.press("b")
    assert items(parser, "Stack") == ["ROOT"]
    parser.get_by_text("A sentence of your own").click()
    parser.get_by_label("Words").press_sequentially(" slurs")
    assert items(parser, "Stack") == ["ROOT"]
    # The second parser of the page is another one.
    assert page.locator("arc-standard").nth(1).locator("li").first.inner_text() == "ROOT"


def test_oracle_step_by_step(parser: Locator) -> None:
    """The table of the steps ends as the one that the reference solution wrote."""
    parser.get_by_text("The steps so far").click()
    for _ in range(14):
        press(parser, "One step of the oracle")
    says(parser, "The parse is finished. All arcs are those of the tree.")
    rows = parser.locator("tbody tr").all()
    cells = [tuple(row.locator("td").all_inner_texts()) for row in rows]
    expected = [(str(i), *row.cells()) for i, row in enumerate(trace(WORDS, HEADS))]
    assert cells == expected
    press(parser, "One step of the oracle")
    says(parser, "The parse is finished.")


def test_playing(parser: Locator, page: Page) -> None:
    """Play goes on by itself to the end; Pause stops it, and so does a move."""
    page.clock.install()
    press(parser, "Play the oracle")
    page.clock.run_for(2100)
    assert items(parser, "Stack") == ["ROOT", "The", "shy", "gardener"]
    press(parser, "Pause")
    page.clock.run_for(5000)
    assert items(parser, "Stack") == ["ROOT", "The", "shy", "gardener"]
    press(parser, "Play the oracle")
    page.clock.run_for(20_000)
    says(parser, "All arcs are those of the tree.")
    expect(parser.get_by_role("button", name="Play the oracle")).to_be_visible()


def test_playing_without_motion(parser: Locator, page: Page) -> None:
    """Who asks for no motion sees the end at once."""
    page.emulate_media(reduced_motion="reduce")
    press(parser, "Play the oracle")
    says(parser, "All arcs are those of the tree.")


def test_lost(parser: Locator) -> None:
    """Where no way leads to the tree the oracle says so, and undo finds back."""
    press(parser, *["SHIFT"] * 4)
    says(parser, "can no longer be reached")
    press(parser, "One step of the oracle")
    says(parser, "can no longer be reached")
    press(parser, "Undo", "One step of the oracle")
    says(parser, "LEFT-ARC: shy")


def test_own_sentence(parser: Locator) -> None:
    """Words and heads of one's own, words that repeat among them."""
    own(parser, "that that is is", "2 3 4 0")
    says(parser, "A sentence of 4 words: 8 steps to go.")
    for _ in range(8):
        press(parser, "One step of the oracle")
    says(parser, "All arcs are those of the tree.")
    assert "is → is, ROOT → is." in arcs(parser)
    own(parser, "<b>no</b> heads", "")
    press(parser, "SHIFT")
    assert items(parser, "Stack") == ["ROOT", "<b>no</b>"]
    press(parser, "One step of the oracle")
    says(parser, "no oracle")
    press(parser, "SHIFT", "RIGHT-ARC", "RIGHT-ARC")
    says(parser, "The parse is finished.")


@pytest.mark.parametrize(
    ("words", "heads", "problem"),
    [
        ("", "", "a word or more"),
        ("w " * 31, "", "At most 30"),
        ("a b c", "2 0", "3 words and 2 heads"),
        ("a b c", "2 0 4", "The head of 3 c has to be a number from 0 to 3"),
        ("a b c", "2 0 x", "The head of 3 c"),
        ("a b c", "2 0 1.5", "The head of 3 c"),
        ("a b c", "0 0 2", "there are these: 1 a, 2 b"),
        ("a b c", "2 1 0", "in a circle"),
        ("a b", "1 0", "in a circle and never come to ROOT: 1 a"),
    ],
)
def test_bad_heads(parser: Locator, words: str, heads: str, problem: str) -> None:
    """They are explained, and the sentence before stays."""
    own(parser, words, heads)
    expect(parser.get_by_role("alert")).to_contain_text(problem)
    assert items(parser, "Buffer") == WORDS
    own(parser, "a b", "2 0")
    expect(parser.get_by_role("alert")).to_be_empty()
    assert items(parser, "Buffer") == ["a", "b"]


def test_crossing_arcs(parser: Locator) -> None:
    """A tree that is not projective can be tried, and the oracle says why there is no way."""
    own(parser, "A parcel came yesterday from Norway", "2 3 0 3 6 2")
    says(parser, "ROOT → came and parcel → Norway cross", "not projective")
    press(parser, "SHIFT", "One step of the oracle")
    says(parser, "not projective")
    assert items(parser, "Stack") == ["ROOT", "A"]


def test_students_question(page: Page, student_site: Path, errors: None) -> None:
    """In the edition for students no oracle solves 2a, and nothing is said of right or wrong."""
    parser = opened(page, student_site)
    press(parser, "One step of the oracle")
    says(parser, "SHIFT: The")
    for words in ("I parsed this sentence correctly", "i parsed, this sentence correctly ."):
        heads = "2 0 4 2 2" if "." not in words else "2 0 4 2 2 2"
        own(parser, words, heads)
        for name in ("One step of the oracle", "Play the oracle"):
            press(parser, name)
            says(parser, "a question of the assignment: step through it yourself")
            assert items(parser, "Stack") == ["ROOT"]
        press(parser, "SHIFT", "RIGHT-ARC")
        expect(parser.get_by_role("status")).to_have_text(
            "RIGHT-ARC: " + words.split()[0] + " becomes a dependent of ROOT and leaves the stack."
        )
    own(parser, "I parsed this sentence", "2 0 4 2")
    press(parser, "One step of the oracle")
    says(parser, "SHIFT: I")


def test_complete_edition_solves_the_question(page: Page, site: Path, errors: None) -> None:
    """On the page of the transition system the sentence is that of 2a, and it can be played."""
    parser = opened(page, site, "derivations/transitions.html")
    for _ in range(10):
        press(parser, "One step of the oracle")
    says(parser, "All arcs are those of the tree.")


def test_chinese(page: Page, site: Path, errors: None) -> None:
    """In the Chinese edition the parser speaks Chinese."""
    parser = opened(page, site / "zh_CN", "derivations/transitions.html")
    says(parser, "句子共 5 个词")
    press(parser, "LEFT-ARC")
    says(parser, "栈中只有 ROOT", "此处可用：SHIFT。")
    for _ in range(10):
        press(parser, "按标准答案走一步")
    says(parser, "所有的弧都与树一致")
    assert "parsed → I" in arcs(parser)


@pytest.mark.parametrize("edition", ["html", "student"])
def test_without_script(browser: Browser, edition: str) -> None:
    """Without JavaScript the table of all steps is there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((BUILT / edition / "stepper.html").as_uri())
    rows = page.locator("arc-standard").first.locator("tbody tr")
    expect(rows).to_have_count(15)
    expect(rows.last).to_contain_text("ROOT → repaired")
    expect(page.locator("arc-standard button")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone(page: Page, site: Path, errors: None, scheme: str) -> None:
    """On a narrow screen the picture scrolls in its box, by keyboard too, and the page does not."""
    page.set_viewport_size({"width": 420, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    parser = opened(page, site)
    box = parser.locator(".arc-picture")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    expect(box).to_have_attribute("tabindex", "0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert box.locator("text").first.evaluate("text => text.getBoundingClientRect().height") > 14
