"""What the browser page runs: Python for the browser as Vite copied it, and our engine packed from what is installed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse

from provident.adapters.browser.package import package
from provident.kernel import NotReady


_COPIED = Path(__file__).resolve().parents[1] / "static/built/pyodide.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Addresses and hashes; `python` is the folder of Pyodide, `archive` our packages."""

    python: str
    version: str
    archive: str
    sha256: str
    integrity: str


def engine(study: str) -> Engine:
    """The engine of this installation.

    Raises:
        NotReady: the viewer was built without Python for the browser.
    """
    told = _copied(_COPIED.stat().st_mtime if _COPIED.exists() else 0.0)
    if not told:
        raise NotReady("This installation was built without the browser page. Run ./dev setup, or tell who runs the platform.")  # fmt: skip
    packed = package()
    named = {"study": study, "name": f"{packed.sha256}.zip"}
    return Engine(
        python=static(f"built/{told['folder']}/"),
        version=told["version"],
        archive=reverse("intake:browser_engine", kwargs=named),
        sha256=packed.sha256,
        integrity=packed.integrity,
    )


@lru_cache(maxsize=2)
def _copied(changed: float) -> dict[str, str]:
    return dict(json.loads(_COPIED.read_text())) if changed else {}
