"""The schema of results.json, and the keys of course.toml, from the types that read them."""

from __future__ import annotations

import inspect
import json
from typing import Any

import msgspec

from autograder.render.contract import MAX_TEXT, Leader, Results, Test
from docs.generated.self_check import table

STRUCTS: dict[str, type[msgspec.Struct]] = {"Results": Results, "Test": Test, "Leader": Leader}


def fields(name: str) -> str:
    """The fields of an object of results.json: name, type, and what stands for one left out."""
    struct = STRUCTS[name]
    schema = msgspec.json.schema_components([struct], schema_hook=_any)[1][struct.__name__][
        "properties"
    ]
    rows = []
    for field in msgspec.structs.fields(struct):
        default = "required" if field.required else f"`{_default(field)}`"
        rows.append((f"`{field.encode_name}`", _type(schema[field.encode_name]), default))
    return f"{inspect.getdoc(struct)}\n\n" + table(("field", "type", "if left out"), rows)


def schema() -> str:
    """The JSON schema, for other tools."""
    text = json.dumps(msgspec.json.schema(Results, schema_hook=_any), indent=1, ensure_ascii=False)
    return f"```json\n{text}\n```"


def longest() -> str:
    """The limit on texts, as a sentence."""
    return f"A text of {MAX_TEXT:,} characters or more is cut by the platform, so none is."


def _any(kind: type) -> dict[str, Any]:
    """Of `object`: whatever JSON can hold."""
    return {"title": "anything"}


def _default(field: Any) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return json.dumps(field.default_factory())
    return json.dumps(field.default)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"an object {schema['$ref'].rpartition('/')[2]}"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"a list of: {_type(schema['items'])}"
    least = f", at least {schema['minimum']:g}" if "minimum" in schema else ""
    return str(schema.get("type") or schema.get("title", "anything")) + least
