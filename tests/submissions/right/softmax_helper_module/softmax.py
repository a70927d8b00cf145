# softmax.py: the mathematics lies in a module of the student's own, with names like torch's.
# Loses: nothing
from my_math import logsumexp, row_max
import my_math


def softmax(x):
    return (x - row_max(x) - logsumexp(x - row_max(x))).exp()


def cross_entropy_loss(y, yhat):
    return my_math.minus_sum(y, yhat)
