"""The only writer of what people send from the browser page: the site's wrapped key, whose images they are, transfers."""

from __future__ import annotations

import json
from typing import Any

from django.db import IntegrityError, transaction

from provident.adapters.gateway.sitekey import Wrapped
from provident.kernel import Clock, InvalidInput, NotFound, NotReady, Refused
from provident.kernel.ids import new_token, sha256
from provident.web.intake import desk
from provident.web.intake.actions.transfers import announce
from provident.web.intake.models import Gateway, PersonCode, Transfer, WrappedKey
from provident.web.ledger.record import Actor, record
from provident.web.participants.models import Participant
from provident.web.sites.models import Site
from provident.web.studies.plans import plan_in_force


ACTS = ("make", "import", "passphrase", "replace")
WHOSE = "These images are of the patient whose images were sent for {}. Choose that participant, or the right files."
ANOTHER = (
    "These images are of another patient than those sent for {} before. Check the files and the participant. If it is "
    "the same person under another hospital number, say so below."
)


def keep_key(
    *, site: Site, wrapped: Wrapped, act: str, reason: str, by: Actor, clock: Clock
) -> WrappedKey:
    """Keep the wrapped key that a site's page made, took over, wrapped anew or put in place of an earlier one.

    Raises:
        InvalidInput: the act is none, or has no reason where it needs one.
        Refused: the key does not fit the act: another one is in force, or it is none of the site's.
    """
    if act not in ACTS:
        raise InvalidInput("Say what to do with the key: make, import, passphrase or replace.")  # fmt: skip
    try:
        return _kept(site, wrapped, act, reason.strip(), by, clock)
    except IntegrityError:
        raise Refused("Somebody of your site set a key just now. Reload the page.") from None  # fmt: skip


@transaction.atomic
def _kept(
    site: Site, wrapped: Wrapped, act: str, reason: str, by: Actor, clock: Clock
) -> WrappedKey:
    before = WrappedKey.objects.select_for_update().filter(site=site, replaced_at__isnull=True).first()  # fmt: skip
    _check_act(site, before, wrapped, act, reason)
    values = {"wrapped": wrapped.as_json(), "check_value": wrapped.check, "made_at": clock.now(), "made_by": by.name}  # fmt: skip
    if before is not None and act == "replace":
        before.replaced_at = clock.now()
        before.save(update_fields=["replaced_at"])
    if before is not None and act == "passphrase":
        # The same key: what lay under the old passphrase is not kept.
        row = before
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    else:
        row = WrappedKey.objects.create(study=site.study, site=site, namespace=int(wrapped.namespace), **values)  # fmt: skip
    record(clock=clock, by=by, study=site.study.slug, action=f"site.key_{act}", thing="site", thing_id=site.code,
           site=site.code, old={"check": before.check_value} if before and act == "replace" else None,
           new={"namespace": row.namespace, "check": row.check_value}, reason=reason)  # fmt: skip
    return row


def _check_act(
    site: Site, before: WrappedKey | None, wrapped: Wrapped, act: str, reason: str
) -> None:
    same = before is not None and (before.check_value, str(before.namespace)) == (wrapped.check, wrapped.namespace)  # fmt: skip
    if act in ("make", "import") and before is not None:
        raise Refused("Your site has a key already. Reload the page and open it with the site's passphrase.")  # fmt: skip
    if act == "make" and wrapped.namespace != "1":
        raise InvalidInput("A first key is of namespace 1.")
    if act == "make" and desk.gateway_has_sent(site) and not reason:
        raise Refused(
            "Your site's gateway has sent images under its own key. Import that key, so that later images fit the "
            "earlier ones, or say why the page needs one of its own."
        )
    if act == "passphrase" and not same:
        raise Refused("That is another key than the one in force; only its passphrase can be changed here.")  # fmt: skip
    if act == "replace":
        _check_replacement(before, wrapped, reason)


def _check_replacement(
    before: WrappedKey | None, wrapped: Wrapped, reason: str
) -> None:
    if before is None:
        raise NotReady("There is no key yet that could be replaced.")
    if not reason:
        raise InvalidInput("Say why the key is replaced: later images will not fit the earlier ones.")  # fmt: skip
    if wrapped.check == before.check_value or int(wrapped.namespace) != before.namespace + 1:  # fmt: skip
        raise InvalidInput("A key that replaces another is a new one, of the next namespace.")  # fmt: skip


def announce_from_page(
    *,
    site: Site,
    content: bytes,
    person: str,
    namespace: int,
    same_person: str,
    by: Actor,
    clock: Clock,
) -> Transfer:
    """Announce a transfer of the browser page, for a participant whose images these are.

    Args:
        person: the keyed code of the patient, made under the site's key in force.
        same_person: why another code is the same person's; blank where it has to be the one known.

    Raises:
        InvalidInput: the manifest is not of its form.
        Refused: the key was replaced, consent is missing, the visit does not fit, or it is another patient.
    """
    told = _told(content)
    participant = _participant(site, told)
    page = ensure_page(site=site, by=by, clock=clock)
    if site.activated_at is None or page.revoked_at is not None:
        raise Refused(
            "Your site is not open for images yet, or its browser page was closed. Ask the trial team."
        )
    key = desk.key_in_force(site)
    if key is None or key.namespace != namespace:
        raise Refused("The site's key was replaced meanwhile. Reload the page and choose the files again.")  # fmt: skip
    missing = desk.missing_consents(plan_in_force(site.study), participant)
    if missing:
        raise Refused("A consent that the study requires is not given, so the images stay with you: " + "; ".join(missing) + ".")  # fmt: skip
    if not desk.fits_visit(participant, told):
        raise Refused("Visit and day of these images do not fit the plan's windows. Reload the page and choose the visit again.")  # fmt: skip
    note_person(participant=participant, code=person, namespace=namespace, same_person=same_person, by=by, clock=clock)  # fmt: skip
    return announce(gateway=page, content=content, clock=clock, by=by)


def _told(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("way") != "browser" or told.get("acquired_on") is not None:  # fmt: skip
        raise InvalidInput("This is no manifest of the browser page. Reload the page.")
    return told


def _participant(site: Site, told: dict[str, Any]) -> Participant:
    code = str(told.get("participant"))
    found = Participant.objects.filter(site=site, code=code).first()
    if found is None or told.get("site") != site.code:
        raise Refused("Nobody with that number is enrolled at your site.")
    if found.status != Participant.Status.ACTIVE:
        raise Refused("The participant has withdrawn; the images stay with you.")
    return found


@transaction.atomic
def note_person(
    *,
    participant: Participant,
    code: str,
    namespace: int,
    same_person: str,
    by: Actor,
    clock: Clock,
) -> None:
    """Hold a patient's keyed code against what is known of the participant; note it where nothing is.

    Raises:
        InvalidInput: it is no code.
        Refused: the code is another participant's, or the participant has another one.
    """
    if len(code) != 64 or set(code) - set("0123456789abcdef"):
        raise InvalidInput("The page did not say whose images these are. Reload it.")
    site = participant.site
    # All announcements of a participant wait for each other: two first transfers cannot both be the first.
    Participant.objects.select_for_update().get(pk=participant.pk)
    known = desk.codes(site, namespace)
    owner = known.get(code)
    if owner == participant.code:
        return
    if owner is not None:
        raise Refused(WHOSE.format(owner))
    others = participant.code in known.values()
    if others and not same_person.strip():
        raise Refused(ANOTHER.format(participant.code))
    PersonCode.objects.create(
        study=participant.study, participant=participant, site=site, namespace=namespace, code=code,
        noted_at=clock.now(), noted_by=by.name,
    )  # fmt: skip
    record(clock=clock, by=by, study=participant.study.slug,
           action="participant.second_number_noted" if others else "participant.person_noted", thing="participant",
           thing_id=participant.code, site=site.code, participant=participant.code, reason=same_person.strip() if others else "")  # fmt: skip


@transaction.atomic
def forget_person(
    *, participant: Participant, reason: str, by: Actor, clock: Clock
) -> int:
    """Undo whose images were noted for a participant, after files of a wrong patient were sent; how many codes.

    Raises:
        InvalidInput: no reason is given.
        NotFound: nothing is noted.
    """
    if not reason.strip():
        raise InvalidInput("Say why, in a few words and without names or hospital numbers.")  # fmt: skip
    rows = PersonCode.objects.filter(participant=participant, undone_at__isnull=True)
    undone = rows.update(undone_at=clock.now())
    if not undone:
        raise NotFound("Nothing was sent from the browser for this participant yet.")
    record(clock=clock, by=by, study=participant.study.slug, action="participant.person_forgotten", thing="participant",
           thing_id=participant.code, site=participant.site.code, participant=participant.code,
           new={"codes": undone}, reason=reason)  # fmt: skip
    return undone


@transaction.atomic
def ensure_page(*, site: Site, by: Actor, clock: Clock) -> Gateway:
    """What stands for a site's browser page among its gateways; nobody has its token."""
    found = desk.page_gateway(site)
    if found is not None:
        return found
    made, new = Gateway.objects.get_or_create(
        site=site, page=True,
        defaults={
            "study": site.study, "name": f"{site.code} browser page", "registered_at": clock.now(),
            "token_sha256": sha256(new_token(32).encode()),
        },
    )  # fmt: skip
    if new:
        record(clock=clock, by=by, study=site.study.slug, action="gateway.registered", thing="gateway",
               thing_id=str(made.pk), site=site.code, new={"name": made.name})  # fmt: skip
    return made
