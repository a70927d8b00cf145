# The names of the course's earlier years, one folder down, with the sanity checks of the time.
# Loses: nothing
import torch


def softmax(x):
    e = torch.exp(x - torch.max(x, 1, True)[0])
    return e / torch.sum(e, 1, True)


def cross_entropy_loss(y, yhat):
    y = y.to(yhat.dtype)
    return -torch.trace(torch.mm(y.t(), torch.log(yhat)))


if __name__ == "__main__":
    print(softmax(torch.tensor([[1.0, 2.0]])))
