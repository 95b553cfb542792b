"""How every command prints and ends: JSON on stdout, words on stderr, exit codes by contract."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from provident.kernel import Finding, InvalidInput, ProvidentError, Severity


def say(text: str = "") -> None:
    """Print words for a person, on stderr, so that stdout stays a clean document."""
    print(text, file=sys.stderr)  # noqa: T201  # the command line speaks here


def tell(text: str = "") -> None:
    """Print the result for a person, on stdout."""
    print(text)  # noqa: T201  # the command line speaks here


def emit(document: Any) -> None:
    """Print one JSON document on stdout."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def finding_lines(findings: Iterable[Finding]) -> list[str]:
    """Findings as lines: place, severity, code, message, and what to do."""
    lines = []
    for f in findings:
        lines.append(f"{f.where}: {f.severity}: {f.message} [{f.code}]")
        if f.expected or f.found:
            lines.append(f"    expected {f.expected or '-'}, found {f.found or '-'}")
        if f.remedy:
            lines.append(f"    {f.remedy}")
    return lines


def exit_code(findings: Iterable[Finding]) -> int:
    """1 when any finding is an error, else 0."""
    return int(any(f.severity is Severity.ERROR for f in findings))


def guarded(main: Callable[[], None]) -> NoReturn:
    """Run the command line; a mistake of the user's ends in words and a code, never a traceback."""
    try:
        main()
    except InvalidInput as error:
        say(str(error))
        for line in finding_lines(error.findings):
            say(line)
        raise SystemExit(error.exit_code) from None
    except ProvidentError as error:
        say(str(error))
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        say("Stopped.")
        raise SystemExit(130) from None
    raise SystemExit(0)


def check_new(out: Path) -> None:
    """Refuse to write where something is.

    Raises:
        InvalidInput: there is a file or folder of that name.
    """
    if out.exists():
        raise InvalidInput(
            f"{out} is there already; nothing is overwritten. Give a new folder."
        )


def write_folder(
    out: Path, files: Mapping[str, bytes], *, as_json: bool, said: str
) -> None:
    """Write files into a new folder and say so: their names as JSON, or `said`."""
    out.mkdir(parents=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    if as_json:
        emit({"out": str(out), "files": sorted(files)})
    else:
        tell(said)
