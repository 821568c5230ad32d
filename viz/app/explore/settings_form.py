# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The settings beside the map: scenario, seed, size, own centres, and a slider for every parameter."""

from __future__ import annotations

import functools
from typing import Any

import solara

from viz.app.explore.run_options import FEWEST, MOST, MOST_OF, Choice, about, adjustable, offered
from viz.app.explore.session import Session
from viz.app.ui import event_filters as heard
from viz.app.ui.parameter_translations import (
    parameter_group,
    parameter_meaning,
    parameter_name,
    scenario_meaning,
    scenario_name,
)
from viz.app.ui.translations import Words
from viz.app.ui.vue_widgets import SettingsForm

TEXTS = ("label", "scenario", "seed", "firms", "stale", "reset_now", "own", "take_back", "parameters",
         "all_defaults", "one_default", "search", "default", "source", "between")  # fmt: skip
# How scenarios are told apart in the list; those that no group names come last.
GROUPS = {
    "histories": ("actual", "none", "random_hosts", "observed_decade", "chain", "paradigm"),
    "layouts": ("local_demand", "cross_region", "trading", "cross_region_trading"),
    "sites": ("rich_sites_local", "poor_sites_local", "rich_sites_network", "poor_sites_network",
              "rich_sites_trading", "hub_sites_network", "hub_sites_trading"),
}  # fmt: skip


@solara.component
def Settings(session: Session) -> None:
    """What takes hold at Reset."""
    choice, running, words = session.choice.value, session.running.value, session.words
    rows = adjustable()
    defaults = solara.use_memo(lambda: {name: choice.default(name) for name in rows}, [choice.scenario])
    SettingsForm(
        words={
            **{key: words(f"settings.{key}") for key in TEXTS},
            "firms_hint": words("settings.firms_hint", low=f"{FEWEST:,}", high=f"{MOST:,}"),
        },
        scenario=choice.scenario, scenarios=scenario_groups(words), seed=choice.seed, firms=choice.firms,
        meaning=scenario_meaning(choice.scenario, words.language),
        stale=session.ready.value and is_stale(choice, running),
        centres=[own_centre(session, number, words) for number in range(len(choice.centres))],
        groups=parameter_groups(rows, words.language), values=dict(choice.changes), defaults=defaults,
        changed=[name for name, _ in choice.changes],
        event_choose=heard.form(lambda said: choose(session, said)),
        event_change=heard.form(lambda said: session.change(str(said.get("name")), said.get("value"))),
        event_defaults=heard.signal(lambda: session.choose(changes=())),
        event_reset=heard.signal(session.reset),
        event_take_back=heard.whole(session.take_back),
    )  # fmt: skip


def choose(session: Session, said: Any) -> None:
    """Take over what was chosen; parameters that were changed stay changed."""
    allowed = {key: str(said[key])[:40] for key in ("scenario", "seed", "firms") if key in said}
    if allowed.get("scenario", "actual") in offered():
        session.choose(**allowed)


def is_stale(choice: Choice, running: Choice) -> bool:
    """Whether the runs were made with other settings."""
    return any(
        getattr(choice, name) != getattr(running, name)
        for name in ("scenario", "seed", "firms", "changes", "centres")
    )


def own_centre(session: Session, number: int, words: Words) -> str:
    """One of the visitor's own centres, in words."""
    place = session.choice.value.centres[number]
    table = session.country.cities
    named = table.loc[table["city_id"] == place.city, "name_zh" if words.language == "zh" else "name_en"]
    city = str(named.iloc[0]) if len(named) else str(place.city)
    return f"{city} · {words('kind.' + place.kind)} · {place.size:g} · {place.opens}"


def scenario_groups(words: Words) -> list[dict[str, Any]]:
    """The scenarios for the list, in groups."""
    known = offered()
    grouped = {name: [one for one in members if one in known] for name, members in GROUPS.items()}
    named = {one for members in grouped.values() for one in members}
    grouped["policies"] = [one for one in known if one not in named]
    return [
        {"name": words(f"settings.group_{group}"),
         "options": [
             {"key": one, "text": scenario_name(one, words),
              "meaning": scenario_meaning(one, words.language)}
             for one in members
         ]}
        for group, members in grouped.items()
    ]  # fmt: skip


@functools.lru_cache(maxsize=8)
def parameter_groups(names: tuple[str, ...], language: str = "en") -> list[dict[str, Any]]:
    """What the sliders are made from, by mechanism, in the order of ``Parameters``."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        row = about(name)
        high = min(row["high"], MOST_OF.get(name, row["high"]))
        groups.setdefault(row["group"], []).append({
            "name": name, "label": parameter_name(name, language),
            "meaning": parameter_meaning(name, language), "unit": row["unit"], "source": row["source"],
            "low": row["low"], "high": high, "default": row["default"],
            "whole": row["type"] == "int", "step": slider_step({**row, "high": high}),
        })  # fmt: skip
    return [{"name": parameter_group(name, language), "rows": rows} for name, rows in groups.items()]


def slider_step(row: dict[str, Any]) -> float:
    """The largest of 1, 0.5, 0.1, 0.05, ... that parts the range in 50 or more and meets the default."""
    if row["unit"] == "0 or 1" or row["type"] == "int":
        return 1.0
    for step in (10.0**-power * part for power in range(7) for part in (1.0, 0.5)):
        places = (row["default"] - row["low"]) / step
        if (row["high"] - row["low"]) / step >= 50 and abs(places - round(places)) < 1e-6:
            return step
    return 1e-6
