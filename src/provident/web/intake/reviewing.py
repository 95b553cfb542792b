"""A look at what de-identification does, as pages show it: the same for the centre's pages and the gateway's own screen.

No model is here: everything comes from the gateway, and nothing of it is kept by whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provident.adapters.gateway import pictures, review, wording
from provident.adapters.gateway.groups import Group
from provident.adapters.gateway.reasons import Act, act_words, reason
from provident.adapters.gateway.review import Attribute, Review, Ruled
from provident.adapters.gateway.rulings import Rectangle
from provident.adapters.gateway.schedule import known_schedule
from provident.adapters.gateway.site import SiteGateway
from provident.kernel import Clock, InvalidInput


PICTURES = 6  # of one group
WAITING, STAYING = 300, 1000  # values of the list of words on one page
NO_PICTURE = frozenset({"SR", "KO", "PR", "RTSTRUCT", "RTPLAN", "SEG", "DOC", "REG"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looks at a group of images. `sees_values` is for people of the site alone."""

    gateway: SiteGateway
    clock: Clock
    by: str
    group: Group
    sees_values: bool

    def review(self) -> Review:
        """Every attribute with its rule and reason; without values for those who may not know whose images these are."""
        found = review.review(self.gateway, self.clock, known_schedule(self.gateway.root), self.group, self.by)  # fmt: skip
        return found if self.sees_values else found.without_values()

    def rule(self, of: Review, told: Mapping[str, Any]) -> Ruled:
        """Approve values, and mark attributes to be removed.

        Raises:
            InvalidInput: nothing was chosen, or no reason is given.
        """
        return review.rule(
            self.gateway, self.clock, of, self.group, approved=told["approved"], marked=told["marked"], why=told["why"],
            by=self.by,
        )  # fmt: skip

    def mark(self, told: Mapping[str, Any]) -> None:
        """Mark a region to be painted over in all images of a series.

        Raises:
            InvalidInput: no reason, or a region that does not lie in the image.
        """
        region = Rectangle(*(told[side] for side in ("left", "top", "right", "bottom")))
        pictures.mark(self.gateway, self.clock, self.group, told["image"], [region], why=told["why"], by=self.by)  # fmt: skip

    def unmark(self, region: int) -> None:
        """Take a marked region back."""
        pictures.unmark(self.gateway, self.clock, self.group, region, self.by)

    def picture(self, number: int, which: str) -> bytes:
        """One image, before or after.

        Raises:
            NotFound: there is none.
        """
        schedule = known_schedule(self.gateway.root)
        side: pictures.Which = "after" if which == "after" else "before"
        return pictures.picture(self.gateway, self.clock, schedule, self.group, number, side, self.by)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLine:
    """One image that is shown before and after."""

    number: int
    series: int  # which of the group's, from 1
    modality: str
    columns: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """A review on one page. Addresses are below `base`."""

    title: str
    message: str
    base: str
    back: str
    waits: bool
    code: str
    may_rule: bool
    rerun: str  # what the button says that runs the images again; blank where that cannot be done
    review: Review = field(repr=False)
    pictures: tuple[PictureLine, ...]
    ruled: Ruled | None = field(default=None, repr=False)
    problem: str = ""

    @property
    def pictures_first(self) -> bool:
        """Whether it is about pixels: else the pictures are there for whoever opens them."""
        return "PIXELS" in self.code or not self.waits

    @property
    def stays(self) -> list[Attribute]:
        """What stays, whole or changed."""
        return [a for a in self.review.attributes if a.action in ("kept", "changed")]

    @property
    def goes(self) -> list[Attribute]:
        """What is emptied, removed or written anew."""
        return [a for a in self.review.attributes if a.action not in ("kept", "changed")]  # fmt: skip


def review_page(
    look: Look,
    found: Review,
    *,
    base: str,
    back: str,
    ruled: Ruled | None = None,
    problem: str = "",
) -> ReviewPage:
    """The page of a review."""
    group = look.group
    what = "waits" if group.waits else "was sent"
    told = reason(group.code) if group.waits else None
    rerun = act_words(group.code, "rerun") if told and "rerun" in told.acts else ""
    if told and not rerun and "release" in told.acts:
        rerun = act_words(group.code, "release")
    return ReviewPage(
        title=f"What {what}" + (f" of {group.participant}" if group.participant else ""),
        message=told.message if told else "These images are at the centre. A decision here holds for what comes from now on.",
        base=base, back=back, waits=group.waits, code=group.code, may_rule=look.sees_values, rerun=rerun, review=found,
        pictures=_pictures(look) if look.sees_values else (), ruled=ruled, problem=problem,
    )  # fmt: skip


def rerun_act(code: str) -> Act:
    """The act that runs held images again: `rerun` asks the plan and the rulings anew, `release` where that is all."""
    return "rerun" if "rerun" in reason(code).acts else "release"


def _pictures(look: Look) -> tuple[PictureLine, ...]:
    order: dict[str, int] = {}
    for arrival in look.group.arrivals:
        order.setdefault(arrival.series, len(order) + 1)
    lines = []
    for number in pictures.shown(look.group, PICTURES):
        arrival = look.group.arrivals[number]
        if arrival.modality in NO_PICTURE:
            continue
        columns, rows = pictures.size(look.gateway, look.group, number)
        if columns and rows:
            lines.append(PictureLine(number=number, series=order[arrival.series], modality=arrival.modality, columns=columns, rows=rows))  # fmt: skip
    return tuple(lines)


# The list of words


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsPage:
    """The unique values that stay in text, those that wait first."""

    scope: str
    base: str
    back: str
    words: wording.WordList = field(repr=False)
    lines: str = field(default="", repr=False)  # for the plan
    problem: str = ""

    @property
    def waiting(self) -> list[wording.Word]:
        """Those to be looked at now."""
        return self.words.waiting()[:WAITING]

    @property
    def more_waiting(self) -> int:
        """How many come after them."""
        return max(0, len(self.words.waiting()) - WAITING)

    @property
    def staying(self) -> list[tuple[str, str, list[wording.Word]]]:
        """The others by attribute: keyword, name, values."""
        found: dict[str, list[wording.Word]] = {}
        for word in [w for w in self.words.words if not w.waits][:STAYING]:
            found.setdefault(word.keyword, []).append(word)
        return [(keyword, words[0].name, words) for keyword, words in found.items()]

    @property
    def more_staying(self) -> int:
        """How many of the others are not shown."""
        return max(0, sum(not w.waits for w in self.words.words) - STAYING)


def word_list(gateway: SiteGateway, clock: Clock, scope: str, by: str) -> wording.WordList:  # fmt: skip
    """The values of a scope.

    Raises:
        InvalidInput: there is no such scope.
    """
    if scope not in ("waiting", "sent"):
        raise InvalidInput("Choose what waits or what was sent.")
    which: wording.Scope = "sent" if scope == "sent" else "waiting"
    return wording.word_list(gateway, clock, known_schedule(gateway.root), which, by)
