"""What editors need to complete a plan: JSON Schemas, and which file each is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provident.kernel import InvalidInput
from provident.plan.kinds import KINDS
from provident.plan.schema import json_schema


SCHEMAS = ".schemas"


def modeline(kind: str, pattern: str) -> str:
    """The first line by which yaml-language-server finds the schema of a file."""
    up = "../" * pattern.count("/")
    return f"# yaml-language-server: $schema={up}{SCHEMAS}/{kind}.json"


def _settings(settings: dict[str, Any]) -> dict[str, Any]:
    """VS Code's settings with the schema of each kind of file added.

    phantoms.yaml comes after imaging/*.yaml's schema, which it must not have.
    """
    schemas = {
        f"./{SCHEMAS}/{kind.name}.json": _globs(kind.name, kind.pattern)
        for kind in KINDS.values()
    }
    return {**settings, "yaml.schemas": {**settings.get("yaml.schemas", {}), **schemas}}


def _globs(name: str, pattern: str) -> str:
    """The files of a kind as a glob; phantoms.yaml is no manual."""
    return "imaging/!(phantoms).yaml" if name == "imaging" else pattern


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write the schemas into the plan's folder and tell VS Code of them; the files written.

    Raises:
        InvalidInput: the folder is not there, or its .vscode/settings.json is not JSON.
    """
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is not a folder")
    target = folder / SCHEMAS
    target.mkdir(exist_ok=True)
    written = []
    for kind in KINDS:
        path = target / f"{kind}.json"
        path.write_text(json.dumps(json_schema(kind), indent=1, ensure_ascii=False))
        written.append(path)
    settings = folder / ".vscode" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    content = _settings(_read_settings(settings))
    settings.write_text(json.dumps(content, indent=2) + "\n")
    return (*written, settings)


def _read_settings(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidInput(
            f"{path} is not plain JSON ({error}); add yaml.schemas to it by hand"
        ) from None
    if not isinstance(value, dict):
        raise InvalidInput(f"{path} is not a JSON object; add yaml.schemas by hand")
    return value
