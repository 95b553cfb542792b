"""Reading gateways, transfers and quarantines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from provident.adapters.gateway.site import SiteGateway
from provident.kernel import NotFound
from provident.kernel.ids import sha256
from provident.web.exams.models import Series
from provident.web.exams.objects import object_store
from provident.web.intake.builtin import built_in
from provident.web.intake.manifest import Manifest, parse
from provident.web.intake.models import Gateway as Gateway
from provident.web.intake.models import Quarantine as Quarantine
from provident.web.intake.models import Transfer as Transfer
from provident.web.intake.models import TransferTest as TransferTest
from provident.web.participants.models import Participant as Participant
from provident.web.people.access import Scope, Thing, check, one, scoped
from provident.web.people.models import Membership
from provident.web.sites.models import Site as Site
from provident.web.studies.models import PlanVersion
from provident.web.studies.plans import version_in_force


# For gateways, which act for their site alone


def gateway_of(token: str) -> Gateway | None:
    """The gateway whose token this is, unless it was revoked."""
    rows = Gateway.objects.select_related("study", "site")
    return rows.filter(token_sha256=sha256(token.encode()), revoked_at__isnull=True).first()  # fmt: skip


def schedule(gateway: Gateway) -> dict[str, Any]:
    """What a gateway needs to know: the participants of its site under their trial numbers, and the plan's hash."""
    version = version_in_force(gateway.study)
    rows = Participant.objects.filter(site=gateway.site).order_by("code")
    return {
        "study": gateway.study.slug,
        "site": gateway.site.code,
        "plan": {"version": version.version, "hash": version.hash},
        "participants": [
            {"code": p.code, "anchor": p.anchor_on.isoformat(), "status": p.status, "consent": p.consent}
            for p in rows
        ],
    }  # fmt: skip


def plan_files(gateway: Gateway, digest: str) -> dict[str, str]:
    """The files of a version of the study's plan.

    Raises:
        NotFound: the study has no plan of that hash.
    """
    version = PlanVersion.objects.filter(study=gateway.study, hash=digest).first()
    if version is None:
        raise NotFound("The study has no plan with that hash.")
    return dict(version.files)


def transfer_of(gateway: Gateway, token: str) -> Transfer:
    """A transfer that this gateway announced.

    Raises:
        NotFound: there is none.
    """
    rows = gateway.transfers.select_related("study", "site", "gateway", "participant", "exam")  # fmt: skip
    found = rows.filter(token=token).first()
    if found is None:
        raise NotFound("This gateway announced no such transfer.")
    return found


def participant_of(gateway: Gateway, code: str) -> Participant | None:
    """A participant of the gateway's own site."""
    return Participant.objects.filter(site=gateway.site, code=code).first()


def open_decisions(gateway: Gateway) -> list[Quarantine]:
    """What people decided and the gateway has not carried out yet."""
    rows = gateway.quarantines.filter(decided_at__isnull=False, carried_out_at__isnull=True)  # fmt: skip
    return list(
        rows.exclude(act="").select_related("participant").order_by("decided_at")
    )


def study_ids() -> list[int]:
    """All studies that have sites."""
    return sorted(set(Site.objects.values_list("study_id", flat=True)))


def sites_of(study_id: int) -> list[Site]:
    """The sites of a study."""
    return list(Site.objects.filter(study_id=study_id).select_related("study"))


def manifest_of(transfer: Transfer) -> Manifest:
    """The manifest that a transfer was announced with."""
    return parse(object_store().read(transfer.manifest_key))


def sealed(exam_uid: str, study_id: int) -> dict[str, tuple[int, Mapping[str, Any]]]:
    """The series of an exam as they are sealed now: UID -> (version, manifest)."""
    rows = Series.objects.filter(exam__study_id=study_id, exam__uid=exam_uid)
    store = object_store()
    return {
        row.uid: (
            row.manifest_version,
            {**json.loads(store.read(row.manifest_key)), "sha256": row.manifest_sha256},
        )
        for row in rows
    }


# For people, through the access table


def transfers(by: Membership) -> QuerySet[Transfer]:
    """The transfers that a person may see, the newest first."""
    rows = Transfer.objects.select_related("site", "participant", "exam", "gateway")
    return scoped(by, Thing.TRANSFER, rows)


def transfer(by: Membership, pk: int, verb: str = "see") -> Transfer:
    """One transfer.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Transfer.objects.select_related("site", "participant", "exam", "gateway")
    return one(by, Thing.TRANSFER, rows, verb, pk=pk)


def transfer_tests(by: Membership) -> list[tuple[Site, TransferTest | None]]:
    """Each site that a person may see with its latest transfer test, None where there was none."""
    sites = Site.objects.select_related("study")
    rows = TransferTest.objects.select_related("site", "gateway")
    latest: dict[int, TransferTest] = {}
    for test in scoped(by, Thing.TRANSFER, rows):
        latest.setdefault(test.site_id, test)
    # Who sees the transfers of a site sees its tests, also where the role sees no page of sites.
    cell = check(by, "see", Thing.TRANSFER)
    shown = sites.filter(study_id=by.study_id).order_by("code")
    if cell.scope is Scope.SITE:
        shown = shown.filter(code=by.site)
    return [(site, latest.get(site.pk)) for site in shown]


def site_of_transfers(by: Membership, code: str) -> Site:
    """One site, for who may see its transfers.

    Raises:
        Denied, NotFound: as the access table says.
    """
    cell = check(by, "see", Thing.TRANSFER)
    rows = Site.objects.filter(study_id=by.study_id, code=code).select_related("study")
    if cell.scope is Scope.SITE:
        rows = rows.filter(code=by.site)
    found = rows.first()
    if found is None:
        raise NotFound("There is no such site, or it is not yours.")
    return found


def gateways_of(site: Site) -> list[Gateway]:
    """The gateways of a site that may send, the last heard of first."""
    rows = site.gateways.filter(revoked_at__isnull=True)
    return list(rows.order_by(F("seen_at").desc(nulls_last=True), "pk"))


def latest_tests(site: Site, most: int) -> list[TransferTest]:
    """The latest transfer tests of a site, the newest first."""
    return list(TransferTest.objects.filter(site=site)[:most])


def receipt(of: Transfer) -> dict[str, Any] | None:
    """The receipt of a transfer, where it has come that far."""
    if not of.receipt_key:
        return None
    return dict(json.loads(object_store().read(of.receipt_key)))


def quarantines(by: Membership, verb: str = "see") -> QuerySet[Quarantine]:
    """The quarantines that a person may see, those that wait for somebody first."""
    rows = Quarantine.objects.select_related("site", "participant", "gateway", "study")
    return scoped(by, Thing.QUARANTINE, rows, verb).order_by("-state", "-received_at")


def quarantine(by: Membership, pk: int, verb: str = "see") -> Quarantine:
    """One quarantine.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Quarantine.objects.select_related("site", "participant", "gateway", "study")
    return one(by, Thing.QUARANTINE, rows, verb, pk=pk)


def participants_of_site(by: Membership, site_id: int) -> list[Participant]:
    """The participants of a site that images can be linked to."""
    rows = scoped(by, Thing.PARTICIPANT, Participant.objects.filter(site_id=site_id))
    return list(rows.order_by("code"))


def own_site(by: Membership) -> Site:
    """The site of a site's member.

    Raises:
        NotFound: the person belongs to no site.
    """
    found = Site.objects.filter(study_id=by.study_id, code=by.site).select_related("study").first()  # fmt: skip
    if found is None:
        raise NotFound("You belong to no site of this study.")
    return found


def participant(by: Membership, code: str, verb: str) -> Participant:
    """One participant, for an act at the site.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Participant.objects.select_related("site__study", "study")
    return one(by, Thing.PARTICIPANT, rows, verb, code=code)


def exams_of(of: Participant) -> int:
    """How many exams of a participant the centre has."""
    return of.exams.count()


def trial_numbers(site: Site) -> set[str]:
    """The numbers of a site's participants."""
    return set(Participant.objects.filter(site=site).values_list("code", flat=True))


def gateway_at(site: Site) -> SiteGateway:
    """The gateway of a site that this platform runs itself.

    Raises:
        NotFound: the site's gateway is another machine.
    """
    found = built_in(site)
    if found is None:
        raise NotFound("Your site's gateway is another machine; do this there.")
    return found
