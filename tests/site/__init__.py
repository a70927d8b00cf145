"""Tests of the documentation site as it was built; `nox -s docs` runs them."""
