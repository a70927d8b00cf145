"""Runs the checks on one submission: pytest does, in this process, with our plugin.

Student code never runs here; see `autograder.confinement`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest

from autograder.confinement.student import Workers
from autograder.errors import GraderFault
from autograder.report import Outcome, Report, Result
from autograder.running import OnUpdate, Order, Plugin
from autograder.submission import Submission

CHECKS = "autograder.hidden"
PUBLIC = "autograder.public"

hypothesis.settings.register_profile(
    "arcgrade",
    max_examples=20,
    database=None,  # nothing is carried from one submission to the next
    deadline=None,  # time is kept elsewhere, and a slow machine is no failure
    suppress_health_check=list(hypothesis.HealthCheck),  # they depend on the clock
    report_multiple_bugs=False,
    print_blob=False,
    verbosity=hypothesis.Verbosity.quiet,
    phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
)


def draw_seed(secret: bytes, submission: Submission) -> int:
    """The same for the same submission, another for another, and not to be guessed."""
    text = b"arcgrade seed\0" + secret + b"\0" + submission.digest.encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:6], "big")


def grade(order: Order, session: Workers, on_update: OnUpdate | None = None) -> Report:
    """Run the graded checks, with known mistakes named; otherwise as `run`."""
    from autograder.diagnosis import diagnose  # what students are given has none

    return run(CHECKS, replace(order, diagnose=diagnose), session, on_update)


def run(checks: str, order: Order, session: Workers, on_update: OnUpdate | None = None) -> Report:
    """Run the checks of a package; `on_update` sees the report at the start and after every check.

    Raises:
        CannotGrade: a part was asked for that has no checks.
        GraderFault: the checks could not be collected or run.
    """
    plugin = Plugin(order, session, on_update or _ignore)
    arguments = [
        "--pyargs", checks,
        "-c", os.devnull,  # no configuration but this
        "--rootdir", str(Path(__file__).parent),
        "-o", "python_files=part_*.py",
        "--assert", "plain",  # a rewritten assert would show expected values
        "--capture", "no",
        "-p", "no:cacheprovider",
        "-p", "no:terminal",
        "-p", "no:warnings",
        "-p", "no:unraisableexception",  # it collects garbage five times at the end
    ]  # fmt: skip
    with undisturbed():
        code = pytest.main(arguments, plugins=[plugin])
    if plugin.trouble:
        raise plugin.trouble
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    report = plugin.report
    if report is None or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise GraderFault(f"The checks could not be run: pytest ended with {code!r}.")
    for result in report.results:
        if result.outcome is Outcome.PENDING:
            raise GraderFault(f"Check {result.number} was not run.")
    return report


def _ignore(report: Report, result: Result | None) -> None:
    pass


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Neither the caller's environment nor its settings of Hypothesis change the checks."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    profile = hypothesis.settings.get_current_profile_name()
    hypothesis.settings.load_profile("arcgrade")
    try:
        yield
    finally:
        hypothesis.settings.load_profile(profile)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
