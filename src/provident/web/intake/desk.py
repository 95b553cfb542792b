"""What the page for sending from a browser has to know: the site's participants, the plan's windows, the wrapped key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from provident import programme
from provident.adapters.browser.profiles import as_json
from provident.kernel import NotFound
from provident.plan import Plan
from provident.programme import timepoint_id, visit_for, window_days
from provident.web.exams.actions import modalities_of
from provident.web.intake import selectors
from provident.web.intake.models import Gateway, PersonCode, Transfer, WrappedKey
from provident.web.participants.models import Participant
from provident.web.people.access import Thing, check, scoped
from provident.web.people.models import Membership
from provident.web.sites.models import Site
from provident.web.studies.plans import consent_options, plan_of, version_in_force
from provident.web.studies.words import exam_name, option_words, visit_name


A_CENTURY = 36525  # days


def own_site(by: Membership) -> Site:
    """The site that a person may send for.

    Raises:
        Denied, NotFound: the person may not send, or belongs to no site.
    """
    check(by, "send", Thing.TRANSFER)
    return selectors.own_site(by)


def key_in_force(site: Site) -> WrappedKey | None:
    """The site's wrapped key."""
    return WrappedKey.objects.filter(site=site, replaced_at__isnull=True).first()


def gateway_has_sent(site: Site) -> bool:
    """Whether a gateway of the site sent images: they were hidden under its key."""
    return Transfer.objects.filter(site=site, gateway__page=False).exists()


def settings(by: Membership) -> dict[str, Any]:
    """Everything for the page, as JSON; nothing that the role may not see.

    Raises:
        Denied, NotFound: the person may not send, or belongs to no site.
    """
    site = own_site(by)
    version = version_in_force(site.study)
    plan = plan_of(version)
    key = key_in_force(site)
    return {
        "study": site.study.slug,
        "site": site.code,
        "site_name": site.name,
        "open": site.activated_at is not None,
        "plan": {"version": version.version, "hash": version.hash},
        "anchor": plan.study.anchor.upper(),
        "profile": as_json(programme.deid_profile(plan, site.code)),
        "visits": _visits(plan),
        "kinds": {kind: {"label": exam_name(plan, kind), "modalities": modalities_of(plan, kind)} for kind in plan.imaging},
        "participants": [_participant(plan, p) for p in _participants(by, site)],
        "key": key.wrapped if key else None,
        "gateway_has_sent": gateway_has_sent(site),
    }  # fmt: skip


def _visits(plan: Plan) -> list[dict[str, Any]]:
    found = []
    for name, visit in plan.study.visits.items():
        low, high = window_days(visit)
        told = {"visit": name, "label": visit.label or name, "timepoint": timepoint_id(plan, name)}  # fmt: skip
        found.append({**told, "low": low, "high": high})
    return found


def _participants(by: Membership, site: Site) -> list[Participant]:
    rows = scoped(by, Thing.PARTICIPANT, Participant.objects.filter(site=site))
    return list(rows.prefetch_related("slots").order_by("code"))


def _participant(plan: Plan, row: Participant) -> dict[str, Any]:
    return {
        "code": row.code,
        "anchor": row.anchor_on.isoformat(),
        "active": row.status == Participant.Status.ACTIVE,
        "missing": missing_consents(plan, row),
        "slots": [
            {
                "visit": slot.visit, "visit_label": visit_name(plan, slot.visit), "kind": slot.exam_kind,
                "kind_label": exam_name(plan, slot.exam_kind), "state": slot.state,
                "opens": slot.opens_on.isoformat(), "closes": slot.closes_on.isoformat(),
            }
            for slot in row.slots.all()
        ],
    }  # fmt: skip


def missing_consents(plan: Plan, row: Participant) -> list[str]:
    """The consents that the plan requires and the participant has not given, in words."""
    return [
        option_words(plan, name)
        for name, option in consent_options(plan).items()
        if option.required and not row.consent.get(name, False)
    ]


def fits_visit(participant: Participant, told: Mapping[str, Any]) -> bool:
    """Whether visit and day of a manifest are those of the plan's windows, and a slot waits for the visit."""
    plan = plan_of(version_in_force(participant.study))
    visit, day = told.get("timepoint"), told.get("day")
    if not isinstance(day, int) or abs(day) > A_CENTURY:
        return False
    match = visit_for(plan, participant.anchor_on, participant.anchor_on + timedelta(days=day))  # fmt: skip
    slot = participant.slots.filter(visit=visit or "").exists()
    return slot and (match.visit, match.in_window) == (visit, told.get("in_window"))


def page_gateway(site: Site) -> Gateway | None:
    """What stands for the site's page among the gateways, once something was sent from it."""
    return Gateway.objects.filter(site=site, page=True).select_related("study", "site").first()  # fmt: skip


def page_transfer(by: Membership, token: str) -> Transfer:
    """A transfer that was announced from the page of the person's own site.

    Raises:
        Denied, NotFound: the person may not send, or there is no such transfer.
    """
    site = own_site(by)
    rows = Transfer.objects.select_related("study", "site", "gateway", "participant", "exam")  # fmt: skip
    found = rows.filter(site=site, gateway__page=True, token=token).first()
    if found is None:
        raise NotFound("No such transfer was announced from this page.")
    return found


def codes(site: Site, namespace: int) -> dict[str, str]:
    """The keyed codes of the site's patients under one key: code -> participant."""
    rows = PersonCode.objects.filter(site=site, namespace=namespace, undone_at__isnull=True)  # fmt: skip
    return dict(rows.values_list("code", "participant__code"))
