"""Every page of every edition, in a browser without network: complete, quiet, accessible."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from docs.building import BUILT

PAGES = sorted(
    path.relative_to(BUILT).as_posix()
    for edition in ("html", "student")
    for path in (BUILT / edition).rglob("*.html")
    if "_static" not in path.parts
)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
LOUD = ("error", "warning")
VIEWS: dict[str, Any] = {
    "wide, light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone, dark": {"viewport": {"width": 420, "height": 800}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module", params=VIEWS)
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """One browser for all pages, in one width and one colour scheme."""
    context = browser.new_context(**VIEWS[request.param])
    yield context
    context.close()


@pytest.fixture
def view(context: BrowserContext) -> Iterator[Page]:
    """A tab."""
    page = context.new_page()
    yield page
    page.close()


def test_there_are_pages() -> None:
    """Both editions and the Chinese pages have been built."""
    assert {"html/index.html", "html/zh_CN/index.html", "student/index.html"} <= set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_page(view: Page, path: str) -> None:
    """Nothing is fetched, nothing goes wrong, nothing is beyond the screen, and axe is content."""
    trouble: list[str] = []
    view.on("request", lambda r: trouble.extend([r.url] if r.url.startswith("http") else []))
    view.on("requestfailed", lambda request: trouble.append(request.url))
    view.on("console", lambda m: trouble.extend([m.text] if m.type in LOUD else []))
    view.on("pageerror", lambda error: trouble.append(str(error)))
    view.goto((BUILT / path).as_uri())
    assert view.locator(".katex-error, .problematic, .system-message").count() == 0
    wide = view.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} pixels are beyond the screen"
    assert trouble == []
    result = Axe().run(view, options=RULES)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("edition", ["html", "html/zh_CN", "student"])
def test_search_finds_a_page(view: Page, edition: str) -> None:
    """The search works from a folder, without a server."""
    view.goto((BUILT / edition / "search.html").as_uri() + "?q=softmax")
    view.locator("#search-results li a").first.wait_for()
