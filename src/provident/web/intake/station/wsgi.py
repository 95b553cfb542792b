"""The WSGI application of the gateway's own screen; its process ends with the command that serves it."""

from __future__ import annotations

from provident.adapters import lifeline


lifeline.hold()

from django.core.wsgi import get_wsgi_application  # noqa: E402  # not before the lifeline is held


application = get_wsgi_application()
