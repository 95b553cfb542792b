"""The cases that the mock server shows: the shapes of docs/explanation/architecture.md."""

# ruff: noqa: INP001  # a folder of scripts, never installed
from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from mock_scans import write_clip, write_hand


BONES = [
    "Metacarpal base 1", "Metacarpal base 2", "Metacarpal base 3", "Metacarpal base 4", "Metacarpal base 5",
    "Trapezium", "Trapezoid", "Capitate", "Hamate", "Scaphoid", "Lunate", "Triquetrum", "Pisiform",
    "Radius", "Ulna", "MCP 2 head", "MCP 2 base", "MCP 3 head", "MCP 3 base", "MCP 4 head", "MCP 4 base",
    "MCP 5 head", "MCP 5 base",
]  # fmt: skip
JOINTS = [
    "Radioulnar",
    "Radiocarpal",
    "Intercarpal",
    "MCP 2",
    "MCP 3",
    "MCP 4",
    "MCP 5",
]

NORMAL = {
    "kind": "item",
    "type": "choice",
    "choices": [{"value": 1, "label": "Yes"}, {"value": 0, "label": "No"}],
}


def _rows(names: list[str]) -> list[dict[str, str]]:
    return [{"id": n.lower().replace(" ", "_"), "label": n} for n in names]


def _score(name: str, label: str, most: int) -> dict[str, Any]:
    return {
        "id": name,
        "label": label,
        "type": "integer",
        "min": 0,
        "max": most,
        "missing": ["nv", "nq", "jr"],
    }


GATE = {"item": "normal", "when": 0, "fill": 0}

RAMRIS = {
    "id": "ramris@2",
    "title": "Erosion, osteitis and synovitis of one wrist and hand",
    "scope": "timepoint",
    "missing": {"nv": "Not visible", "nq": "Quality inadequate", "jr": "Replaced or fused", "nd": "Not done"},
    "blocks": [
        {**NORMAL, "id": "normal", "ask": "All sites visible and normal?", "missing": ["nd", "nq"]},
        {"kind": "grid", "id": "bones",
            "title": "Bones", "gate": GATE, "rows": _rows(BONES), "columns": [_score("ero", "Erosion", 10), _score("ost", "Osteitis", 3)]},
        {"kind": "grid", "id": "joints",
            "title": "Joints", "gate": GATE, "rows": _rows(JOINTS), "columns": [_score("syn", "Synovitis", 3)]},
        {"kind": "item", "id": "readable", "ask": "Readable?", "type": "choice", "missing": [],
         "choices": [{"value": "optimal", "label": "Optimal"}, {"value": "adequate", "label": "Adequate"}, {"value": "poor", "label": "Poor"}]},
    ],
}  # fmt: skip

ULTRASOUND = {
    "id": "us_synovitis@1",
    "title": "Synovitis of MCP 2 by ultrasound",
    "missing": {"nv": "Not visible"},
    "blocks": [
        {"kind": "item", "id": "grey", "ask": "Grey scale", "type": "integer", "min": 0, "max": 3, "missing": ["nv"]},
        {"kind": "item", "id": "thickness", "ask": "Thickness of the pouch", "type": "number", "min": 0, "max": 400, "measure": "length", "missing": ["nv"]},
        {"kind": "item", "id": "signal", "ask": "Mean signal in the pouch", "type": "number", "min": 0, "max": 255, "measure": "mean", "missing": ["nv"]},
        {"kind": "item", "id": "note", "ask": "Remark", "type": "text", "required": False},
    ],
}  # fmt: skip

PRESETS = [
    {"name": "Auto", "window": None, "level": None},
    {"name": "Soft", "window": 900, "level": 420},
    {"name": "Hard", "window": 400, "level": 300},
]
BLIND = ["arm", "site", "dates", "order of the time points", "other readers"]


def _series(
    store: dict[str, Path],
    token: str,
    name: str,
    role: str,
    label: str,
    paths: list[Path],
) -> dict[str, Any]:
    images = []
    for path in paths:
        store[f"{token}/{path.name}"] = path
        images.append(f"/read/file/{token}/{path.name}")
    return {"id": name, "role": role, "label": label, "images": images}


def _case(
    token: str,
    number: int,
    form: dict[str, Any],
    timepoints: list[dict[str, Any]],
    layout: list[list[str]],
) -> dict[str, Any]:
    return {
        "token": token, "study": "Drug X in early arthritis", "number": number, "of": 45, "minutes_left": 130,
        "blind_to": BLIND, "role": "reader", "phase": "open", "timepoints": timepoints, "layout": layout,
        "presets": PRESETS, "form": form, "answers": {}, "measurements": [], "version": 1, "adjudication": None,
    }  # fmt: skip


def build(folder: Path) -> tuple[dict[str, dict[str, Any]], dict[str, Path]]:
    """Three cases (hand at two time points, ultrasound clip, adjudication) and their image files."""
    store: dict[str, Path] = {}
    a_stir = write_hand(folder, slices=24, size=256, stir=True, lesion=1.0, seed=1)
    b_stir = write_hand(folder, slices=24, size=256, stir=True, lesion=0.35, seed=2)
    a_t1 = write_hand(folder, slices=30, size=256, stir=False, lesion=1.0, seed=3)
    b_t1 = write_hand(folder, slices=30, size=256, stir=False, lesion=0.5, seed=4)
    clip = write_clip(folder, frames=24, seed=5)

    def hands(token: str) -> list[dict[str, Any]]:
        return [
            {"label": label, "series": [
                _series(store, token, f"{label}.cor_stir", "cor_stir", "STIR cor", stir),
                _series(store, token, f"{label}.cor_t1", "cor_t1", "T1 cor", t1),
            ]}
            for label, stir, t1 in (("A", a_stir, a_t1), ("B", b_stir, b_t1))
        ]  # fmt: skip

    layout = [["A.cor_stir", "B.cor_stir"], ["A.cor_t1", "B.cor_t1"]]
    first = _case("case-one", 17, RAMRIS, hands("case-one"), layout)
    us = [
        {
            "label": "A",
            "series": [
                _series(
                    store, "case-two", "A.clip", "clip", "MCP 2, longitudinal", clip
                )
            ],
        }
    ]
    second = _case("case-two", 18, ULTRASOUND, us, [["A.clip"]])
    third = _case("case-three", 19, RAMRIS, hands("case-three"), layout)
    third["role"] = "adjudicator"
    third["adjudication"] = {"reads": _two_readers(), "reasons": ["progression"]}
    return {c["token"]: copy.deepcopy(c) for c in (first, second, third)}, store


def _two_readers() -> list[dict[str, Any]]:
    keys = [
        f"{t}:bones.{r['id']}.{c}"
        for t in "AB"
        for r in _rows(BONES)
        for c in ("ero", "ost")
    ]
    keys += [f"{t}:joints.{r['id']}.syn" for t in "AB" for r in _rows(JOINTS)]
    one = {k: (i * 7) % 4 if i % 3 == 0 else 0 for i, k in enumerate(keys)}
    two = {
        k: v + 1 if i % 11 == 0 and v < 3 else v for i, (k, v) in enumerate(one.items())
    }
    gate = {
        "A:normal": 0,
        "B:normal": 0,
        "A:readable": "optimal",
        "B:readable": "optimal",
    }
    return [
        {"label": "Reader 1", "answers": {**gate, **one}},
        {"label": "Reader 2", "answers": {**gate, **two}},
    ]
