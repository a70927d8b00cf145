"""What is wrong with data, for whoever brought it."""

from __future__ import annotations


class DataError(Exception):
    """Data cannot be had or used: one sentence says what, where and what to do."""
