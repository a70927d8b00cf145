"""Files written.toml that no student should hand in, and some will."""

from __future__ import annotations

import json
from collections.abc import Iterator

# Field to the number of its check.
FIELDS = {
    ("1c", "placeholders"): "1c.8",
    ("1e", "automatic_differentiation"): "1e.8",
    ("2a", "rows"): "2a.1",
    ("2b", "steps"): "2b.1",
    ("2b", "why"): "2b.2",
    ("2f", "gamma"): "2f.1",
    ("2f", "why"): "2f.2",
    ("2g", "momentum"): "2g.1",
    ("2g", "adaptive_rates"): "2g.2",
    ("2i", "extension"): "2i.1",
    ("3a", "perplexity"): "3a.1",
    ("3a", "loss"): "3a.2",
    ("3a", "formula"): "3a.3",
    ("3a", "argument"): "3a.4",
    ("3c", "drawing"): "3c.10",
    ("3d", "forward"): "3d.1",
    ("3d", "backward"): "3d.2",
    ("3d", "tau_steps"): "3d.3",
    ("3d", "slow_step"): "3d.4",
    ("3d", "tau_losses"): "3d.5",
    ("bonus", "speed_up"): "bonus.1",
}

BIG = 200_000

# No TOML at all, or none that may be read: every answer is lost.
BROKEN: dict[str, bytes] = {
    "not closed": b'[2b]\nsteps = "2*n\n',
    "not closed, long": b'[1c]\nplaceholders = """' + b"x " * (BIG // 2),
    "escaped quotes, not closed": b'a = """' + b'\\"""' * (BIG // 4),
    "quotes, not closed": b'a = """' + b'""x' * (BIG // 3),
    "single quotes, not closed": b"a = '''" + b"''x" * (BIG // 3),
    "no value": b"[2b]\nsteps =\n",
    "no equals sign": b"[2b]\nsteps '2*n'\n",
    "no quotes": b"[2b]\nsteps = 2*n\n",
    "no quotes, a word": b"[2b]\nsteps = n\n",
    "backslash": b'[2f]\ngamma = "\\gamma"\n',
    "header not closed": b"[2b\nsteps = '2*n'\n",
    "header empty": b"[]\n",
    "header with a dot": b"[2b.]\n",
    "array not closed": b"[2a]\nrows = [\n",
    "table not closed": b"[2a]\nrows = [{stack = 'ROOT'",
    "table over lines": b"[2a]\nrows = [{stack = 'ROOT',\n buffer = ''}]",
    "key twice": b"[2b]\nsteps = '2*n'\nsteps = '2*n'\n",
    "table twice": b"[2b]\nsteps = '2*n'\n[2b]\nwhy = 'x'\n",
    "table and array of tables": b"[2a]\nrows = []\n[[2a.rows]]\nstack = 'x'\n",
    "value and table": b"2b = 'x'\n[2b]\nsteps = '2*n'\n",
    "python": b"import os\nos.system('true')\n",
    "json": b'{"2b": {"steps": "2*n"}}\n',
    "yaml": b"2b:\n  steps: 2*n\n",
    "html": b"<html><script>alert(1)</script></html>\n",
    "zip": b"PK\x03\x04" + bytes(100),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "NUL": b"\0",
    "NUL in a text": b"[2b]\nsteps = '2\0n'\n",
    "NULs": bytes(BIG),
    "escape in a text": b"[2b]\nsteps = '\x1b[2J'\n",
    "UTF-16": "[2b]\nsteps = '2*n'\n".encode("utf-16"),
    "Latin-1": b"[1c]\nplaceholders = 'f\xfcr'\n",
    "surrogate": b"[1c]\nplaceholders = '\xed\xa0\x80'\n",
    "escaped surrogate": b'[1c]\nplaceholders = "\\ud800"\n',
    "overlong": b"[1c]\nplaceholders = '\xc0\xaf'\n",
    "carriage returns": b"[2b]\rsteps = '2*n'\r",
    "control characters": bytes(range(1, 32)),
    "bidi": "\u202e[2b]\nsteps = '2*n'\n".encode(),
    "bracket": b"[",
    "brackets": b"[" * BIG,
    "brackets, closed": b"a = " + b"[" * 1000 + b"]" * 1000,
    "brackets in lines": b"a = [\n" * 30_000,
    "brackets beyond a text": b'a = """x"""" + [' + b"[" * 5000,
    "brackets after five quotes": b'a = ["""x""""", ' + b"[" * 5000,
    "brackets after a comment": b"a = [ # '\n" + b"[" * 5000,
    "tables": b"a = " + b"{b = " * 5000,
    "tables and arrays": b"a = " + b"[{b = " * 5000,
    "dots": b"a" + b".a" * (BIG // 2) + b" = 1\n",
    "dots and spaces": b"a" + b" . 'a'" * (BIG // 8) + b" = 1\n",
    "dots in a header": b"[a" + b".a" * (BIG // 2) + b"]\n",
    "dots in a table": b"a = {b" + b".b" * (BIG // 2) + b" = 1}\n",
    "dots and quotes": b"a" + b".''" * (BIG // 3) + b" = 1\n",
    "long number": b"a = " + b"9" * BIG + b"\n",
    "long float": b"a = 9." + b"9" * BIG + b"x\n",
    "long number with a sign": b"[3a]\nperplexity = -" + b"1" * 5000 + b"\n",
    "bad date": b"[3a]\nloss = 2024-99-99\n",
    "bad time": b"[3a]\nloss = 25:61:00\n",
    "comma": b",",
    "commas": b"a = [" + b"," * BIG,
    "equals signs": b"=" * BIG,
    "too long": b"# " + b"x" * (1 << 19),
    "too many lines": b"\n" * (1 << 19),
    "two values": b"[2b]\nsteps = '2*n' '2*n'\n",
    "capital": b"[2b]\nsteps = TRUE\n",
    "quote": b'"',
    "three quotes": b'"""',
}

# TOML, but of another form: no answer is found where it should be.
STRANGE: dict[str, bytes] = {
    "empty": b"",
    "spaces": b" \t\n" * 1000,
    "comment": b"# 2*n\n",
    "BOM": b"\xef\xbb\xbf",
    "no tables": b"steps = '2*n'\ngamma = '1/(1-p)'\n",
    "other tables": b"[part2b]\nsteps = '2*n'\n",
    "other names": b"[2b]\nstep = '2*n'\nSteps = '2*n'\n",
    "hostile names": b'[2b]\n"\\u001b[2J\\u202e<script>" = 1\n',
    "tables in tables": b"[2b.steps]\nn = 2\n[2f.gamma]\np = 1\n",
    "arrays of tables": b"".join(b"[[%s]]\n" % part.encode() for part in
                                 dict.fromkeys(part for part, _ in FIELDS)),
    "numbers": b"".join(b"%s = 1\n" % part.encode() for part in
                        dict.fromkeys(part for part, _ in FIELDS)),
    "lists": b"".join(b"%s = []\n" % part.encode() for part in
                      dict.fromkeys(part for part, _ in FIELDS)),
    "many tables": b"".join(b"[t%d]\n" % i for i in range(20_000)),
    "many keys": b"".join(b"k%d = 1\n" % i for i in range(20_000)),
    "many array tables": b"[[2b]]\n" * 20_000,
    "many dotted keys": b"".join(b"a.b.c.d.e.f.k%d = 1\n" % i for i in range(8_000)),
    "long keys": b"k" * BIG + b" = 1\n",
    "long name in 2b": b"[2b]\n" + b"k" * BIG + b" = 1\n",
    "escapes": b'a = "' + b"\\n" * (BIG // 2) + b'"\n',
    "line continuations": b'a = """' + b"\\\n" * (BIG // 2) + b'"""\n',
    "long list": b"a = [" + b"1," * (BIG // 2) + b"]\n",
    "hexadecimal": b"a = 0x" + b"f" * BIG + b"\n",
}  # fmt: skip

# Values of every type, where another is asked for: that answer is lost, and no other.
VALUES: dict[str, str] = {
    "true": "true",
    "zero": "0",
    "negative": "-7",
    "huge": "0x" + "f" * 6000,
    "float": "0.1",
    "infinity": "inf",
    "NaN": "nan",
    "overflow": "1e999",
    "date": "2024-01-01",
    "time": "12:00:00",
    "moment": "2024-01-01T00:00:00Z",
    "list": "[]",
    "numbers": "[1, 2.5, true]",
    "nested": "[[[[[]]]]]",
    "table": "{a = 1}",
    "tables": "[{a = {b = []}}]",
}

# Texts where a formula is asked for.
FORMULAS: dict[str, str] = {
    "import": "__import__('os').system('touch evaluated')",
    "lambda": "(lambda: 0)()",
    "open": "open('evaluated', 'w')",
    "attribute": "n.__class__.__mro__",
    "f-string": "{n.__class__}",
    "template": "{{ 7*7 }}",
    "percent": "%s%n",
    "shell": "$(touch evaluated); `touch evaluated`",
    "sympify": "Symbol('n').subs(n, Integer(2))",
    "walrus": "(n := 2)",
    "comprehension": "[n for n in (1, 2)]",
    "tower": "9**9**9**9",
    "tower of carets": "9^9^9^9^9^9",
    "tower of superscripts": "9⁹⁹⁹",
    "tower of n": "n^n^n^n^n^n^n",
    "negative tower": "2^-9^9^9",
    "factorial": "9999999!",
    "sum of 100,000 terms": "+".join(["n"] * 100_000),
    "product of 140 terms": "*".join(["(n)"] * 60),
    "parentheses": "(" * 5000 + "n" + ")" * 5000,
    "40 parentheses": "(" * 40 + "n" + ")" * 40,
    "never closed": "((((n",
    "closed too often": "n))))",
    "roots": "√" * 250 + "n",
    "minus signs": "-" * 250 + "n - n",
    "powers": "n" + "^1" * 140,
    "expansion": "(n+1)^32*(n+2)^32*(n+3)^32*(n+4)^32*(n+5)^32",
    "expansion of an expansion": "(((n+1)^32)^32)^32",
    "large coefficients": "(99999999999999999999 n + 1/99999999999999999999)^32",
    "tower of exp": "exp(exp(exp(exp(exp(n)))))",
    "exp of a large number": "exp(10^30)",
    "tiny difference": "exp(10^-30 n) - 1",
    "zero": "n - n",
    "division by zero": "n/0",
    "division by n - n": "1/(n-n)",
    "root of a negative number": "sqrt(-n)",
    "logarithm of zero": "ln(0) n",
    "logarithm of a negative number": "ln(-n)",
    "zero to the zero": "0^0 + (n-n)^(n-n)",
    "infinity": "∞",
    "inf": "inf",
    "nan": "nan",
    "1e400": "1e400",
    "1e99 times 1e99": "1e99^32",
    "digits": "9" * 290,
    "emoji": "🙂",
    "combining marks": "n" + "\u0301" * 200,
    "bidi": "\u202en*2\u202c",
    "zero width": "2\u200bx\u200b",
    "Cyrillic": "2\u0441",
    "spaces": "\u00a0\u2003",
    "prose": "twice the number of words",
    "comparison": "n == n",
    "inequality": "n < 3",
    "many equals signs": "=" * 200,
    "commas": "n,n,n",
    "LaTeX": "\\input{/etc/passwd}",
    "LaTeX loop": "\\def\\x{\\x}\\x",
    "fraction without a denominator": "\\frac{n}",
    "function without an argument": "ln",
    "functions": "ln ln ln ln ln ln ln ln",
    "O of nothing": "O()",
    "maximum": "max()",
    "maximum of much": "max(" + "n," * 100 + "n)",
    "bars": "||||",
    "bars around a sum": "|n+1|",
}
ASKED = (("2b", "steps"), ("2f", "gamma"), ("3a", "formula"), ("3a", "loss"), ("3d", "tau_steps"))

# Where the table of 2a is asked for.
TABLES: dict[str, str] = {
    "text": "'SHIFT, SHIFT'",
    "texts": "['SHIFT', 'LEFT-ARC']",
    "long text": json.dumps("x" * 100_000),
    "pipes": json.dumps("|" * 5000),
    "empty rows": "[[], [], []]",
    "three cells": "[['ROOT', 'I', 'SHIFT']]",
    "five cells": "[['', '', '', '', 'x']]",
    "numbers as cells": "[[1, 2, 3, 4]]",
    "nested cells": "[[[['ROOT']], [[]], [[]], ['SHIFT']]]",
    "dates as cells": "[[2024-01-01, 12:00:00, 1.5, true]]",
    "tables as cells": "[[{a = 1}, {b = 2}, {}, {}]]",
    "other names": "[{Stack = 'ROOT', Buffer = 'I'}]",
    "head and dependent": "[{stack = 'ROOT', dependency = {head = 1}, transition = 'S'}]",
    "10,000 rows": "[" + "['ROOT', '', '', 'SHIFT']," * 7_000 + "]",
    "30 rows": "[" + "['ROOT I parsed', 'this sentence correctly', '', 'SHIFT']," * 30 + "]",
    "unknown words": "[['ROOT eats', 'this', '', 'SHIFT']]",
    "hostile word": '[["ROOT \\u001b[2J", "this", "", "SHIFT"]]',
    "unknown transition": "[['ROOT parsed this', 'sentence correctly', '', 'JUMP']]",
    "no transition": "[['ROOT parsed this', 'sentence correctly', '', '']]",
    "long stack": json.dumps([["ROOT " + "parsed " * 40, "", "", "SHIFT"]]),
    "longest stack": json.dumps([["ROOT " * 100_0, "", "", "SHIFT"]]),
    "many words": json.dumps([[["parsed"] * 5000, [], "", "SHIFT"]]),
    "repeated words": json.dumps([["parsed " * 8, "", "", "SHIFT"]] * 29),
    "arrows of both directions": "[['ROOT', '', 'parsed -> I <- parsed', 'LA']]",
    "three words in an arc": "[['ROOT', '', 'parsed I this', 'LA']]",
    "arcs on an empty stack": "[['', '', '', 'LA'], ['', '', 'I -> I', 'RA'], ['', 'I', '', 'S']]",
    "only the last row": "[['ROOT', '', 'ROOT -> parsed', 'RIGHT-ARC']]",
    "given rows only": "[['ROOT parsed', 'this sentence correctly', 'parsed -> I', 'LA']]",
    "right rows backwards": "[['ROOT', '', 'ROOT->parsed', 'RA'], ['ROOT parsed', '', '', 'S']]",
}  # fmt: skip


def broken() -> Iterator[tuple[str, bytes]]:
    """Files of which no answer can be read."""
    yield from BROKEN.items()
    yield from STRANGE.items()


def spoilt() -> Iterator[tuple[str, tuple[str, str], str]]:
    """Answers that are spoilt: a name, the field, and its value in TOML."""
    for name, value in VALUES.items():
        for field in FIELDS:
            yield f"{'.'.join(field)}: {name}", field, value
    for name, text in FORMULAS.items():
        for field in ASKED:
            yield f"{'.'.join(field)}: {name}", field, json.dumps(text, ensure_ascii=False)
    for name, value in TABLES.items():
        yield f"2a.rows: {name}", ("2a", "rows"), value
