"""What the centre told a gateway: who is enrolled at its site, and the plan in force. Kept on disk for work offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from provident import plan, programme
from provident.adapters.gateway.centre import Centre, CentreAway
from provident.adapters.signing import signed_by, write_once
from provident.kernel import NotReady, PlanError
from provident.kernel.ids import new_id
from provident.plan.stored import as_bytes


BUNDLE = "profile bundle"  # what the centre signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A participant of the site, under the trial's number."""

    code: str
    anchor: date
    active: bool
    consent: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The site's participants and the plan they are followed by."""

    participants: Mapping[str, Enrolled]
    plan: plan.Plan

    def missing_consents(self, participant: Enrolled) -> list[str]:
        """The consents that the plan requires and the participant has not given."""
        if self.plan.consent is None:
            return []
        return [
            name
            for name, option in self.plan.consent.options.items()
            if option.required and not participant.consent.get(name, False)
        ]


def _put(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{new_id()}")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(document))
    temporary.replace(path)


class NotSigned(CentreAway):
    """What the centre hands out is not signed by the centre that this gateway knows."""


def _check_bundle(
    told: Mapping[str, Any], folder: Path, digest: str, files: Mapping[str, str]
) -> None:
    """The profile and its lists must be signed by the centre that this gateway spoke with first, and be no older ones.

    Raises:
        NotSigned: they are not; nothing is de-identified by them.
    """
    pinned = folder / "centre-key"
    public = pinned.read_text() if pinned.is_file() else str(told["public_key"])
    bundle = told["bundle"]
    whole = signed_by(public, BUNDLE, bundle, str(told["signature"]))
    if not whole or bundle["plan"]["hash"] != digest:
        raise NotSigned("The de-identification profile is not signed by this gateway's centre. Ask the trial team before anything is sent.")  # fmt: skip
    if any(files.get(name) != text for name, text in bundle["files"].items()):
        raise NotSigned("The plan from the centre has another de-identification profile than the signed one. Ask the trial team.")  # fmt: skip
    known = known_bundle(folder)
    if known is not None and _since(bundle) < _since(known["bundle"]):
        raise NotSigned("The centre hands out an older de-identification profile than this gateway has. Ask the trial team; a return to it needs a new version of the plan.")  # fmt: skip
    write_once(pinned, public.encode())


def _since(bundle: Mapping[str, Any]) -> datetime:
    """Since when the bundle's plan is in force."""
    return datetime.fromisoformat(str(bundle["plan"]["in_force_from"]))


def known_bundle(folder: Path) -> dict[str, Any] | None:
    """The signed bundle by which this gateway works: `{"bundle", "public_key", "signature"}`."""
    path = folder / "bundle.json"
    return dict(json.loads(path.read_text())) if path.is_file() else None


def fetch(centre: Centre, folder: Path) -> None:
    """Bring the schedule, and plan and bundle where they are new, from the centre into the gateway's directory.

    Raises:
        NotSigned: the profile is not the signed one, or an older one.
    """
    told = centre.schedule()
    digest = told["plan"]["hash"]
    known = known_bundle(folder)
    kept = folder / f"plan-{digest}.json"
    if known is None or known["bundle"]["plan"]["hash"] != digest or not kept.is_file():
        files = json.loads(kept.read_text()) if kept.is_file() else centre.plan(digest)
        signed = centre.bundle()
        _check_bundle(signed, folder, digest, files)
        _put(kept, files)
        _put(folder / "bundle.json", signed)
    schedule = folder / "schedule.json"
    if not schedule.is_file() or json.loads(schedule.read_text()) != told:
        _put(schedule, told)
    tell_what_runs(centre, folder, str(told["site"]))


_told: dict[
    str, str
] = {}  # by plan hash and site: the hash of the profile as this version reads it


def tell_what_runs(centre: Centre, folder: Path, site: str) -> None:
    """Have the centre told which software and which profile this gateway works by, as it reads it itself."""
    known = known_bundle(folder)
    if known is None:
        return
    digest = known["bundle"]["plan"]["hash"]
    name = f"{digest} {site}"
    if name not in _told:
        _told[name] = programme.deid_profile(_plan(folder, digest), site).hash
    centre.runs(software=version("provident"), plan=str(known["bundle"]["plan"]["version"]), profile=_told[name])  # fmt: skip


_known_plans: dict[str, plan.Plan] = {}  # by hash; a plan never changes under its hash


def _plan(folder: Path, digest: str) -> plan.Plan:
    if digest not in _known_plans:
        files = json.loads((folder / f"plan-{digest}.json").read_text())
        loaded = plan.load_files({name: as_bytes(text) for name, text in files.items()})
        if loaded.plan is None:
            raise PlanError(
                "The plan from the centre does not load with this gateway's version of Provident. Update the gateway.",
                loaded.findings,
            )
        _known_plans[digest] = loaded.plan
    return _known_plans[digest]


def known_schedule(folder: Path) -> Schedule:
    """The schedule as last fetched.

    Raises:
        NotReady: the centre was never reached.
    """
    path = folder / "schedule.json"
    if not path.is_file():
        raise NotReady("This gateway has not reached its centre yet.")
    told = json.loads(path.read_text())
    participants = {
        row["code"]: Enrolled(
            code=row["code"],
            anchor=date.fromisoformat(row["anchor"]),
            active=row["status"] == "active",
            consent=row["consent"],
        )
        for row in told["participants"]
    }
    return Schedule(participants=participants, plan=_plan(folder, told["plan"]["hash"]))
