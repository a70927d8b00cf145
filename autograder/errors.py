"""The three ways in which grading goes wrong, kept apart: the caller's, the student's, ours."""

from __future__ import annotations


class CannotGrade(Exception):
    """Nothing can be graded: one sentence says what, where and what to do."""


class Failure(AssertionError):
    """The student's code broke a rule of the contract; the text is written for the student."""


class StudentLost(Failure):
    """The student's process is gone (it ended, hung or broke the protocol): no more calls."""


class GraderFault(Exception):
    """The grader itself failed: staff are told, and no student loses a point for it."""
