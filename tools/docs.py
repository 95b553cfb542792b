"""Write the generated documentation, or check that it is fresh.

    python tools/docs.py            write
    python tools/docs.py --check    say what is stale; exit 1 if anything is

Each page is a pure function of the code: schemas, registries, tables of transitions, the command line, spec tests.
"""

from __future__ import annotations

import ast
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
NOTE = "\nThis page is written by `./dev docs`; change the code, not the page.\n"


def command_line() -> str:
    """Every command with its help."""
    import typer.main
    from click import Context

    from provident.cli.main import build

    root = typer.main.get_command(build())
    lines = ["# Command line\n" + NOTE]

    def walk(command, name: str, parent: Context | None) -> Iterator[str]:
        context = Context(
            command,
            info_name=name,
            parent=parent,
            terminal_width=90,
            max_content_width=90,
        )
        if getattr(command, "commands", None):
            for child, sub in sorted(command.commands.items()):
                yield from walk(sub, child, context)
            return
        path = context.command_path
        yield f"\n## `{path}`\n\n{(command.help or '').strip()}\n"
        rows = [p.get_help_record(context) for p in command.params]
        for record in (r for r in rows if r):
            yield f"- `{record[0]}`: {' '.join(record[1].split())}"

    lines += walk(root, "provident", None)
    return "\n".join(lines) + "\n"


def behaviour() -> str:
    """What the spec tests say, as sentences."""
    lines = ["# Behaviour\n" + NOTE, "Each sentence is a test in `tests/spec`."]
    for path in sorted((ROOT / "tests/spec").rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        names = [
            n.name
            for n in ast.walk(tree)
            if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")
        ]
        if names:
            title = (ast.get_docstring(tree) or path.stem).splitlines()[0].rstrip(".")
            lines += [f"\n## {title}\n", f"`{path.relative_to(ROOT)}`\n"]
            lines += [f"- {n.removeprefix('test_').replace('_', ' ')}" for n in names]
    return "\n".join(lines) + "\n"


def access_table() -> str:
    """The access table."""
    from provident.web.people.access import table_rows

    lines = [
        "# Who may do and see what\n",
        "| role | thing | may | of | sees | later |",
        "|---|---|---|---|---|---|",
    ]
    for role, thing, cell in table_rows():
        if cell is not None:
            later = "; ".join(
                f"{s.value}: {', '.join(sorted(f))}" for s, f in cell.later.items()
            )
            lines.append(
                f"| {role.value} | {thing.value} | {', '.join(sorted(cell.verbs))} | {cell.scope.value} "
                f"| {', '.join(sorted(cell.fields))} | {later} |"
            )
    lines.append("\nWhat is not in the table is refused.")
    return "\n".join(lines) + "\n"


def workflows() -> str:
    """The tables of allowed transitions, drawn."""
    from provident import reading
    from provident.recruitment.slots import TRANSITIONS as SLOT
    from provident.web.exams.workflow import TRANSITIONS as EXAM
    from provident.web.planning.workflow import TRANSITIONS as AMENDMENT

    lines = ["# Workflows\n" + NOTE]
    for name, table in {"Slot": SLOT, "Exam": EXAM, "Amendment": AMENDMENT}.items():
        lines += [f"## {name}\n", "```mermaid", "stateDiagram-v2"]
        lines += [
            f"    {a} --> {b}" for a, after in table.items() for b in sorted(after)
        ]
        lines += ["```\n"]
    for name, workflow in {"Case": reading.CASE, "Read": reading.READ}.items():
        lines += [
            f"## {name}\n",
            "```mermaid",
            reading.mermaid(workflow).rstrip(),
            "```\n",
        ]
    return "\n".join(lines)


def environment() -> str:
    """Settings from outside."""
    from provident.web.config import environment as module

    return f"# Settings\n{NOTE}\n{module.__doc__}\n"


def pages() -> dict[str, Callable[[], str]]:
    """Path below docs/ to the function that writes it."""
    from provident import acquisition, dicom
    from provident.programme import failures, features, reference

    return {
        "reference/command-line.md": command_line,
        "reference/behaviour.md": behaviour,
        "reference/access.md": access_table,
        "reference/workflows.md": workflows,
        "reference/settings.md": environment,
        "reference/plan.md": reference.plan_markdown,
        "reference/checks.md": reference.checks_markdown,
        "reference/findings.md": reference.findings_markdown,
        "reference/failures.md": failures.failures_markdown,
        "reference/facts.md": dicom.reference_markdown,
        "reference/judging.md": acquisition.reference_markdown,
        "status.md": features.status_markdown,
    }


def main() -> int:
    """Write or check."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provident.web.config.settings")
    os.environ["PROVIDENT_DATA"] = tempfile.mkdtemp()
    import django

    django.setup()
    stale = []
    for name, write in pages().items():
        path, text = ROOT / "docs" / name, write()
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for name in stale:
        print(
            f"docs/{name}: {'stale; run ./dev docs' if '--check' in sys.argv else 'written'}"
        )
    return bool(stale and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
