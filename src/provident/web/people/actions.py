"""The only writer of accounts, roles and signatures."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from provident.kernel import Clock, Denied, InvalidInput, NotReady
from provident.kernel.ids import sha256
from provident.web.ledger.chain import canonical
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.people.access import Role
from provident.web.people.models import Membership, Signature, User
from provident.web.people.roles import BLIND
from provident.web.studies.models import Study


def actor(membership: Membership) -> Actor:
    """A member as the ledger names them."""
    return Actor(
        name=membership.user.username, role=membership.plan_role or membership.role
    )


@transaction.atomic
def create_account(
    *, username: str, name: str, password: str, by: Actor, clock: Clock, email: str = ""
) -> User:
    """Make an account; it has no right until it has a membership.

    Raises:
        InvalidInput: the name is taken or the password too weak.
    """
    if User.objects.filter(username=username).exists():
        raise InvalidInput(f'There is an account named "{username}" already.')
    user = User(username=username, name=name, email=email)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(
            "That password will not do: " + " ".join(error.messages)
        ) from None
    user.set_password(password)
    user.save()
    new = {"username": username, "name": name}
    record(
        clock=clock,
        by=by,
        study="",
        action="account.created",
        thing="account",
        thing_id=username,
        new=new,
    )
    return user


@transaction.atomic
def give_role(
    *,
    user: User,
    study: Study,
    role: Role,
    by: Actor,
    clock: Clock,
    site: str = "",
    plan_role: str = "",
    code: str = "",
    reason: str = "",
) -> Membership:
    """Give a person a role in a study.

    Raises:
        InvalidInput: a site's role without a site, or a site that the study does not have.
        NotReady: the person may not have this role beside one they hold (a reader never adjudicates).
    """
    if role is Role.SITE and not study.sites.filter(code=site).exists():
        raise InvalidInput(f'The study has no site "{site}".')
    held = set(
        user.memberships.filter(study=study, until__isnull=True).values_list(
            "role", flat=True
        )
    )
    if not _may_hold_together(role.value, held):
        raise NotReady(
            "Who reads, adjudicates or leads the readers holds no other role in the study, or the blinding would not hold."
        )
    made = Membership.objects.create(
        user=user,
        study=study,
        role=role.value,
        site=site,
        plan_role=plan_role,
        code=code,
        since=clock.now(),
    )
    new = {"role": role.value, "site": site, "plan_role": plan_role}
    record(
        clock=clock, by=by, study=study.slug, action="role.given", thing="account", thing_id=user.username,
        site=site, new=new, reason=reason,
    )  # fmt: skip
    return made


def _may_hold_together(role: str, held: set[str]) -> bool:
    """A reader never adjudicates; a lead may read, since a lead is as blind as any reader."""
    together = {role, *held}
    if not together & {r.value for r in BLIND}:
        return True
    return len(together - {Role.READING_LEAD.value}) <= 1 and together <= {
        r.value for r in BLIND
    }


@transaction.atomic
def end_role(*, membership: Membership, by: Actor, clock: Clock, reason: str) -> None:
    """End a role; its history stays."""
    if not reason.strip():
        raise InvalidInput("Say why the role ends.")
    membership.until = clock.now()
    membership.save(update_fields=["until"])
    record(
        clock=clock, by=by, study=membership.study.slug, action="role.ended", thing="account",
        thing_id=membership.user.username, old={"role": membership.role}, reason=reason,
    )  # fmt: skip


def sign(
    *,
    membership: Membership,
    password: str,
    meaning: str,
    thing: str,
    thing_id: str,
    content: object,
    clock: Clock,
) -> Signature:
    """Sign a content with the password; call inside the action's transaction, which records the event.

    Raises:
        Denied: the password is not this person's.
    """
    if not membership.user.check_password(password):
        raise Denied("That is not your password. Nothing was signed.")
    return Signature.objects.create(
        user=membership.user, study=membership.study, role=membership.role, at=clock.now(), meaning=meaning,
        thing=thing, thing_id=thing_id, content_hash=sha256(canonical(content)),
    )  # fmt: skip


@transaction.atomic
def note_login(*, user: User, clock: Clock) -> None:
    """Record that a person logged in."""
    record(clock=clock, by=Actor(name=user.username), study="", action="account.login", thing="account",
           thing_id=user.username)  # fmt: skip


@transaction.atomic
def note_failed_login(*, username: str, clock: Clock) -> None:
    """Record a refused log-in, only for accounts that exist (a password typed as name stays out)."""
    if User.objects.filter(username=username).exists():
        record(
            clock=clock,
            by=SYSTEM,
            study="",
            action="account.login_refused",
            thing="account",
            thing_id=username,
        )


@transaction.atomic
def change_password(*, user: User, old: str, new: str, clock: Clock) -> None:
    """Change one's own password.

    Raises:
        Denied: the old password is not this person's.
        InvalidInput: the new one is too weak.
    """
    if not user.check_password(old):
        raise Denied("That is not your present password.")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages)) from None
    user.set_password(new)
    user.save(update_fields=["password"])
    record(
        clock=clock, by=Actor(name=user.username), study="", action="account.password_changed",
        thing="account", thing_id=user.username,
    )  # fmt: skip
