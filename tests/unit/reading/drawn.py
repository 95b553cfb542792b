"""A form that is filled by measurements, images to draw on, and drawings, for tests."""

from __future__ import annotations

from functools import cache

import numpy as np

from provident.forms import Form, compile_form
from provident.plan.models.forms import FormFile
from provident.reading.measurements import CaseImage, ImageRef, Plane
from provident.reading.measuring import Raster, Scale


CT = "1.2.840.10008.5.1.4.1.1.2"


@cache
def form() -> Form:
    """One answer for each kind of measurement."""
    number = "0..1000 mm"
    return compile_form(
        FormFile.model_validate(
            {
                "form": "lesion",
                "version": 2,
                "title": "A lesion",
                "record": ["participant", "visit", "reader"],
                "missing": {"nv": "Not visible"},
                "items": {
                    "seen": {"ask": "Seen?", "choices": {1: "Yes", 0: "No"}, "missing": ["nv"]},
                    "long": {"ask": "Long axis", "number": number, "decimals": 1, "measure": "length", "missing": ["nv"]},
                    "short": {"ask": "Short axis", "number": "0..100 cm", "decimals": 2, "measure": "short_axis"},
                    "bend": {"ask": "Angle", "number": "0..180 deg", "decimals": 0, "measure": "angle"},
                    "density": {"ask": "Mean density", "number": "-1024..3000 HU", "decimals": 1, "measure": "mean"},
                    "uptake": {"ask": "SUV", "number": "0..100 SUV", "decimals": 2, "measure": "suv_max"},
                    "adc": {"ask": "ADC", "number": "0..5 um2/ms", "decimals": 2, "measure": "adc"},
                    "nodes": {"ask": "Nodes", "range": "0..50", "measure": "count"},
                    "remark": {"ask": "Remark", "text": True, "why": "a test"},
                },
                "derive": {"twice": {"value": "2 * long", "unit": "mm"}},
            }
        )
    )  # fmt: skip


PLANE = Plane(
    position=(-100.0, -80.0, 12.5),
    row=(1.0, 0.0, 0.0),
    column=(0.0, 0.0, -1.0),
    spacing=(0.5, 2.0),
    frame_of_reference="2.25.9",
)
RAMP = np.arange(80.0).reshape(8, 10)


def image(
    name: str = "1", visit: str = "week12", frame: int = 1, **more: object
) -> CaseImage:
    """An image of 8 rows and 10 columns, 0 to 79, in HU, 0.5 mm between columns and 2 mm between rows."""
    scales = {
        "suv": Scale(factor=0.1, unit="SUV"),
        "adc": Scale(factor=1e-5, unit="mm2/s"),
    }
    raster = Raster(pixels=RAMP, spacing=(0.5, 2.0), unit="HU", scales=scales)
    ref = ImageRef(
        study_uid="2.25.1", series_uid="2.25.2", sop_class=CT, sop_uid=f"2.25.3{name}", frame=frame, frames=30 if frame > 1 else 1
    )  # fmt: skip
    made = {"visit": visit, "role": "chest", "ref": ref, "raster": raster, "plane": PLANE}  # fmt: skip
    return CaseImage(**{**made, **more})  # type: ignore[arg-type]
