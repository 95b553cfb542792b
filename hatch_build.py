"""Build the reading room and the theme with Vite, so that the wheel carries them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Viewer(BuildHookInterface):
    """Runs `npm ci` and `vite build` where the built files are not there yet."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        root = Path(self.root)
        built = root / "src/provident/web/static/built/manifest.json"
        viewer = root / "viewer"
        if built.exists() or not viewer.is_dir() or version == "editable":
            return  # ./dev setup builds it for an editable install
        npm = shutil.which("npm")
        if not npm:
            raise SystemExit(
                "building a wheel needs node >= 20.19 (or run ./dev setup first)"
            )
        subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=viewer,
            check=True,
        )
        subprocess.run([npm, "run", "build"], cwd=viewer, check=True)
