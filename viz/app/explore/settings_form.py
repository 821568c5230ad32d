"""The settings next to the map: scenario, seed, size, the visitor's centres, sliders of parameters."""

from __future__ import annotations

import functools

import solara

from model.parameters import ParameterRow
from model.scenarios.scenario import Place
from viz.app.explore.run_options import MAX_FIRMS, MIN_FIRMS, PARAMETER_CAPS, RunOptions
from viz.app.explore.session import Session
from viz.app.model_catalogue import adjustable_parameters, available_scenarios, parameter_info
from viz.app.ui.event_filters import Form, form, natural_number, signal
from viz.app.ui.parameter_translations import (
    parameter_group,
    parameter_meaning,
    parameter_name,
    parameter_source,
    parameter_unit,
    scenario_meaning,
    scenario_name,
)
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import JsonObject, SettingsForm

SCENARIO_TEXTS = ("label", "scenario", "seed", "firms", "stale", "reset_now")
CENTRE_TEXTS = ("own", "take_back", "put_back", "pending")
PARAMETER_TEXTS = ("parameters", "all_defaults", "one_default", "search", "default", "source", "between")
# Groups of scenarios in the list; those that no group names come last.
GROUPS = {
    "histories": ("actual", "none", "random_hosts", "paradigm", "siphon"),
    "layouts": ("local_demand", "cross_region", "trading", "cross_region_trading"),
    "sites": (
        "rich_sites_local",
        "poor_sites_local",
        "rich_sites_network",
        "poor_sites_network",
        "rich_sites_trading",
        "hub_sites_network",
        "hub_sites_trading",
    ),
}


@solara.component
def Settings(session: Session) -> None:
    """The settings, which take effect at Reset."""
    options, running, tr = session.options.value, session.running.value, session.tr
    rows = adjustable_parameters()
    defaults = solara.use_memo(lambda: {name: options.default(name) for name in rows}, [options.scenario])
    texts = tr.section("settings", SCENARIO_TEXTS + CENTRE_TEXTS + PARAMETER_TEXTS)
    texts["firms_hint"] = tr("settings.firms_hint", low=f"{MIN_FIRMS:,}", high=f"{MAX_FIRMS:,}")
    SettingsForm(
        texts=texts,
        scenario=options.scenario,
        scenarios=scenario_groups(tr),
        seed=options.seed,
        firms=options.firms,
        meaning=scenario_meaning(options.scenario, tr.language),
        stale=session.ready.value and is_stale(options, running),
        centres=[centre_row(session, place, tr) for place in session.own_centres],
        groups=parameter_groups(rows, tr.language),
        values=dict(options.changes),
        defaults=defaults,
        changed=[name for name, _ in options.changes],
        event_choose=form(lambda event: set_run(session, event)),
        event_change=form(lambda event: session.change(str(event.get("name")), event.get("value"))),
        event_defaults=signal(lambda: session.set_options(changes=())),
        event_reset=signal(session.reset),
        event_take_back=natural_number(session.toggle_centre),
    )


def set_run(session: Session, event: Form) -> None:
    """Change scenario, seed or number of firms; changed parameters stay changed."""
    allowed = {key: str(event[key])[:40] for key in ("scenario", "seed", "firms") if key in event}
    if allowed.get("scenario", "actual") in available_scenarios():
        session.set_options(**allowed)


def is_stale(options: RunOptions, running: RunOptions) -> bool:
    """Return whether the runs were made with other settings."""
    names = ("scenario", "seed", "firms", "changes", "centres")
    return any(getattr(options, name) != getattr(running, name) for name in names)


def centre_row(session: Session, place: Place, tr: Translator) -> JsonObject:
    """Return city, kind, size and date of one of the visitor's centres, and whether Reset removes it."""
    cities = session.country.cities
    names = cities.loc[cities["city_id"] == place.city, tr.city_column]
    city = str(names.iloc[0]) if len(names) else str(place.city)
    return {
        "text": f"{city} · {tr(f'kind.{place.kind}')} · {place.size:g} · {place.opens}",
        "removed": place not in session.options.value.centres,
    }


def scenario_groups(tr: Translator) -> list[JsonObject]:
    """Return the scenarios of the list, in groups."""
    known = available_scenarios()
    grouped = {group: [name for name in members if name in known] for group, members in GROUPS.items()}
    named = {name for members in grouped.values() for name in members}
    grouped["policies"] = [name for name in known if name not in named]

    def row(name: str) -> JsonObject:
        meaning = scenario_meaning(name, tr.language)
        return {"key": name, "text": scenario_name(name, tr), "meaning": meaning}

    return [
        {"name": tr(f"settings.group_{group}"), "options": [row(name) for name in members]}
        for group, members in grouped.items()
    ]


@functools.lru_cache(maxsize=8)
def parameter_groups(names: tuple[str, ...], language: str = "en") -> list[JsonObject]:
    """Return the sliders by mechanism, in the order of ``Parameters``."""
    groups: dict[str, list[JsonObject]] = {}
    for name in names:
        info = parameter_info(name)
        high = min(info["high"], PARAMETER_CAPS.get(name, info["high"]))
        capped: ParameterRow = {**info, "high": high}
        row = {
            "name": name,
            "label": parameter_name(name, language),
            "meaning": parameter_meaning(name, language),
            "unit": parameter_unit(name, language),
            "source": parameter_source(name, language),
            "low": info["low"],
            "high": high,
            "default": info["default"],
            "whole": info["type"] == "int",
            "step": slider_step(capped),
        }
        groups.setdefault(info["group"], []).append(row)
    return [{"name": parameter_group(name, language), "rows": rows} for name, rows in groups.items()]


def slider_step(row: ParameterRow) -> float:
    """Return the largest of 1, 0.5, 0.1, 0.05, ... that gives 50 steps or more and meets the default."""
    if row["unit"] == "0 or 1" or row["type"] == "int":
        return 1.0
    for step in (10.0**-power * part for power in range(7) for part in (1.0, 0.5)):
        steps = (row["default"] - row["low"]) / step
        if (row["high"] - row["low"]) / step >= 50 and abs(steps - round(steps)) < 1e-6:
            return step
    return 1e-6
