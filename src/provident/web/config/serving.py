"""The WSGI application as granian's workers load it: each of them ends with the supervisor too."""

from __future__ import annotations

from provident.adapters import lifeline


lifeline.hold()

from provident.web.config.wsgi import application as application  # noqa: E402  # not before the lifeline is held
