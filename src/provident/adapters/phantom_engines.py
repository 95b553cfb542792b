"""Run hazen or pylinac on a phantom, each in an environment of its own, as another process.

Neither is a part of Provident: pylinac needs an older pydicom, both bring a lot. Make an
environment where they are wanted (`python3.11 -m venv hazen && hazen/bin/pip install hazen`)
and give the path of its Python. Their values carry their name and exact version.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provident.acquisition.phantoms import Engine, Value
from provident.kernel import InvalidInput, NotReady, ProvidentError


RUNNERS = Path(__file__).parent / "phantom_runners"
KINDS: Mapping[str, tuple[str, ...]] = {
    "hazen": ("acr_mri_large",),
    "pylinac": ("acr_mri_large",),
}
"""The phantoms that each engine can be asked about here."""
MOST_ANSWER = 1_000_000  # bytes


class EngineFailed(ProvidentError):
    """An engine ended without an answer; the message never holds what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAnswer:
    """What an engine measured, and why it did not measure the rest."""

    engine: Engine
    values: Mapping[str, Value]
    unknown: Mapping[str, str]


def measure_with(
    name: str,
    files: Sequence[Path],
    *,
    kind: str,
    python: Path | None,
    time_limit: float = 120.0,
) -> EngineAnswer:
    """Measure the images of a phantom with another engine.

    Args:
        name: hazen or pylinac.
        files: the images of one series.
        kind: the phantom's kind in the plan.
        python: the Python of the engine's own environment; None when there is none.
        time_limit: in seconds; then the engine and all it started is stopped.

    Raises:
        InvalidInput: no such engine, a kind it cannot measure here, or no files.
        NotReady: it is not installed.
        EngineFailed: it took too long, crashed, or gave no sensible answer.
    """
    if name not in KINDS:
        raise InvalidInput(f"There is no engine {name}; there are {', '.join(KINDS)}.")
    if kind not in KINDS[name]:
        raise InvalidInput(
            f"{name} is not set up for phantoms of kind {kind}, only {', '.join(KINDS[name])}. "
            "Use `engine: provident`, or measure it outside and enter the values."
        )
    if not files:
        raise InvalidInput("There are no images to measure.")
    if python is None or not os.access(python, os.X_OK):
        raise NotReady(
            f"{name} is not installed here. Make an environment for it "
            f"(python3.11 -m venv {name} && {name}/bin/pip install {name}) and give its Python."
        )
    request = json.dumps({"files": [str(file.resolve()) for file in files]})
    return _answer(name, _run(name, python, request, time_limit))


def _run(name: str, python: Path, request: str, time_limit: float) -> bytes:
    """The engine's answer. It sees no more of our environment than it needs."""
    with tempfile.TemporaryDirectory(prefix="phantom-") as scratch:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": scratch,
            "TMPDIR": scratch,
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": scratch,
            "LC_ALL": "C.UTF-8",
        }
        process = subprocess.Popen(  # noqa: S603  # the environment's Python and our own script
            [python, "-I", "-B", RUNNERS / f"{name}.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env=environment,
            start_new_session=True,
        )
        try:
            answer, _ = process.communicate(request.encode(), timeout=time_limit)
        except subprocess.TimeoutExpired:
            raise EngineFailed(
                f"{name} took more than {time_limit:g} s and was stopped. Send fewer images, or raise the limit."
            ) from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode != 0:
        raise EngineFailed(
            f"{name} ended with code {process.returncode} and without an answer. "
            "Check that its environment has it installed."
        )
    return answer


def _answer(name: str, written: bytes) -> EngineAnswer:
    try:
        if len(written) > MOST_ANSWER:
            raise ValueError
        said: dict[str, Any] = json.loads(written)
        if said["name"] != name:
            raise ValueError
        values = {n: _value(v) for n, v in said["values"].items()}
        unknown = {str(n): str(why) for n, why in said["unknown"].items()}
        engine = Engine(name=said["name"], version=said["version"])
    except (ValueError, KeyError, TypeError, AttributeError, InvalidInput):
        raise EngineFailed(f"{name} gave an answer that makes no sense.") from None
    sensible = {n: v for n, v in values.items() if math.isfinite(v.value)}
    unknown |= dict.fromkeys(values.keys() - sensible.keys(), f"{name} gave no number")
    return EngineAnswer(engine=engine, values=sensible, unknown=unknown)


def _value(said: Mapping[str, Any]) -> Value:
    return Value(
        value=float(said["value"]), unit=str(said["unit"]), method=str(said["method"])
    )
