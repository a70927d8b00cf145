"""The documentation site: `nox -s docs` builds it."""
