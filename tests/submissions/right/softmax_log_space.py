# softmax.py: through a log-sum-exp of the student's own, which bears the name of torch's; xlogy.
# Loses: nothing
import torch


def logsumexp(x):
    m = x.max(dim=1, keepdim=True).values
    return m + torch.log(torch.sum(torch.exp(x - m), dim=1, keepdim=True))


def log_softmax(x):
    return x - logsumexp(x)


def softmax(x):
    return torch.exp(log_softmax(x))


def cross_entropy_loss(y, yhat):
    return -torch.xlogy(y, yhat).sum().to(yhat.dtype)
