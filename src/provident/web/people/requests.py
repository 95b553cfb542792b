"""A request within a study: the middleware has found the role that it is made in."""

from __future__ import annotations

from django.http import HttpRequest

from provident.web.people.selectors import Membership


class MemberRequest(HttpRequest):
    """What views of addresses under /s/<study>/ are handed."""

    membership: Membership
