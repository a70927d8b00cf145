# initialization.py: Python's own random numbers, a copy of h without training.
# Loses: nothing
import math
import random

import torch
import torch.nn.functional as F

rng = random.Random()


def xavier_weight_init(shape):
    size = 1
    for n in shape:
        size *= n
    epsilon = math.sqrt(6) / math.sqrt(sum(shape))
    numbers = [rng.uniform(-epsilon, epsilon) for _ in range(size)]
    return torch.tensor(numbers, dtype=torch.float32).reshape(shape)


def dropout(h, p_drop, training=True):
    print("dropout", p_drop, training)
    return F.dropout(h, p=p_drop, training=training).clone()
