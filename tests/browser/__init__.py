"""Tests of the site in a real browser; `nox -s browser` runs them."""
