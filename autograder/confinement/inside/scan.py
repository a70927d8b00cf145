"""Finds the built-ins that a function uses, in its source.

Runs in a worker of its own before any student code: a hostile source can crash a parser.
"""

from __future__ import annotations

import ast

from .submitted import PACKAGE, is_own


def uses(source: bytes, functions: list[str], names: list[str]) -> list[tuple[str, str, int]]:
    """(function, name, line) of each of `names` used in `functions`, or in helpers they call.

    Only what comes from elsewhere counts: an attribute (`torch.softmax`, `x.softmax`), an
    imported name under whatever alias, `getattr` with a literal. The student's own function of
    that name, here or in another file of the submission, does not, nor does a method or attribute
    of a class of theirs, unless it is asked of a library's module. A source that
    cannot be parsed has no uses; importing it will fail.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    wanted = set(names)
    own = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.level))
        for alias in node.names
        if _is_own(alias.name, 0)
    }
    defined = {
        node.name: node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    members = {name for node in tree.body if isinstance(node, ast.ClassDef) for name in _of(node)}
    libraries = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    } - own
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not _is_own(node.module, node.level)
        for alias in node.names
        if alias.name in wanted
    }
    # An alias by assignment (`sm = torch.softmax`) is an import by another name.
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Attribute):
            for target in statement.targets:
                if isinstance(target, ast.Name) and statement.value.attr in wanted:
                    imported[target.id] = statement.value.attr

    found: list[tuple[str, str, int]] = []
    for function in functions:
        pending, seen = [function], set()
        while pending:
            name = pending.pop()
            if name in seen or name not in defined:
                continue
            seen.add(name)
            for node in ast.walk(defined[name]):
                if isinstance(node, ast.Attribute) and node.attr in wanted:
                    root = _root(node)
                    theirs = node.attr in members and root not in libraries
                    if not theirs and not (isinstance(node.value, ast.Name) and root in own):
                        found.append((function, node.attr, node.lineno))
                elif isinstance(node, ast.Name) and node.id in imported and node.id not in defined:
                    found.append((function, imported[node.id], node.lineno))
                elif isinstance(node, ast.Name):
                    pending.append(node.id)
                elif (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "getattr"
                    and len(node.args) > 1
                    and isinstance(node.args[1], ast.Constant)
                    and node.args[1].value in wanted
                ):
                    found.append((function, str(node.args[1].value), node.lineno))
    return sorted(set(found), key=lambda use: use[2])


def _of(node: ast.ClassDef) -> set[str]:
    """The methods and attributes that a class of the student's has of its own."""
    methods = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)}
    stored = [n for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute))]
    return methods | {
        n.id if isinstance(n, ast.Name) else n.attr for n in stored if isinstance(n.ctx, ast.Store)
    }


def _root(node: ast.Attribute) -> str:
    """The name that a dotted name starts with; "" where it starts with anything else."""
    value = node.value
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""


def _is_own(module: str | None, level: int) -> bool:
    """Whether an import is of a file of the submission; what that imports shows when it runs."""
    return level > 0 or is_own((module or "").removeprefix(f"{PACKAGE}."))
