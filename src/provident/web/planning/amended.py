"""What an amendment changes, who must approve it, who must acknowledge it, and what waits for that."""

from __future__ import annotations

from functools import lru_cache

from provident import plan
from provident.plan import Loaded, Plan
from provident.plan.models.people import Course
from provident.programme.diff import Difference, difference
from provident.web.people.models import Membership
from provident.web.planning.models import Amendment
from provident.web.studies.plans import as_bytes


SPONSOR = "sponsor"
# The kinds of files that make a course necessary again.
AGAIN = {
    "each manual version": "imaging/",
    "each form version": "forms/",
    "each major form version": "forms/",
}


@lru_cache(maxsize=16)
def _loaded(files: tuple[tuple[str, str], ...]) -> Loaded:
    return plan.load_files({name: as_bytes(text) for name, text in files})


def loaded(files: dict[str, str]) -> Loaded:
    """Stored files as a plan, kept in memory by their content."""
    return _loaded(tuple(sorted(files.items())))


def changes(amendment: Amendment) -> Difference:
    """What the amendment changes against the version that it was drafted from."""
    return difference(loaded(amendment.base.files), loaded(amendment.files))


def approving_roles(of: Plan) -> tuple[str, ...]:
    """The roles whose signatures an amendment needs: who answers for amendments, and the sponsor."""
    answers = of.people.responsibilities.get("amendments", "trial_manager")
    return tuple(dict.fromkeys((answers, SPONSOR)))


def signs_for(membership: Membership, role: str, of: Plan) -> bool:
    """Whether a person may sign in a role that the plan names.

    A sponsor without an account is signed for by whoever may approve, with the reference of the letter.
    """
    if membership.plan_role:
        own = membership.plan_role == role
    else:
        named = of.people.roles.get(role)
        own = named is not None and named.on_platform(role) == membership.role
    return own or (role not in of.people.roles and membership.role == "trial_manager")


def needs_evidence(role: str, of: Plan) -> bool:
    """Whether a signature stands for somebody who has no account: the letter must be named."""
    return role not in of.people.roles and role != "trial_manager"


def concerns(amendment: Amendment, role: str) -> bool:
    """Whether people of a platform's role must acknowledge an amendment."""
    return bool(changes(amendment).for_role(role))


def demanded(amendment: Amendment, membership: Membership, act: str) -> str:
    """The course by which the plan demands that an act waits for the acknowledgement; blank where it does not.

    An amendment's acknowledgement stands for the repetition that `again:` asks for, where the files changed
    that it names.
    """
    of = loaded(amendment.files).require()
    files = {c.file for c in changes(amendment).changes}
    return next(
        (
            name
            for name, course in of.people.training.items()
            if course.gates == act
            and _repeats(course, files)
            and any(_holds(membership, role, of) for role in course.for_)
        ),
        "",
    )


def _repeats(course: Course, files: set[str]) -> bool:
    start = AGAIN.get(course.again or "")
    return start is not None and any(f.startswith(start) for f in files)


def _holds(membership: Membership, role: str, of: Plan) -> bool:
    if membership.plan_role:
        return membership.plan_role == role
    named = of.people.roles.get(role)
    return named is not None and named.on_platform(role) == membership.role
