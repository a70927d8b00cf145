"""The life of a confined worker: forked from the nursery, it gives up its rights, then serves."""

from __future__ import annotations

import os
import random
import socket
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import numpy as np
import torch

from . import confine, probes, stand_ins, submitted, training, wire
from .nursery import Spec
from .worker import Worker


class ConfinedWorker(Worker):
    """Also puts stand-ins in the place of earlier parts, and tries to break out when asked to."""

    def perform(
        self, message: wire.ToWorker, unpacker: wire.Unpacker, watched: list[str]
    ) -> tuple[object, bool]:
        """The result of a request, and whether it stays here behind a handle."""
        if isinstance(message, wire.StandIn):
            self._stand_in(message.part)
            return None, False
        if isinstance(message, wire.Train):
            features, labels = (unpacker.unpack(v) for v in (message.features, message.labels))
            model = self.objects[message.target]
            how = (message.n_epochs, message.batch_size, message.lr)
            return training.fit(model, features, labels, *how), False
        if isinstance(message, wire.Probe):
            return probes.run(message.name, [unpacker.unpack(arg) for arg in message.args]), False
        return super().perform(message, unpacker, watched)

    def _stand_in(self, part: str) -> None:
        if part in ("softmax", "softmax alone"):
            stand_ins.stand_in_softmax(alone=part == "softmax alone")
        elif part in ("initialization", "initialization alone"):
            stand_ins.stand_in_initialization(alone=part == "initialization alone")
        elif part == "embedding_lookup":
            stand_ins.stand_in_embedding_lookup()
        elif part == "SoftmaxModel":
            stand_ins.stand_in_softmax_model()
        elif part == "SoftmaxModel and feed":
            stand_ins.stand_in_softmax_model(feed=True)
        elif part == "PartialParse":
            step = wire.Proxy(0, "step")
            stand_ins.stand_in_partial_parse(
                staticmethod(lambda *args: self.call_back(step, args, {}))
            )
        elif part.startswith("rnn: "):
            step = wire.Proxy(0, "step")
            stand_ins.stand_in_rnn(
                part.removeprefix("rnn: ").split(), lambda *args: self.call_back(step, args, {})
            )
        else:
            raise wire.WireError(f"no stand-in: {part}")


def main(connection: socket.socket, spec: Spec) -> NoReturn:
    """The life of a forked worker: confine itself, say so, serve."""
    folder = Path(spec.submission)
    descriptor = connection.detach()
    if descriptor != confine.CONNECTION:
        os.dup2(descriptor, confine.CONNECTION)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, confine.CONNECTION)
    worker = ConfinedWorker(connection, folder)
    packer = wire.Packer(worker.wrap)
    try:
        applied = confine.apply(spec.confinement, folder)
        random.seed(0)
        np.random.seed(0)
        torch.manual_seed(0)
        sys.argv = ["student"]
        submitted.install(folder, spec.files, spec.aliases)
        os.chdir(spec.confinement.scratch)
        ready = wire.Ready(0, [(name, packer.pack(value)) for name, value in applied.items()])
    except BaseException:
        worker.send(packer, wire.Failed(0, traceback.format_exc()[-4000:]))
        os._exit(1)
    worker.send(packer, ready)
    try:
        worker.serve()
    except BaseException:
        os._exit(1)
    os._exit(0)
