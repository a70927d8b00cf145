"""What builds the site: formulas, figures, editions, and the command that makes all of it."""

from pathlib import Path

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent
BUILT = DOCS / "_build"
