"""Finding built-ins in a source: every usual way to write them, and no false alarm."""

from __future__ import annotations

import pytest

from autograder.confinement.inside.scan import uses

NAMES = ["softmax", "logsumexp", "Softmax"]


@pytest.mark.parametrize(
    "body",
    [
        "import torch\ndef softmax(x):\n    return torch.softmax(x, 1)\n",
        "import torch.nn.functional as F\ndef softmax(x):\n    return F.softmax(x, 1)\n",
        "def softmax(x):\n    return x.softmax(-1)\n",
        "from torch import nn\ndef softmax(x):\n    return nn.Softmax(1)(x)\n",
        "from torch.nn.functional import softmax as s\ndef softmax(x):\n    return s(x, 1)\n",
        "def softmax(x):\n    from torch import softmax as s\n    return s(x, 1)\n",
        "import torch\ns = torch.softmax\ndef softmax(x):\n    return s(x, 1)\n",
        "import torch\ndef softmax(x):\n    return getattr(torch, 'softmax')(x, 1)\n",
        "def h(x):\n    return x.softmax(1)\ndef softmax(x):\n    return h(x)\n",
        "def softmax(x):\n    return (x - x.logsumexp(1, keepdim=True)).exp()\n",
        "class H:\n    def f(self, x):\n        return x.softmax(1)\n"
        "def softmax(x):\n    return H().f(x)\n",
        "import torch\nclass H:\n    def softmax(self, x):\n        return torch.softmax(x, 1)\n"
        "def softmax(x):\n    return H().softmax(x)\n",
    ],
)
def test_every_usual_way_is_found(body: str) -> None:
    """A built-in is found as attribute, method, module, import, alias, and in helpers."""
    found = uses(body.encode(), ["softmax"], NAMES)
    assert len(found) == 1
    assert found[0][0] == "softmax"
    assert found[0][1] in NAMES


@pytest.mark.parametrize(
    "body",
    [
        "def softmax(x):\n    'Not x.softmax(1).'\n    return x.exp()\n",
        "import torch\ndef softmax(x):\n    return 1\nprint(torch.softmax(torch.ones(1, 2), 1))\n",
        "def softmax(x):\n    return 1\ndef test(x):\n    softmax(x).softmax(1)\n",
        "def softmax(x):\n    return softmax(x) if x else 0\n",
        "class H:\n    def softmax(self, x):\n        return x\n"
        "def softmax(x):\n    return H().softmax(x)\n",
        "class H:\n    def __init__(self):\n        self.logsumexp = 1\n"
        "def softmax(x):\n    return x - H().logsumexp\n",
        "def softmax(x:\n",
        "\0",
        "(" * 5000,
        "",
    ],
)
def test_nothing_else_is(body: str) -> None:
    """A docstring, a self-test, the function's own name and a broken file are no uses."""
    assert uses(body.encode(), ["softmax"], NAMES) == []
