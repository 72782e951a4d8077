"""Hours of several services on one day: which fit together.  Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise, permutations

from clinicweb.core.flow import Answers, find


@dataclass(frozen=True, slots=True)
class Stay:
    """An hour as far as it matters to the others of a day; instants are aware, UTC."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    site_id: int
    day: date


Plan = tuple[Stay, ...]


def fit(stays: Sequence[Stay], gap: timedelta) -> bool:
    """Whether one person can be at all of them, with *gap* to go from one site to another."""
    in_order = sorted(stays, key=lambda stay: stay.starts_at)
    return all(_ready_at(earlier, later, gap) <= later.starts_at
               for earlier, later in pairwise(in_order))  # fmt: skip


def _ready_at(earlier: Stay, later: Stay, gap: timedelta) -> datetime:
    return earlier.ends_at + (gap if earlier.site_id != later.site_id else timedelta(0))


def make_plans(choices: Sequence[Sequence[Stay]], gap: timedelta, *, most: int) -> list[Plan]:
    """
    Ways to have one hour of each of *choices*, all on one day; the shortest first.

    Returns: at most *most*, each in the order of *choices*; none begins at the same time as
    another, so that they differ in what matters.
    """
    best: dict[datetime, tuple[timedelta, Plan]] = {}
    for order in permutations(range(len(choices))):
        for plan in _in_order([choices[place] for place in order], gap):
            begins, lasts = plan[0].starts_at, plan[-1].ends_at - plan[0].starts_at
            if begins not in best or lasts < best[begins][0]:
                by_place = dict(zip(order, plan, strict=True))
                best[begins] = (lasts, tuple(by_place[place] for place in range(len(order))))
    shortest = sorted(best.items(), key=lambda item: (item[1][0], item[0]))[:most]
    return [plan for _begins, (_lasts, plan) in sorted(shortest)]


def _in_order(choices: Sequence[Sequence[Stay]], gap: timedelta) -> Iterator[Plan]:
    """For each hour of the first of *choices*, those after it that end soonest, at any site."""
    for begin in choices[0]:
        yield from _continued((begin,), choices[1:], gap)


def _continued(plan: Plan, choices: Sequence[Sequence[Stay]], gap: timedelta) -> Iterator[Plan]:
    if not choices:
        yield plan
        return
    soonest: dict[int, Stay] = {}  # of each site: none that ends later leaves more time
    for stay in choices[0]:
        best = soonest.get(stay.site_id)
        if _ready_at(plan[-1], stay, gap) <= stay.starts_at and (
            best is None or stay.ends_at < best.ends_at
        ):
            soonest[stay.site_id] = stay
    for stay in soonest.values():
        yield from _continued((*plan, stay), choices[1:], gap)


def asked_hours(answers: Answers) -> list[tuple[int, str | None]]:
    """The id of each hour that was chosen, and the service that it must be of."""
    slots, services = find(answers, "slots"), find(answers, "services")
    if slots and services:
        pairs = zip(slots.split("-"), services.split(","), strict=True)
        return [(int(slot_id), service) for slot_id, service in pairs]
    return [(int(find(answers, "slot") or 0), find(answers, "service"))]
