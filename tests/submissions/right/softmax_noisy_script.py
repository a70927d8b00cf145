# softmax.py: a script with prints, logging, warnings, a self-test that uses torch's, and sys.exit.
# Loses: nothing
import argparse
import copy
import logging
import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--verbose", action="store_true")
args = parser.parse_args()

logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger(__name__)
print("loading softmax.py, numpy", np.__version__)
warnings.warn("this is my first homework")


def softmax(x):
    log.debug("softmax of %s", x)
    orig_shape = x.shape
    if len(x.shape) > 1:
        tmp = torch.max(x, dim=1)[0]
        x = x - tmp.reshape((x.shape[0], 1))
        x = torch.exp(x)
        tmp = torch.sum(x, dim=1)
        x = x / tmp.reshape((x.shape[0], 1))
    else:
        x = x - torch.max(x)
        x = torch.exp(x)
        x = x / torch.sum(x)
    assert x.shape == orig_shape
    print("softmax gives", x)
    return x


def cross_entropy_loss(y, yhat):
    warnings.warn("casting the labels")
    y = copy.copy(y).type(yhat.dtype)
    out = -(y * yhat.log()).sum(1).sum(0)
    print("the loss is", out.item(), file=sys.stderr)
    return out


def test_softmax_basic():
    x = torch.tensor([[1001.0, 1002.0], [3.0, 4.0]])
    assert torch.allclose(softmax(x), F.softmax(x, dim=1))
    assert torch.allclose(softmax(x), torch.nn.Softmax(dim=1)(x))
    y = torch.tensor([[0, 1], [1, 0]])
    theirs = F.cross_entropy(x, y.argmax(1), reduction="sum")
    assert torch.allclose(cross_entropy_loss(y, softmax(x)), theirs)
    print("passed!")


test_softmax_basic()
sys.exit()
