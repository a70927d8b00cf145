"""Checks that try out what can become of a check; graded in `tests/test_running.py`."""
