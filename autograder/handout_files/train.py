"""Trains your ParserModel on the small treebank, and writes test_predictions.txt: python train.py.

The configuration is yours to choose; `python train.py --help` shows what can be set from here.
"""

import argparse
import shutil
import sys
from pathlib import Path

import torch
from parser_model import ParserModel
from rich.console import Console
from support.parser import NetworkParser
from support.run import PREDICTIONS, run
from support.training import Settings
from support.vocabulary import Vocabulary

from data.errors import DataError
from data.treebanks import load

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Train, report UAS on dev, and write the predicted heads of the test sentences."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("treebank", nargs="?", default="small", help='"small", or a folder')
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=512)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()

    def make(vocabulary: Vocabulary) -> NetworkParser:
        torch.manual_seed(wanted.seed)
        return NetworkParser(ParserModel(vocabulary.embeddings(seed=wanted.seed)))

    settings = Settings(wanted.epochs, wanted.batch_size, wanted.lr, wanted.seed)
    folder = HERE / "runs" / f"{Path(wanted.treebank).name}-{wanted.seed}"
    try:
        run(make, load(wanted.treebank), settings, folder, Console())
    except DataError as error:
        sys.exit(f"train.py: {error}")
    shutil.copyfile(folder / PREDICTIONS, HERE / PREDICTIONS)
    print(f"{PREDICTIONS} holds the predicted heads of the test sentences.")


if __name__ == "__main__":
    main()
