"""A share of a constraint as a bar: attributes only, since the pages' policy forbids inline styles."""

from __future__ import annotations

from markupsafe import Markup

from provident.web.ui.charts import AMBER, GREEN, RED, SOFT, TRACK


WIDTH, ROOM = 170.0, 1.2  # the limit stands where there is room for a fifth more


def share_bar(share: float, warn_at: float, *, title: str) -> Markup:
    """How much of a limit is used; lines stand at the plan's warning and at the limit. 1.0 is the whole limit."""
    whole = max(ROOM, share * 1.05)
    full, warn, limit = (WIDTH * part / whole for part in (share, warn_at, 1.0))
    reached, near = share >= 1 - 1e-9, share >= warn_at - 1e-9
    colour = RED if reached else AMBER if near else GREEN
    said = "at or above the limit" if reached else "near the limit" if near else "below the plan's warning"  # fmt: skip
    return Markup(
        '<svg class="measure" viewBox="0 0 170 16" width="170" height="16" role="img" preserveAspectRatio="xMinYMid meet">'
        "<title>{}</title><desc>{} of the limit is used: {}.</desc>"
        '<rect x="0" y="3" width="170" height="10" rx="5" fill="{}"/>'
        '<rect x="0" y="3" width="{:.1f}" height="10" rx="{}" fill="{}"/>'
        '<rect x="{:.1f}" y="1" width="1.5" height="14" fill="{}"/>'
        '<rect x="{:.1f}" y="0" width="2.5" height="16" fill="#1d3a56"/></svg>'
    ).format(title, percent(share), said, TRACK, max(full, 1.5), 5 if full > 10 else 1, colour, warn, SOFT, limit)  # fmt: skip


def percent(share: float) -> str:
    """`82 %`; a used dose that rounds to nothing is said to be below 1 %, never zero."""
    if 0 < share < 0.01:
        return "below 1 %"
    return f"{100 * share:.0f} %"
