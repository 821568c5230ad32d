"""The state of the page in its address, after the ``#``: a link shows the same plan, date and view.

An address comes from outside: every part is compared with names and ranges, unknown words are left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import numpy as np

from model.scenarios.scenario import Place
from viz.app.explore.areas import areas
from viz.app.explore.page_state import FLOWS, SIDES, TABS, View
from viz.app.explore.plan_state import PLANS
from viz.app.explore.run_options import MAX_CENTRES, TWINS, RunOptions, RunOptionsError, parse_centre
from viz.app.explore.session import Session
from viz.app.serving_options import opens_at
from viz.app.ui.translations import LANGUAGES

MAX_LENGTH = 6000
FLAGS = ("twins", "links")
MAX_AREA = 60  # letters of the name of an area


@dataclass(frozen=True)
class Link:
    """The content of an address; ``options.until`` is the date that is shown."""

    options: RunOptions
    view: View
    tab: str = TABS[0]
    side: str = SIDES[0]
    city: int | None = None  # city_id
    language: str = ""
    others: tuple[RunOptions, ...] = ()  # plans that are not shown
    plan: int = 0  # place of the shown one among them


OF_PLANS = ("scenario", "set", "centres")  # parts of an address that are those of a plan


def plan_parts(options: RunOptions) -> dict[str, str]:
    """Return the parts of a plan; what is as at first is empty."""
    return {
        "scenario": options.scenario if options.scenario != RunOptions().scenario else "",
        "set": ",".join(f"{name}:{value!r}" for name, value in options.changes),
        "centres": ",".join(centre_text(place) for place in options.centres),
    }


def address_of(state: Link) -> str:
    """Return the address of a state; what is as at first is left out."""
    options, view, first = state.options, state.view, Link(RunOptions(), View())
    shown = plan_parts(options)
    parts = {
        "scenario": shown.pop("scenario"),
        "seed": options.seed,
        "firms": options.firms,
        **shown,
        "against": options.twin,
        "until": options.until,
        "colour": view.measure,
        "shown": "" if view.effect else "level",
        "flows": view.flows,
        "provinces": "" if view.provinces else "0",
        "area": view.area,
        **{flag: "1" if getattr(view, flag) else "" for flag in FLAGS},
        "tab": state.tab,
        "side": state.side,
        "city": "" if state.city is None else str(state.city),
        "plans": str(len(state.others) + 1) if state.others else "",
        "plan": PLANS[state.plan] if state.plan else "",
    }
    letters = [letter for k, letter in enumerate(PLANS) if k != state.plan]
    for letter, other in zip(letters, state.others, strict=False):
        parts |= {f"{letter}.{key}": value for key, value in plan_parts(other).items()}
    usual = {
        "seed": first.options.seed,
        "firms": first.options.firms,
        "against": first.options.twin,
        "colour": first.view.measure,
        "tab": first.tab,
        "side": first.side,
    }
    kept = {key: value for key, value in parts.items() if value and value != usual.get(key)}
    return urlencode(kept | {"lang": state.language}, safe=":,")


def centre_text(place: Place) -> str:
    """Return city, kind, size, date and industry of a centre."""
    return f"{place.city}:{place.kind}:{place.size!r}:{place.opens}:{place.industry or ''}"


def state_of(address: str) -> Link:
    """Return the state that an address holds. Raises RunOptionsError for a plan that cannot be run."""
    given = dict(parse_qsl(address[:MAX_LENGTH], max_num_fields=60))
    first = RunOptions()
    scenario, seed, firms = (
        given.get(key, getattr(first, key))[:40] for key in ("scenario", "seed", "firms")
    )
    options = RunOptions(scenario, seed, firms, until=given.get("until", "")[:6])
    if given.get("against") in TWINS:
        options = replace(options, twin=given["against"])
    try:
        options = with_parts(options, given)
        letter = given.get("plan", "")
        others, place = other_plans(options, given, PLANS.index(letter) if letter in PLANS else 0)
    except ValueError as error:
        raise RunOptionsError("address", reason=str(error)[:200]) from None
    return Link(options, view_of(given), *page_of(given), others, place)


def with_parts(options: RunOptions, given: Mapping[str, str]) -> RunOptions:
    """Return the options with the parameters and centres of an address. Raises ValueError."""
    options.build_scenario()
    for part in filter(None, given.get("set", "").split(",")):
        name, _, value = part.partition(":")
        options = options.changed(name, float(value))
    centres = [place_of(part) for part in filter(None, given.get("centres", "").split(","))]
    options = replace(options, centres=tuple(centres[:MAX_CENTRES]))
    options.checked()
    return options


def other_plans(
    shown: RunOptions, given: Mapping[str, str], place: int
) -> tuple[tuple[RunOptions, ...], int]:
    """Return the plans that are not shown, and the place of the shown one. Raises ValueError."""
    count = next((k for k in range(2, len(PLANS) + 1) if given.get("plans") == str(k)), 1)
    place = min(place, count - 1)
    others = []
    for letter in (letter for k, letter in enumerate(PLANS[:count]) if k != place):
        parts = {key: given.get(f"{letter}.{key}", "") for key in OF_PLANS}
        base = RunOptions(parts["scenario"][:40] or RunOptions().scenario, shown.seed, shown.firms)
        others.append(with_parts(base, parts))
    return tuple(others), place


def place_of(text: str) -> Place:
    """Return the centre of a text. Raises ValueError."""
    city, kind, size, opens, industry = text.split(":")
    kind, amount, tier = parse_centre({"kind": kind, "size": float(size), "industry": industry})
    return Place(city=int(city), kind=kind, opens=opens, size=amount, industry=tier)


def view_of(given: Mapping[str, str]) -> View:
    """Return the view of the map; an unknown word is left out."""
    from viz.app.explore.city_map import map_measures

    measure, flows = given.get("colour", ""), given.get("flows", "")
    return View(
        measure=measure if measure in map_measures() else View().measure,
        effect=given.get("shown") != "level",
        flows=flows if flows in FLOWS else "",
        provinces=given.get("provinces") != "0",
        area=given.get("area", "")[:MAX_AREA],
        **{flag: given.get(flag) == "1" for flag in FLAGS},
    )


def page_of(given: Mapping[str, str]) -> tuple[str, str, int | None, str]:
    """Return tab, side panel, city and language."""
    tab, side, city, language = (given.get(key, "") for key in ("tab", "side", "city", "lang"))
    return (
        tab if tab in TABS else TABS[0],
        side if side in SIDES else SIDES[0],
        int(city) if city.isascii() and city.isdigit() and len(city) < 10 else None,
        language if language in LANGUAGES else "",
    )


def open_address(session: Session, address: str, browser_language: str = "") -> None:
    """Show the state of the browser's address; at first, and when another link is followed."""
    first, session.begin_at = session.begin_at < math.inf, math.inf
    if session.renewed:  # the address is that of the country before
        session.renewed, address, browser_language = False, "", ""
    link, problem = Link(session.options.peek(), View()), None
    try:
        link = state_of(address) if address else link
    except RunOptionsError as error:
        problem = error
    chinese = browser_language.lower().startswith("zh")  # said once, when the page is loaded
    session.set(session.language, link.language or ("zh" if chinese else session.language.peek()))
    if address:
        known = link.view.area in areas(session.country)
        session.set(session.view, link.view if known else replace(link.view, area=""))
        session.set(session.tab, link.tab)
        session.set(session.side, link.side)
        rows = np.flatnonzero(session.country.cities["city_id"] == link.city)
        session.set(session.city, int(rows[0]) if len(rows) else None)
    late = bool(browser_language) and not first and not address  # the page has opened without waiting
    if first or (problem is None and not late):
        session.show_plans(replace(link.options, until=""), link.others, link.plan)
        session.act(lambda: session.begin(link.options.until or opens_at()))
    if problem is not None:
        session.report(problem)


def shown_address(session: Session) -> str:
    """Return the address of what the page shows."""
    row, date = session.city.peek(), session.now.date if session.now else ""
    city = None if row is None else int(session.country.cities["city_id"].iloc[row])
    options = replace(session.running.peek(), until=date or "start")
    view, tab, side = session.view.peek(), session.tab.peek(), session.side.peek()
    made = session.plan_set
    others = tuple(one for k, one in enumerate(made.plans) if k != made.shown)
    link = Link(options, view, tab, side, city, session.language.peek(), others, made.shown)
    return address_of(link)
