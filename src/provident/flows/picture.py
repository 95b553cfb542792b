"""What a data flow diagram shows, apart from where it stands: lanes, stops, arrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provident.plan.models.flows import Flow, Flows, Level, Store
from provident.plan.quantities import Quantity


NOWHERE = ""
"""The lane of ends that belong to no organisation of the model."""

_ON_PAPER = frozenset({"courier", "paper"})
_DOES = {"deidentify": "de-identifies", "pass on": "passes on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A store, a step or a role: where flows begin and end. `lines` are what its box says."""

    id: str
    lane: str
    kind: str  # store, step or role
    lines: tuple[str, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One flow. `images` apart from derived data, `on_paper` (also discs by courier) apart from lines."""

    id: str
    source: str
    target: str
    what: tuple[str, ...]
    level: str
    by: str
    images: bool
    on_paper: bool
    every: str = ""
    count: str = ""
    faults: tuple[str, ...] = ()

    @property
    def cadence(self) -> str:
        """How often a batch goes, in words."""
        words = {"": "", "end of trial": "at the end", "on request": "on request"}
        return words.get(self.every, f"every {self.every}")

    @property
    def sentence(self) -> str:
        """The flow in words."""
        how = f", {self.cadence}" if self.cadence else ""
        told = f"{self.id}: {', '.join(self.what)} from {self.source} to {self.target}"
        return f"{told}, {self.level}, by {self.by}{how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All of it. `lanes` are organisations: id to (name, country)."""

    title: str
    lanes: Mapping[str, tuple[str, str]]
    stops: tuple[Stop, ...]
    arrows: tuple[Arrow, ...]
    elsewhere: tuple[str, ...] = field(default=())  # faults of no arrow or stop

    @property
    def all_faults(self) -> tuple[str, ...]:
        """Each fault once, in the order of its number."""
        told = [f for arrow in self.arrows for f in arrow.faults]
        told += [f for stop in self.stops for f in stop.faults]
        return tuple(dict.fromkeys([*told, *self.elsewhere]))

    @property
    def description(self) -> str:
        """The whole diagram in words, for who cannot see it."""
        names = ", ".join(name for name, _ in self.lanes.values() if name)
        wrong = self.all_faults
        said = [f"{self.title}. Organisations: {names}."]
        said += [f"{arrow.sentence}." for arrow in self.arrows]
        said += [
            f"{s.id}: {', '.join(s.lines[1:])}." for s in self.stops if s.lines[1:]
        ]
        said.append(f"Faults: {'; '.join(wrong)}." if wrong else "No faults.")
        return " ".join(said)


def picture_of(
    flows: Flows,
    *,
    title: str,
    homes: Mapping[str, str],
    faults: Mapping[str, tuple[str, ...]] | None = None,
    counts: Mapping[str, str] | None = None,
) -> Picture:
    """The picture of a flow model.

    `homes` are the organisations of the roles at which flows end, `faults` the messages by
    `flows.ID` or `stores.ID` (others under ""), `counts` what the running system says of a flow.
    """
    wrong, said = faults or {}, counts or {}
    ends = dict.fromkeys(
        end for flow in flows.flows.values() for end in (flow.from_, flow.to)
    )
    stops = [_stop(n, s, flows, wrong) for n, s in flows.stores.items()]
    stops += [
        Stop(id=end, lane=homes.get(end, NOWHERE), kind="role", lines=(_words(end),))
        for end in ends
        if end not in flows.stores
    ]
    arrows = tuple(
        _arrow(n, f, flows, wrong, said)
        for n, f in flows.flows.items()
        if f.from_ != f.to
    )
    lanes = {n: (o.name, o.country) for n, o in flows.organisations.items()}
    if any(stop.lane not in lanes for stop in stops):
        lanes[NOWHERE] = ("No organisation named", "")
    return Picture(
        title=title,
        lanes=lanes,
        stops=tuple(stops),
        arrows=arrows,
        elsewhere=wrong.get("", ()),
    )


def level_of(flows: Flows, flow: Flow) -> Level:
    """How identifying a flow is: as stated, else as its source, else as the worst."""
    if flow.level:
        return flow.level
    store = flows.stores.get(flow.from_)
    if store and store.level:
        return store.level
    derived = all(flows.data[w].kind != "image" for w in flow.what if w in flows.data)
    return "pseudonymised" if derived else "identifiable"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _long(keeps: Quantity | str) -> str:
    if isinstance(keeps, str):
        return keeps
    return str(keeps) if keeps.value == 1 else f"{keeps}s"


def _stop(
    name: str, store: Store, flows: Flows, wrong: Mapping[str, tuple[str, ...]]
) -> Stop:
    lines = [_words(name)]
    if store.does:
        lines.append(_DOES[store.does])
    if store.holds:
        lines.append(f"holds {', '.join(store.holds)}")
    if store.keeps:
        lines.append(f"keeps {_long(store.keeps)}")
    if store.backup:
        lines.append(
            "no backup" if store.backup == "none" else f"backup {store.backup}"
        )
    if store.holds_crosswalk:
        lines.append("holds the crosswalk")
    within = [n for n, f in flows.flows.items() if f.from_ == f.to == name]
    lines += [f"{n}: stays here" for n in within]
    return Stop(
        id=name,
        lane=store.at,
        kind="step" if store.does else "store",
        lines=tuple(lines),
        faults=sum(
            (wrong.get(f"flows.{n}", ()) for n in within),
            wrong.get(f"stores.{name}", ()),
        ),
    )


def _arrow(
    name: str,
    flow: Flow,
    flows: Flows,
    wrong: Mapping[str, tuple[str, ...]],
    said: Mapping[str, str],
) -> Arrow:
    return Arrow(
        id=name,
        source=flow.from_,
        target=flow.to,
        what=flow.what,
        level=level_of(flows, flow),
        by=flow.by,
        images=any(flows.data[w].kind == "image" for w in flow.what if w in flows.data),
        on_paper=flow.by in _ON_PAPER,
        every=flow.every or "",
        count=said.get(name, ""),
        faults=wrong.get(f"flows.{name}", ()),
    )
