# initialization.py: returns an nn.Parameter; its own generator; Bernoulli masks; argparse.
# Loses: nothing
import argparse

import torch
from torch import nn
from torch.distributions import Uniform

generator = torch.Generator().manual_seed(224)


def xavier_weight_init(shape):
    """Returns a function of no shape but this one."""
    epsilon = 6 ** 0.5 / sum(list(shape)) ** 0.5
    return nn.Parameter(Uniform(-epsilon, epsilon).sample(torch.Size(shape)))


def dropout(h, p_drop, training=True):
    if training:
        keep = torch.full_like(h, 1 - p_drop)
        return h * torch.bernoulli(keep, generator=generator) / keep
    else:
        return h


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--shape", type=int, nargs="+", default=[3, 4])
    print(xavier_weight_init(parser.parse_args().shape))
