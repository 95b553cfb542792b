"""Forms for tests, written as a plan writes them."""

from __future__ import annotations

from functools import cache
from typing import Any

from provident.forms import Form, compile_form
from provident.plan.models.forms import FormFile


def ramris(**changes: Any) -> dict[str, Any]:
    """The joint grid of the arthritis plan, shortened to what matters."""
    return {
        "form": "ramris",
        "version": 2,
        "title": "Erosion and synovitis of one hand",
        "record": ["participant", "visit", "reader"],
        "needs": ["hands_mri.cor_t1", "hands_mri.cor_stir"],
        "missing": {
            "nv": "Not visible",
            "nq": "Quality inadequate",
            "nd": "Not done",
        },
        "items": {
            "normal": {
                "ask": "All sites visible and normal?",
                "choices": {1: "Yes", 0: "No"},
                "missing": ["nd", "nq"],
            }
        },
        "grids": {
            "bones": {
                "gate": gate(),
                "rows": {"capitate": "Capitate", "lunate": "Lunate"},
                "columns": {
                    "ero": {"label": "Erosion", "range": "0..10", "missing": ["nv"]},
                    "ost": {"label": "Osteitis", "range": "0..3", "missing": ["nv"]},
                },
            },
            "joints": {
                "gate": gate(),
                "rows": "ramris_joints",
                "columns": {
                    "syn": {"label": "Synovitis", "range": "0..3", "missing": ["nv"]}
                },
            },
        },
        "derive": {
            "change": {"value": "erosion_total - baseline(erosion_total)"},
            "erosion_total": {"value": "sum(bones.ero)", "if_missing": "not evaluable"},
            "synovitis_total": "sum(joints.syn)",
        },
        **changes,
    }


def gate(**changes: Any) -> dict[str, Any]:
    return {
        "item": "normal",
        "when": 0,
        "otherwise": {"fill": 0, "mark": "implied"},
        **changes,
    }


def every_type() -> dict[str, Any]:
    """A form with each type of item."""
    return {
        "form": "mixed",
        "version": 1,
        "title": "One of each",
        "record": ["participant", "visit"],
        "missing": {"nv": "Not visible", "nd": "Not done"},
        "items": {
            "response": {
                "ask": "Response",
                "choices": {"CR": "Complete", "PD": "Progressive"},
                "missing": ["nd"],
            },
            "lesions": {"ask": "Lesions", "range": "0..20"},
            "longest": {
                "ask": "Longest diameter",
                "number": "0..300 mm",
                "decimals": 1,
                "missing": ["nv"],
                "measure": "length",
            },
            "ratio": {"ask": "Ratio", "number": "> 0"},
            "remark": {
                "ask": "Remark",
                "text": True,
                "at_most": 20,
                "why": "What the choices cannot say; not analysed.",
                "help": "Never a name.",
                "missing": ["nd"],
            },
        },
        "derive": {"area": {"value": "longest ** 2", "unit": "mm2"}},
        "study_data": ["response", "lesions", "longest", "ratio", "area"],
    }


@cache
def _ramris() -> Form:
    return compile_form(FormFile.model_validate(ramris()))


def compiled(form: dict[str, Any] | None = None) -> Form:
    return compile_form(FormFile.model_validate(form)) if form else _ramris()


def full(normal: int | str = 0, **cells: int | str) -> dict[str, Any]:
    """Complete answers of `ramris`: 0 everywhere, save the cells named with __ for dots."""
    answers: dict[str, Any] = {"normal": normal}
    for key, field in compiled().fields.items():
        if field.grid:
            answers[key] = 0
    return answers | {key.replace("__", "."): value for key, value in cells.items()}
