"""The command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.container import PRELOAD
from autograder.errors import CannotGrade
from autograder.student_cli import CANNOT_GRADE, Parts, check, exit_codes, submit_zip
from data.errors import DataError

if TYPE_CHECKING:
    from autograder.confinement.nursery import Nursery

SECRET_VARIABLE = "ARCGRADE_SECRET"  # noqa: S105 - the name of the variable, not the secret


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(metadata.version("arcgrade"), prog_name="arcgrade")
def main() -> None:
    """Grade the deep-learning assignment: student code runs confined, the score is fair."""


@main.command()
@click.argument("submission", type=click.Path(path_type=Path))
@click.option(
    "--results", type=click.Path(path_type=Path, dir_okay=False),
    help="Write Gradescope's results.json there; it is valid at every moment.",
)  # fmt: skip
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False),
    help="Write a self-contained HTML report there.",
)  # fmt: skip
@click.option("--part", "parts", type=Parts(), multiple=True, help="Grade only that part, e.g. 2c.")
@click.option(
    "--course", type=click.Path(path_type=Path, dir_okay=False),
    help="The course's decisions, such as whose test sentences are predicted in 2h.",
)  # fmt: skip
@click.option(
    "--secret-file", type=click.Path(path_type=Path, dir_okay=False),
    help=f"The secret of the course, as `arcgrade bundle` keeps it.  [default: ${SECRET_VARIABLE}]",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, 2**48 - 1),
    help="Draw the hidden inputs from this seed, to repeat a run that a report names.",
)  # fmt: skip
def grade(
    submission: Path,
    results: Path | None,
    report: Path | None,
    parts: tuple[tuple[str, ...], ...],
    course: Path | None,
    secret_file: Path | None,
    seed: int | None,
) -> None:
    """Grade SUBMISSION, a folder or a zip.

    Exits with 0 when it was graded, whatever the score, and with 2 when it cannot be: then one
    sentence says why, and no results file is left that could be taken for a score.
    """
    with _exit_codes(), _nursery(PRELOAD) as nursery:
        # Imported while the nursery does the same, on another core.
        from autograder.single import Wishes, grade_submission

        chosen = tuple(part for group in parts for part in group)
        secret = os.environ.pop(SECRET_VARIABLE, "").strip().encode()
        if secret_file is not None:
            from autograder.bundle import read_secret

            secret = read_secret(secret_file)
        grade_submission(nursery, submission, Wishes(results, report, chosen, seed, secret, course))


@main.command()
@click.option(
    "--bundle", type=click.Path(path_type=Path, dir_okay=False),
    help="Look this zip over before it is uploaded, and grade with it what has a known score.",
)  # fmt: skip
def doctor(bundle: Path | None) -> None:
    """Show what this machine offers to confine student code, and what each attempt met.

    With --bundle, look over a zip that `arcgrade bundle` made. The status is 0 if all is as it
    should be, and 2 if something is not.
    """
    if bundle is not None:
        with _exit_codes():
            _inspect(bundle)
        return
    with _exit_codes(), _nursery() as nursery:
        from rich.console import Console

        from autograder.confinement.tiers import self_test
        from autograder.render.doctor import print_tier

        print_tier(self_test(nursery), nursery.prepared.hidden, Console())


def _inspect(bundle: Path) -> None:
    from rich.console import Console

    from autograder.inspection import inspect
    from autograder.render.inspection import print_finding, print_verdict

    console, findings = Console(), []
    for finding in inspect(bundle):
        print_finding(finding, console)
        findings.append(finding)
    print_verdict(findings, console)
    if any(finding.held is False for finding in findings):
        raise SystemExit(CANNOT_GRADE)


@main.command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="The zip to write.",
)  # fmt: skip
@click.option(
    "--course", type=click.Path(path_type=Path, dir_okay=False),
    help="The course's decisions: what students see and when, how often they may submit.",
)  # fmt: skip
@click.option(
    "--secret-file", type=click.Path(path_type=Path, dir_okay=False),
    help="The secret of the course. Without it, course.secret beside the course's file (or beside "
    "the zip) is used, and made if it is not there.",
)  # fmt: skip
def bundle(out: Path, course: Path | None, secret_file: Path | None) -> None:
    """Build the autograder zip for Gradescope."""
    with _exit_codes("nothing was written"):
        from autograder.bundle import build_bundle

        built = build_bundle(out, course, secret_file)
        click.echo(
            f"{out}: {built.size / 1e6:.2f} MB. It holds the solutions: keep it from others."
        )
        if built.new:
            click.echo(f"{built.secret} is new: it is the secret of the course.")
        else:
            click.echo(f"{built.secret} is the secret of the course.")
        click.echo(
            "Keep it, and keep it private: another one draws other hidden inputs, and scores may "
            f"change.\nBefore the upload: arcgrade doctor --bundle {out}"
        )


@main.command("run-gradescope", hidden=True)
@click.argument("root", type=click.Path(path_type=Path, file_okay=False))
@click.option("--after-crash", type=int, help="The status that a run ended with unexpectedly.")
def run_gradescope(root: Path, after_crash: int | None) -> None:
    """Grade what Gradescope put below ROOT; `run_autograder` of a bundle calls this."""
    from autograder import container

    if after_crash is not None:
        container.after_crash(root, after_crash)
    else:
        # A fault was said and stands in the results already: the status is for real crashes.
        container.run(root)


@main.group()
def data() -> None:
    """Treebanks: which there are, and how to get them."""


@data.command("list")
def list_treebanks() -> None:
    """Show the treebanks: name, size, licence, and where each is."""
    with _exit_codes():
        from autograder.render.treebanks import listing
        from data.treebanks import listed

        click.echo(listing(listed()), nl=False)


@data.command()
@click.argument("name")
@click.option(
    "--url", envvar="ARCGRADE_TREEBANK_URL", show_envvar=True,
    help="The address of the folder that holds the files: a mirror, or one that is not registered.",
)  # fmt: skip
@click.option(
    "--code",
    help="What the files' names start with, where NAME is not registered: fr_gsd-ud-train.conllu "
    "and so on have the code fr_gsd.",
)
def fetch(name: str, url: str | None, code: str | None) -> None:
    """Download the treebank NAME, or what is missing of it.

    Treebanks that are registered are compared with their SHA-256 sums. They go to a folder for
    caches, or to the one that ARCGRADE_TREEBANKS names.
    """
    with _exit_codes("what has arrived is kept"):
        from rich.console import Console

        from autograder.render.treebanks import DownloadLine
        from data import treebanks

        with DownloadLine(Console(stderr=True)) as line:
            folder = treebanks.fetch(name, line.update, url, code)
        click.echo(f"{name} is in {folder}")


@main.command()
@click.argument("treebank", default="small")
@click.option("--extended", is_flag=True, help="Train the extension of 2i, not the plain network.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--epochs", type=click.IntRange(1), default=10, show_default=True)
@click.option("--batch-size", type=click.IntRange(1), default=2048, show_default=True)
@click.option("--lr", type=click.FloatRange(0, min_open=True), default=1e-3, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False),
    help="The folder for weights, losses and test predictions.  [default: runs/NAME-SEED]",
)  # fmt: skip
def train(
    treebank: str,
    extended: bool,
    seed: int,
    epochs: int,
    batch_size: int,
    lr: float,
    out: Path | None,
) -> None:
    """Train the reference parser on TREEBANK and report its UAS.

    TREEBANK is a name that `arcgrade data list` shows, or a folder with files of training, dev and
    test sentences. The same seed gives the same weights on the same kind of machine.
    """
    with _exit_codes("nothing was written"):
        from rich.console import Console

        from data.treebanks import load
        from solutions.extended import extended_parser, plain_parser
        from solutions.support.run import run
        from solutions.support.training import Settings

        loaded = load(treebank)
        folder = out or Path("runs") / f"{loaded.name}{'-extended' * extended}-{seed}"
        make = partial(extended_parser if extended else plain_parser, seed=seed)
        settings = Settings(n_epochs=epochs, batch_size=batch_size, lr=lr, seed=seed)
        run(make, loaded, settings, folder, Console(), fine_tags=extended)


@main.command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default="handout.zip",
    show_default=True, help="The zip to write.",
)  # fmt: skip
@click.option(
    "--course", type=click.Path(path_type=Path, dir_okay=False),
    help="What the course decides, if its test sentences are others than the small treebank's.",
)  # fmt: skip
def handout(out: Path, course: Path | None) -> None:
    """Build the zip that students get: starter files, data, and the public checks."""
    with _exit_codes("nothing was built"):
        from autograder.course import DEFAULT
        from autograder.handout import build_handout

        build_handout(out, course or DEFAULT)
        click.echo(f"{out} is the handout.")


@main.command("train-lm")
@click.option("--epochs", type=click.IntRange(1), default=20, show_default=True)
@click.option("--hidden", type=click.IntRange(1), default=48, show_default=True, help="D_h.")
@click.option("--lr", type=float, default=5.0, show_default=True, help="The learning rate.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the first weights.")
def train_lm(epochs: int, hidden: int, lr: float, seed: int) -> None:
    """Train the language model of part 3 with the reference's gradients, on a small text."""
    from rich.console import Console

    from autograder.train_lm import train_language_model
    from solutions.language_model import Settings

    settings = Settings(epochs=epochs, Dh=hidden, lr=lr, seed=seed)
    train_language_model(settings, Console())


main.add_command(check)
main.add_command(submit_zip)


def _nursery(preload: tuple[str, ...] = ()) -> Nursery:
    """Where workers come from; other systems than Linux do not even have what it imports."""
    if sys.platform != "linux":
        raise CannotGrade(
            f"Student code cannot be confined on {sys.platform}: grade on Linux, "
            "in a container or a virtual machine for instance."
        )
    from autograder.confinement.nursery import Nursery

    return Nursery(preload=preload)


@contextmanager
def _exit_codes(interrupted: str = "nothing was graded") -> Iterator[None]:
    """As for students, and what is wrong with data is told the same way."""
    with exit_codes(interrupted):
        try:
            yield
        except DataError as error:
            raise CannotGrade(str(error)) from None
