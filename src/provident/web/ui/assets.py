"""Built files by the name of their source, from Vite's manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static


MANIFEST = Path(__file__).resolve().parents[1] / "static/built/manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """The addresses of one built entry: its module, its style sheets, its fonts."""

    script: str
    styles: tuple[str, ...]
    fonts: tuple[str, ...]


@lru_cache(maxsize=4)
def _manifest(changed: float) -> dict[str, dict]:
    return json.loads(MANIFEST.read_text()) if changed else {}


def entry(source: str) -> Entry:
    """The built files of an entry such as `src/theme/theme.ts`; empty while nothing is built."""
    changed = MANIFEST.stat().st_mtime if MANIFEST.exists() else 0.0
    found = _manifest(changed).get(source, {})
    return Entry(
        script=static(f"built/{found['file']}") if found else "",
        styles=tuple(static(f"built/{name}") for name in found.get("css", ())),
        fonts=tuple(
            static(f"built/{name}")
            for name in found.get("assets", ())
            if "inter-latin-wght" in name
        ),
    )
