"""What the centre told a gateway: who is enrolled at its site, and the plan in force. Kept on disk for work offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from provident import plan
from provident.adapters.gateway.centre import Centre, CentreAway
from provident.adapters.signing import signed_by, write_once
from provident.kernel import NotReady, PlanError
from provident.kernel.ids import new_id


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
    """The profile and its lists must be signed by the centre that this gateway spoke with first.

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
    write_once(pinned, public.encode())


def fetch(centre: Centre, folder: Path) -> None:
    """Bring the schedule, and the plan where it is a new one, from the centre into the gateway's directory."""
    told = centre.schedule()
    digest = told["plan"]["hash"]
    if not (folder / f"plan-{digest}.json").is_file():
        files = centre.plan(digest)
        _check_bundle(centre.bundle(), folder, digest, files)
        _put(folder / f"plan-{digest}.json", files)
    known = folder / "schedule.json"
    if not known.is_file() or json.loads(known.read_text()) != told:
        _put(known, told)


_known_plans: dict[str, plan.Plan] = {}  # by hash; a plan never changes under its hash


def _plan(folder: Path, digest: str) -> plan.Plan:
    if digest not in _known_plans:
        files = json.loads((folder / f"plan-{digest}.json").read_text())
        loaded = plan.load_files({name: text.encode() for name, text in files.items()})
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
