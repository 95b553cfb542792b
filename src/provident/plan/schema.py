"""JSON Schemas of the plan's files, for editors."""

from __future__ import annotations

from typing import Any

from provident.kernel import NotFound
from provident.plan.kinds import KINDS
from provident.plan.nearest import did_you_mean


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kind of plan file.

    Raises:
        NotFound: there is no such kind.
    """
    if kind not in KINDS:
        raise NotFound(
            f'"{kind}" is not a kind of plan file{did_you_mean(kind, KINDS)}'
        )
    found = KINDS[kind]
    schema = found.model.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://provident.invalid/schemas/{kind}.json",
        **schema,
        "title": found.pattern,
    }
