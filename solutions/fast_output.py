"""The bonus: a faster output layer, by sampled softmax.

The slow step is θ = h U, with |V|·D_h multiply–adds, and it is needed for one number only: the sum
in CE = −θ_y + log Σ exp θ_w. That sum can be estimated from a sample. With K words w₁ … w_K drawn
from a distribution q,

    Ẑ = exp θ_y + 1/K Σₖ [wₖ ≠ y] exp θ_{wₖ} / q(wₖ)

is right on average, whatever q is, and its error falls as 1/√K. It is smallest where q is close to
ŷ; how frequent words are in the text is known beforehand and not far from it. Ẑ is the sum of a
softmax over the K + 1 scores θ_y and θ_{wₖ} − log(K q(wₖ)), and its gradients are those of a step
with these K + 1 words for a vocabulary: K·D_h instead of |V|·D_h. (Bengio and Senécal, 2008; Jean
et al., 2015.)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .rnn import Params


@dataclass(frozen=True)
class SampledLoss:
    """The loss at one step, estimated, and its gradients.

    Attributes:
        loss: the estimate of CE(y, ŷ), 0-d.
        h: the gradient by h, `(D_h,)`.
        words: the word y and the K that were drawn; one may come twice, and its gradients add up.
        U: the gradient by the columns of U that these words have, `(D_h, K + 1)`.
        b2: the gradient by their entries of b₂, `(K + 1,)`.
    """

    loss: Tensor
    h: Tensor
    words: Tensor
    U: Tensor
    b2: Tensor


def sampled_loss(params: Params, h: Tensor, y: int, q: Tensor, sample: Tensor) -> SampledLoss:
    """The loss of predicting y after h, from a sample of the vocabulary.

    Args:
        params: the parameters; only the columns of U that are needed are touched.
        h: the hidden state `(D_h,)`.
        y: the word to predict.
        q: the distribution that the sample was drawn from, `(|V|,)`, nowhere 0.
        sample: K words, drawn with replacement.
    """
    words = torch.cat([torch.tensor([y]), sample])  # (K + 1,)
    columns = params["U"][:, words]  # (D_h, K + 1)
    theta = h @ columns + params["b2"][words]  # eq-sampled-theta (K + 1,)
    theta[1:] -= torch.log(len(sample) * q[sample])  # eq-sampled-correction
    theta[1:][sample == y] = -torch.inf  # y is counted already
    delta1 = torch.softmax(theta, dim=0)  # eq-sampled-yhat (K + 1,)
    loss = -torch.log(delta1[0])  # eq-sampled-loss
    delta1[0] -= 1  # eq-sampled-delta1 (K + 1,)
    return SampledLoss(
        loss=loss,
        h=columns @ delta1,  # eq-sampled-grad-h (D_h,)
        words=words,
        U=torch.outer(h, delta1),  # eq-sampled-grad-U (D_h, K + 1)
        b2=delta1,  # eq-sampled-grad-b2 (K + 1,)
    )


def draw(q: Tensor, K: int, rng: torch.Generator) -> Tensor:
    """K words from q, with replacement."""
    return torch.multinomial(q, K, replacement=True, generator=rng)


def sampled_operations(Dh: int, K: int) -> dict[str, int]:
    """Multiply–adds of the output layer, as `operation_counts` counts: |V| has become K + 1."""
    return {"forward": (K + 1) * Dh, "backward": 2 * (K + 1) * Dh}
