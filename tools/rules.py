"""Rules that no linter has: file sizes, links, paths of a machine, addresses of registries, identifiers of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 500
# A longer file needs a reason here.
LONGER: dict[str, str] = {
    "tests/spec/acquisition/test_faults.py": "one list of single faults, read as a whole",
    "tests/spec/acquisition/test_judging.py": "one list of rules and verdicts, read as a whole",
    "tests/spec/statistics/test_command_line.py": "one list of command lines, read as a whole",
    "tests/spec/statistics/test_refusals.py": "one list of refusals, read as a whole",
    "tests/web/reading/test_blinding_walk.py": "one walk: what is planted, what must not be found, and each protection taken away",
}
MACHINE = re.compile(
    r"(?<![\w}])/work/(?!\w*\.)|/tmp/bash_jobs|/root/|/home/\w+/|\bfarm/"
)
REGISTRY = re.compile(
    r"https?://[^\s\"')]*(pypi|npmjs|simple/|registry\.)[^\s\"')]*", re.IGNORECASE
)
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def tracked() -> list[Path]:
    """Files that git tracks or would track."""
    names = subprocess.run(  # git, by name, on our own tree
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / n for n in names if (ROOT / n).is_file()]


def long_files(files: list[Path]) -> list[str]:
    """Source files over the limit that have no reason."""
    said = []
    for path in files:
        name = str(path.relative_to(ROOT))
        if path.suffix not in {".py", ".ts", ".scss", ".jinja"} or name in LONGER:
            continue
        lines = path.read_text().count("\n")
        if lines > MOST_LINES:
            said.append(
                f"{name}: {lines} lines; split it or give a reason in tools/rules.py"
            )
    return said


def places(files: list[Path]) -> list[str]:
    """Paths of a machine and registries' addresses."""
    said = []
    for path in files:
        name = str(path.relative_to(ROOT))
        if (
            path.suffix
            not in {
                ".py",
                ".ts",
                ".md",
                ".txt",
                ".in",
                ".toml",
                ".yaml",
                ".json",
                ".sh",
                "",
            }
            or name == "tools/rules.py"
        ):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if MACHINE.search(line) or (
                REGISTRY.search(line) and "schemastore" not in line
            ):
                said.append(
                    f"{name}:{number}: a path of a machine or a registry's address: {line.strip()[:80]}"
                )
    return said


def broken_links(files: list[Path]) -> list[str]:
    """Links in Markdown that lead nowhere in the tree."""
    said = []
    for path in (f for f in files if f.suffix == ".md"):
        for match in LINK.finditer(path.read_text()):
            target = (match[1] or match[2]).split("#")[0]
            if (
                target
                and not target.startswith(("http:", "https:", "mailto:"))
                and not (path.parent / target).exists()
            ):
                said.append(
                    f"{path.relative_to(ROOT)}: the link to {target} leads nowhere"
                )
    return said


def main() -> int:
    """Print what is against the rules; 1 when anything is."""
    files = tracked()
    said = [*long_files(files), *places(files), *broken_links(files)]
    for line in said:
        print(line)  # a command
    return bool(said)


if __name__ == "__main__":
    sys.exit(main())
