"""Cases of other designs for the mock server: hanging protocols, stages, a choice of two, mTSS, scales."""

# ruff: noqa: INP001  # a folder of scripts, never installed
from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from mock_cases import RAMRIS, _case, _series
from mock_volumes import write_ct, write_pet, write_radiograph, write_ultrasound
from pydicom.uid import generate_uid

from provident.forms import score


LESIONS = {
    "id": "lesions@1", "title": "Lesions", "missing": {"nv": "Not visible"},
    "blocks": [
        {"kind": "grid", "id": "targets", "title": "Target", "rows": [{"id": "1", "label": "Lesion 1"}, {"id": "2", "label": "Lesion 2"}],
         "columns": [
            {"id": "long", "label": "Long axis", "type": "number", "min": 0, "max": 400, "unit": "mm", "measure": "long_axis", "missing": ["nv"]},
            {"id": "short", "label": "Short axis", "type": "number", "min": 0, "max": 400, "unit": "mm", "measure": "short_axis", "missing": ["nv"]}]},
        {"kind": "item", "id": "uptake", "ask": "SUVmax", "type": "number", "min": 0, "max": 100, "decimals": 2, "measure": "suv_max", "missing": ["nv"]},
        {"kind": "item", "id": "count", "ask": "How many nodes", "type": "integer", "min": 0, "max": 20, "measure": "count", "missing": ["nv"]},
        {"kind": "item", "id": "width", "ask": "Width", "type": "number", "min": 0, "max": 400, "unit": "mm", "measure": "length", "missing": ["nv"]},
    ],
}  # fmt: skip


def _pane(series: str, **more: Any) -> dict[str, Any]:
    return {"series": series, "at": "scored", "plane": "acquired", "under": None, "preset": None, "inverted": False, **more}  # fmt: skip


def _layout(name: str, rows: list[list[Any]], **more: Any) -> dict[str, Any]:
    return {"id": name.lower().replace(" ", "_"), "name": name, "rows": rows, "tool": "window", "crosshair": False, "lines": True, "cine": False, **more}  # fmt: skip


HANG = {
    "link": "position",
    "screen": {"megapixels": 1.0, "grey_check_days": 30},
    "layouts": [
        _layout("Fusion", [
            [_pane("ct", preset="soft"), _pane("pet", under="ct", preset="suv_10")],
            [_pane("ct", plane="coronal", preset="soft"), _pane("pet", preset="suv_10", inverted=True)],
        ], crosshair=True),
        _layout("Planes", [[_pane("ct"), _pane("ct", plane="sagittal"), _pane("ct", plane="coronal")]], tool="crosshair"),
        _layout("Beside", [[_pane("ct", at="prior"), _pane("ct")]]),
    ],
}  # fmt: skip
PRESETS = [
    {"name": "Auto", "window": None, "level": None},
    {"id": "soft", "name": "Soft tissue", "window": 400, "level": 40, "series": ["ct"]},
    {"id": "suv_10", "name": "SUV 0 to 10", "window": 11, "level": 5.5, "series": ["pet"]},
    {"id": "suv_5", "name": "SUV 0 to 5", "window": 6, "level": 3, "series": ["pet"]},
]  # fmt: skip


def build_designs(
    folder: Path, store: dict[str, Path], first: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """More cases by token; `first` is the hand at two time points, which some of them show too."""
    return {
        c["token"]: c
        for c in (
            _fusion(folder, store),
            _scales(folder, store),
            _mtss(first),
            _staged(first),
            _choice(first),
        )
    }


def _again(first: dict[str, Any], token: str, **changes: Any) -> dict[str, Any]:
    """The first case's images under a case of their own."""
    case = copy.deepcopy(first)
    case.update(token=token, **changes)
    return case


def _fusion(folder: Path, store: dict[str, Path]) -> dict[str, Any]:
    token, timepoints = "case-fusion", []
    for label, slices in (("A", 40), ("B", 44)):
        frame = generate_uid()
        ct = write_ct(folder, slices=slices, size=128, frame=frame, seed=ord(label))
        pet = write_pet(folder, slices=30, size=64, frame=frame)
        timepoints.append({"label": label, "series": [
            _series(store, token, f"{label}.ct", "ct", "CT", ct),
            _series(store, token, f"{label}.pet", "pet", "PET", pet),
        ]})  # fmt: skip
    case = _case(token, 20, LESIONS, timepoints, [])
    case.update(presets=PRESETS, hang=HANG)
    return case


def _scales(folder: Path, store: dict[str, Path]) -> dict[str, Any]:
    token = "case-scales"  # noqa: S105  # the name of a case
    series = [
        _series(store, token, "A.film", "film", "Hand", write_radiograph(folder)),
        _series(store, token, "A.still", "still", "MCP 2", write_ultrasound(folder)),
    ]
    point = [{"label": "A", "series": series}]
    return _case(token, 21, LESIONS, point, [["A.film", "A.still"]])


def _mtss(first: dict[str, Any]) -> dict[str, Any]:
    one = copy.deepcopy(first["timepoints"][:1])
    return _again(first, "case-mtss", number=22, form=score("mtss").as_client(), timepoints=one, layout=[["A.cor_stir", "A.cor_t1"]])  # fmt: skip


def _staged(first: dict[str, Any]) -> dict[str, Any]:
    """The first step of a time-sequential read; the server of the mock adds the next time point when it is locked."""
    one = copy.deepcopy(first["timepoints"][:1])
    stage = {"number": 1, "of": 3, "kind": "time point", "labels": ["A"], "locked": [], "may_change": []}  # fmt: skip
    case = _again(first, "case-stages", number=23, timepoints=one, layout=[], prefixed=True, stage=stage)  # fmt: skip
    case["later"] = copy.deepcopy(first["timepoints"][1:])
    case["may_report"] = ["unexpected_finding"]
    case["form"] = {
        **RAMRIS,
        "blocks": [b for b in RAMRIS["blocks"] if b["kind"] == "item"],
    }  # type: ignore[index]
    return case


def _choice(first: dict[str, Any]) -> dict[str, Any]:
    reads = [
        {"choice": str(n), "label": f"Read {n}", "measurements": [],
         "answers": {"A:normal": 0, "A:bones.capitate.ero": n, "A:bones.lunate.ero": 2, "A:readable": "optimal", "B:normal": 1}}
        for n in (1, 2)
    ]  # fmt: skip
    view = {"how": "choose", "reasons": ["progression"], "choice": None, "reason": "", "reads": reads}  # fmt: skip
    return _again(
        first, "case-choice", number=24, role="adjudicator", adjudication=view
    )
