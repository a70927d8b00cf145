"""Trains a parser in a terminal, and keeps what comes out of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch import Tensor

from data.errors import DataError
from data.treebanks import Treebank

from .curve import curve
from .evaluation import predictions_text
from .parser import Parser, Trained, fit
from .training import Settings
from .vocabulary import Vocabulary

WEIGHTS, VOCABULARY, LOSSES = "weights.safetensors", "vocabulary.json", "losses.csv"
PREDICTIONS = "test_predictions.txt"

Save = Callable[[dict[str, Tensor], Path, dict[str, str]], None]


def run(
    make: Callable[[Vocabulary], Parser],
    treebank: Treebank,
    settings: Settings,
    folder: Path,
    console: Console,
    *,
    fine_tags: bool = False,
) -> Trained:
    """Train with a progress bar and a loss curve, and write everything to a folder.

    Raises:
        DataError: the treebank cannot be learnt from, or the folder cannot be written.
    """
    save = _saver()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder} cannot be made: {error.strerror}.") from None
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=30),
        TextColumn("loss {task.fields[loss]:.3f}"), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task(f"Training on {treebank.name}", total=None, loss=float("nan"))

        def on_batch(step: int, steps: int, loss: float) -> None:
            bar.update(task, completed=step, total=steps, loss=loss)
            if not console.is_terminal and step % -(-steps // 10) == 0:
                console.print(f"step {step} of {steps}: loss {loss:.3f}", highlight=False)

        trained, parser, vocabulary = fit(make, treebank, settings, on_batch, fine_tags=fine_tags)
    _print(trained, treebank, settings.n_epochs * parser.n_networks, console)
    about = {"treebank": treebank.name, **{k: str(v) for k, v in asdict(settings).items()}}
    try:
        save(parser.tensors(), folder / WEIGHTS, about)
        _write(trained, vocabulary, folder)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror}.") from None
    console.print(f"Written to {folder}: {WEIGHTS}, {VOCABULARY}, {LOSSES}, {PREDICTIONS}")
    return trained


def _print(trained: Trained, treebank: Treebank, n_epochs: int, console: Console) -> None:
    console.print(
        f"{treebank.name}: {len(treebank.train)} sentences to train on, "
        f"{trained.n_examples} transitions; {trained.n_skipped} sentences were skipped, "
        "since they are not projective",
        highlight=False,
    )
    last = trained.losses[-(len(trained.losses) // n_epochs) :]
    console.print(
        f"\nLoss of {len(trained.losses)} steps, from {trained.losses[0]:.3f} down to a mean of "
        f"{sum(last) / len(last):.4f} in the last epoch",
        highlight=False,
    )
    for line in curve(trained.losses, width=min(72, console.width)):
        console.print(line, style="cyan", highlight=False)
    for name, score in (("dev", trained.dev), ("test", trained.test)):
        console.print(
            f"{name:>4} UAS {score}" if score else f"{name:>4} UAS not known: no heads are given",
            highlight=False,
        )


def _write(trained: Trained, vocabulary: Vocabulary, folder: Path) -> None:
    kinds = ("words", "tags", "fine_tags")
    numbers = {kind: list(getattr(vocabulary, kind)) for kind in kinds}
    text = json.dumps(numbers, ensure_ascii=False, indent=0)
    (folder / VOCABULARY).write_text(text, encoding="utf-8")
    with (folder / LOSSES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("step", "loss"))
        writer.writerows(enumerate(trained.losses, start=1))
    (folder / PREDICTIONS).write_text(predictions_text(trained.test_heads), encoding="utf-8")


def _saver() -> Save:
    """What saves weights, without pickle; asked for before an hour's training, not after it."""
    try:
        from safetensors.torch import save_file
    except ModuleNotFoundError as error:
        raise DataError(
            f"The weights cannot be saved without {error.name}: pip install {error.name}."
        ) from None

    def save(tensors: dict[str, Tensor], path: Path, about: dict[str, str]) -> None:
        save_file({name: t.contiguous() for name, t in tensors.items()}, path, metadata=about)

    return save
