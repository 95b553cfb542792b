"""A de-identification profile as JSON and back: the server reads the plan, the browser gets the value.

The hash is computed again on the other side: it covers the shipped tables too, so that a browser with other tables
than the centre's refuses to work.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from provident.deid import Action, Override, PrivateRule, Profile, Trial
from provident.deid.profile import DeviceRegion, FaceRemoval, PlainDevice
from provident.kernel import InvalidInput


_Told = Mapping[str, Any]
_SETS = ("options", "approved", "examine", "series_once", "faces")


def as_json(profile: Profile) -> dict[str, Any]:
    """A profile as a JSON document, its hash included."""
    told = asdict(profile)
    for name in _SETS:
        told[name] = sorted(told[name])
    faces = told["face_removal"]
    faces["template"] = base64.b64encode(faces["template"]).decode()
    return {**told, "hash": profile.hash}


def from_json(told: Mapping[str, Any]) -> Profile:
    """The profile that `as_json` told.

    Raises:
        InvalidInput: it does not come out as the same profile: the tables here are others.
    """
    values = {name: value for name, value in told.items() if name != "hash"}
    for name in _SETS:
        values[name] = frozenset(values[name])
    values["overrides"] = tuple(
        Override(**{**row, "action": Action(row["action"])})
        for row in values["overrides"]
    )
    values["private"] = tuple(PrivateRule(**row) for row in values["private"])
    values["regions"] = tuple(DeviceRegion(**row) for row in values["regions"])
    values["plain"] = tuple(PlainDevice(**row) for row in values["plain"])
    values["trial"] = Trial(**values["trial"])
    values["face_removal"] = _face_removal(values["face_removal"])
    for name in ("date_shift", "keep_text"):
        values[name] = tuple(values[name])
    profile = Profile(**values)
    if profile.hash != told["hash"]:
        raise InvalidInput(
            "The de-identification profile came out differently in this browser. Reload the page; if that does not "
            "help, tell the trial team. Nothing was sent."
        )
    return profile


def _face_removal(told: _Told) -> FaceRemoval:
    template = base64.b64decode(told["template"])
    return FaceRemoval(
        **{**told, "remove": tuple(told["remove"]), "template": template}
    )
