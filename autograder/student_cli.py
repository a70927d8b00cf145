"""The commands for students: they run on every system, with nothing but what a handout requires."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from autograder.errors import CannotGrade, GraderFault

CANNOT_GRADE = 2


class Parts(click.ParamType[tuple[str, ...]]):
    """One part or several, as in `2c` or `2c,2d`."""

    name = "part"

    def convert(
        self, value: str, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[str, ...]:
        """The parts that a text names."""
        if isinstance(value, tuple):
            return value
        parts = tuple(part.strip() for part in value.split(",") if part.strip())
        return parts or self.fail("name at least one part, such as 2c", param, context)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check your work before you submit it, and pack it."""


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--part", "parts", type=Parts(), multiple=True, help="Check only that part, e.g. 2c.")
@click.option("--watch", "watching", is_flag=True, help="Check again whenever a file is saved.")
def check(path: Path, parts: tuple[tuple[str, ...], ...], watching: bool) -> None:
    """Run the public checks on PATH, the folder of your work (the current one by default).

    Your code runs on your machine without confinement, and what comes of it is not for grades:
    more checks run when you submit. Exits with 0 when every public check passed, with 1 when one
    did not, and with 2 when they cannot be run.
    """
    from autograder.confinement.launch import launch

    with exit_codes("nothing was checked"):
        process = launch()  # it imports torch while we do the same
        from rich.console import Console

        from autograder.checking import check, watch
        from autograder.confinement.plain import PlainSession
        from autograder.report import Outcome

        console = Console()
        chosen = tuple(part for group in parts for part in group)
        with PlainSession(process) as session:
            if watching:
                try:
                    watch(path, lambda: check(path, chosen, session, console), console)
                except KeyboardInterrupt:
                    console.print("\nStopped.")
                return
            report = check(path, chosen, session, console)
    if any(result.outcome is not Outcome.PASSED for result in report.results):
        raise SystemExit(1)


@main.command("submit-zip")
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default="submission.zip",
    show_default=True, help="The zip to write.",
)  # fmt: skip
def submit_zip(path: Path, out: Path) -> None:
    """Pack what is to be handed in of PATH, and say what is missing or not filled in."""
    with exit_codes("nothing was packed"):
        from autograder.packing import pack

        for line in pack(path, out):
            click.echo(line)


@contextmanager
def exit_codes(interrupted: str) -> Iterator[None]:
    """What kept us from it is one sentence on stderr, and status 2."""
    try:
        yield
    except CannotGrade as error:
        sys.stderr.write(f"arcgrade: {error}\n")
        raise SystemExit(CANNOT_GRADE) from None
    except GraderFault as error:
        sys.stderr.write(
            f"arcgrade: the grader failed, not the submission, and nothing was graded: {error}\n"
        )
        raise SystemExit(CANNOT_GRADE) from None
    except KeyboardInterrupt:
        sys.stderr.write(f"arcgrade: interrupted; {interrupted}.\n")
        raise SystemExit(130) from None
