"""The environment that every template is rendered in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import jinja2
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from markupsafe import Markup

from provident.web.ui import charts, numbers, states, times
from provident.web.ui.assets import entry


@jinja2.pass_context
def study_url(context: jinja2.runtime.Context, name: str, /, **named: Any) -> str:
    """The address of a page of the current study."""
    study = context["request"].membership.study.slug
    return reverse(name, kwargs={"study": study, **named})


def url(name: str, /, *args: Any, **named: Any) -> str:
    """The address of a page."""
    return reverse(name, args=args or None, kwargs=named or None)


@jinja2.pass_context
def ago(context: jinja2.runtime.Context, at: datetime | None) -> Markup:
    """`3 h ago` with the exact time on hover, by the platform's clock."""
    return times.ago(at, context["now"])


@jinja2.pass_context
def age(
    context: jinja2.runtime.Context, since: datetime, limit_days: int | None = None
) -> Markup:
    """`12 d`, in bold past the limit."""
    return times.age(since, context["now"], limit_days)


def html_id(*parts: object) -> str:
    """An id for an element from words."""
    text = "-".join(str(p) for p in parts)
    return "".join(c if c.isalnum() else "-" for c in text.lower())


def span(length: timedelta | None) -> str:
    """`40 min`, `3 h`, `12 d`; a dash for nothing."""
    return numbers.NOTHING if length is None else times.span(length)


def form_errors(form: Any) -> list[dict[str, str]]:
    """A form's errors for the summary on top, each leading to its field."""
    found = [{"text": str(e)} for e in form.non_field_errors()]
    for name, errors in form.errors.items():
        if name != "__all__":
            target = form[name].id_for_label or f"{form[name].auto_id}_0"
            found += [{"text": str(e), "href": f"#{target}"} for e in errors]
    return found


def choices(bound: Any, chosen: Any) -> list[dict[str, Any]]:
    """The items of a radio or checkbox field, in the wording of nhsuk's macros."""
    given = {str(value) for value in chosen if value is not None}
    return [
        {"value": str(v), "text": str(words), "checked": str(v) in given, "id": f"{bound.auto_id}_{i}"}
        for i, (v, words) in enumerate(bound.field.choices)
    ]  # fmt: skip


def options(bound: Any, chosen: Any) -> list[dict[str, Any]]:
    """The items of a drop-down, in the wording of nhsuk's macros."""
    given = "" if chosen is None else str(chosen)
    return [
        {"value": str(v), "text": str(words), "selected": str(v) == given}
        for v, words in bound.field.choices
    ]


def day(on: date | None) -> str:
    """`24 Nov 2026`."""
    return times.day(on)


def environment(**given: Any) -> jinja2.Environment:
    """Jinja's environment: our templates, then nhsuk-frontend's; undefined values chain, as its macros need."""
    loader = jinja2.ChoiceLoader(
        [given.pop("loader"), jinja2.PackageLoader("nhsuk_frontend_jinja")]
    )
    given.update(undefined=jinja2.ChainableUndefined, loader=loader)
    given.pop("autoescape", None)
    made = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, **given
    )
    functions: Mapping[str, Any] = {
        "static": static,
        "url": url,
        "study_url": study_url,
        "entry": entry,
        "get_messages": get_messages,
        "ago": ago,
        "age": age,
        "look": states.look,
        "charts": charts,
        "html_id": html_id,
        "form_errors": form_errors,
        "choices": choices,
        "options": options,
        "plural": numbers.plural,
        "percent": numbers.percent,
    }
    made.globals.update(functions)
    made.filters.update(
        day=day, utc=times.exact, span=span, size=times.size, plain=numbers.plain
    )
    return made
