"""The built-ins that the assignment does not allow, part by part; it names them to students too."""

from __future__ import annotations

from autograder.checks import Forbidden

_SOFTMAX_NAMES = (
    "softmax", "log_softmax", "softmin", "logsumexp", "cross_entropy", "nll_loss",
    "Softmax", "Softmax2d", "LogSoftmax", "Softmin", "CrossEntropyLoss", "NLLLoss",
    "gumbel_softmax", "scaled_dot_product_attention",
)  # fmt: skip
_SOFTMAX_OPERATIONS = (
    "_softmax", "_log_softmax", "_safe_softmax", "softmax", "log_softmax", "logsumexp",
    "_logsumexp", "nll_loss_forward", "nll_loss2d_forward", "cross_entropy_loss",
    "_scaled_dot_product_flash_attention_for_cpu", "_masked_softmax",
)  # fmt: skip
_AUTOGRAD_NAMES = (
    "backward", "autograd", "grad", "func", "functorch", "grad_and_value", "vjp", "jvp", "jacrev",
    "jacfwd", "hessian", "linearize",
)  # fmt: skip
_AUTOGRAD_OPERATIONS = ("autograd",)

SOFTMAX = Forbidden("softmax", ("softmax",), _SOFTMAX_NAMES, _SOFTMAX_OPERATIONS)
CROSS_ENTROPY = Forbidden(
    "softmax",
    ("cross_entropy_loss",),
    (
        *_SOFTMAX_NAMES, "binary_cross_entropy", "BCELoss", "kl_div", "KLDivLoss",
        "binary_cross_entropy_with_logits", "BCEWithLogitsLoss", "multilabel_soft_margin_loss",
    ),
    (*_SOFTMAX_OPERATIONS, "binary_cross_entropy", "kl_div"),
)  # fmt: skip
XAVIER = Forbidden(
    "initialization",
    ("xavier_weight_init",),
    (
        "xavier_uniform_", "xavier_normal_", "xavier_uniform", "xavier_normal",
        "glorot_uniform", "glorot_normal", "GlorotUniform", "GlorotNormal",
    ),
    (),  # what these run is uniform_ and normal_, like anybody else
)  # fmt: skip
AUTOGRAD_IN_A_STEP = Forbidden("rnn", ("step_gradients",), _AUTOGRAD_NAMES, _AUTOGRAD_OPERATIONS)
AUTOGRAD_THROUGH_TIME = Forbidden(
    "rnn", ("backward_step", "bptt"), _AUTOGRAD_NAMES, _AUTOGRAD_OPERATIONS
)
