"""The card of a city: figures, innovation with and without centres, channels, centres, neighbours."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import solara

from agents.compute_provider import KINDS, LARGEST_CENTRE
from agents.firm import TIERS
from experiments.measures.inequality import ranks
from model.country.country import Country
from model.country.routes import routes_to
from model.scenarios.scenario import date_of
from viz.app.explore.areas import area_name
from viz.app.explore.country_charts import channels_frame, channels_option, twin_option
from viz.app.explore.frame_stream import Frame
from viz.app.explore.live_chart import ChartSpec, LiveChart, points, year_range
from viz.app.explore.own_charts import city_measures
from viz.app.explore.seed_spread import city_effects, gains, spread
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.results.chart_numbers import power_of_ten
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import Form, form, natural_number
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import CityHead, CityTable

NEIGHBOURS = 5
HEAD_TEXTS = ("label", "none", "open", "kind", "size", "size_hint", "purpose", "open_now")

CityFrame = Callable[[Snapshot, Translator, int], Option]


@solara.component
def CityCard(session: Session) -> None:
    """The card of the selected city."""
    tr, row = session.tr, session.city.value

    def open_centre(filled: Form) -> None:
        chosen = session.city.peek()
        if chosen is not None:
            session.open_centre(chosen, filled)

    # The box is there without a city too: a root that changes would leave the frames with a dead widget.
    with solara.Div():
        head = CityHead(
            texts=tr.section("city", HEAD_TEXTS)
            | {"size_hint": tr("city.size_hint", most=f"{LARGEST_CENTRE:,.0f}")},
            kinds=[(kind, tr(f"kind.{kind}")) for kind in KINDS],
            industries=[("", tr("city.general")), *((tier, tr(f"tier.{k}")) for k, tier in enumerate(TIERS))],
            max_size=LARGEST_CENTRE,
            ready=session.ready.value and session.doing.value != "build",
            event_open=form(open_centre),
        )
        if row is not None:
            Details(session, row)
    use_frames(session, "city", head, frame_of_city(session, facts))


@solara.component
def Details(session: Session, row: int) -> None:
    """Charts of the city, its centres and its neighbours."""
    tr = session.tr
    with solara.Div(classes=["cl-pair"]):
        LiveChart(session, "city_innovation", innovation_chart(row), "190px").key(f"innovation {row}")
        LiveChart(session, "city_channels", channels_chart(row), "190px").key(f"channels {row}")
    centres = CityTable(
        title=tr("city.providers"),
        heads=[tr(f"provider.{key}") for key in ("name", "kind", "opened", "capacity", "use", "price")],
        numbers=[3, 4, 5],
        empty=tr("city.no_providers"),
    )
    use_frames(session, "city providers", centres, frame_of_city(session, provider_rows))
    near = CityTable(
        title=tr("city.neighbours"),
        heads=[tr(f"neighbour.{key}") for key in ("name", "km", "latency", "effect")],
        numbers=[1, 2, 3],
        empty="",
        event_select=natural_number(session.select),
    )
    use_frames(session, "city neighbours", near, frame_of_city(session, neighbour_rows))


def frame_of_city(session: Session, make: CityFrame) -> Frame:
    """Return a function that makes frames of the selected city."""

    def frame(snapshot: Snapshot) -> Option:
        row = session.city.peek()
        return make(snapshot, session.tr, row) if row is not None else {"rows": []}

    return frame


def facts(snapshot: Snapshot, tr: Translator, row: int) -> Option:
    """Return names and figures of a city; effects over seeds, with their 95 % intervals."""
    city, run = snapshot.country.cities.iloc[row], snapshot.run
    place = spread(ranks(pair.late("innovation")[0])[row] for pair in snapshot.pairs)
    moved = spread(gains(pair)[row] for pair in snapshot.pairs)
    effect, of_gdp = (
        spread(values[row] for values in city_effects(snapshot, name)) for name in ("innovation", "real_gdp")
    )
    first, other = ("name_zh", "name_en") if tr.language == "zh" else ("name_en", "name_zh")
    return {
        "name": str(city[first]),
        "other": str(city[other]),
        "province": area_name(str(city["province"]), tr),
        "facts": [
            [tr("city.rank"), place.text(0, signed=False)],
            [tr("city.rank_change"), moved.text(1)],
            [tr("city.firms"), f"{run.cities['firms'][row]:,.0f}"],
            [tr("city.effect"), with_unit(effect.text(1))],
            [tr("city.gdp_effect"), with_unit(of_gdp.text(2))],
            [tr("city.rung"), f"{run.cities['chain_position'][row]:.2f}"],
            *own_facts(snapshot, tr, row),
        ],
    }


def own_facts(snapshot: Snapshot, tr: Translator, row: int) -> list[list[str]]:
    """Return what extensions record of a city: the level of this seed, and the effect over seeds."""
    found = []
    for name, one in city_measures().items():
        effect = spread(values[row] for values in city_effects(snapshot, name, "units"))
        places = min(6, max(0, 2 - power_of_ten(abs(effect.mean)))) if np.isfinite(effect.mean) else 0
        unit = f", {one.unit}" if one.unit else ""
        found.append([f"{one.said}{unit}", f"{snapshot.run.cities[name][row]:,.4g}"])
        found.append([one.title(tr, True) + unit, effect.text(places)])
    return found


def with_unit(text: str) -> str:
    """Return a number with %; nothing follows a missing one."""
    return text if text == "–" else f"{text} %"


def provider_rows(snapshot: Snapshot, tr: Translator, row: int) -> Option:
    """Return the table of the centres in the city, those on order included."""
    centres, names = snapshot.run.centres, snapshot.run.names
    rows = []
    for k in np.flatnonzero((centres["city"] == row) & (centres["capacity"] > 0)):
        operating = centres["operating"][k] > 0.5
        kind = tr(f"kind.{KINDS[int(centres['kind'][k])]}")
        if centres["dedicated"][k] > 0.5:
            kind += f" ({tr(f'tier.{int(centres["industry"][k])}')})"
        rows.append(
            [
                names[k] if k < len(names) else f"B{k - len(names) + 1}",
                kind,
                date_of(int(centres["opens"][k]), snapshot.start_year),
                f"{centres['capacity'][k]:,.4g}",
                f"{100 * centres['utilisation'][k]:.0f}" if operating else "–",
                f"{centres['price'][k]:.3g}" if operating else "–",
            ]
        )
    return {"rows": rows}


@functools.lru_cache(maxsize=64)
def neighbours(country: Country, row: int) -> tuple[tuple[int, float, float], ...]:
    """Return the nearest cities over the network: row, km, one-way latency in ms."""
    latency = routes_to(country.network, [row]).latency[0]
    km = country.distances[row]
    order = [k for k in np.lexsort((km, latency)) if k != row][:NEIGHBOURS]
    return tuple((int(k), float(km[k]), float(latency[k])) for k in order)


def neighbour_rows(snapshot: Snapshot, tr: Translator, row: int) -> Option:
    """Return the table of neighbours, with distances and the effect on them over seeds."""
    names, effects = snapshot.country.cities[tr.city_column], city_effects(snapshot)
    near = neighbours(snapshot.country, row)
    rows = [
        [str(names.iloc[k]), f"{km:,.0f}", f"{ms:.2f}", spread(one[k] for one in effects).text(1)]
        for k, km, ms in near
    ]
    return {"rows": rows, "links": [k for k, _, _ in near]}


def innovation_chart(row: int) -> ChartSpec:
    """Return the chart of a city's innovation in the run and in its twin."""

    def frame(snapshot: Snapshot, tr: Translator) -> Option:
        arms = (snapshot.run, snapshot.twin)
        series: list[Option] = [
            {"data": points(snapshot.times[1:], snapshot.series(arm, "innovation", row))} for arm in arms
        ]
        return {"xAxis": year_range(snapshot), "series": [*series, {"data": []}]}

    return ChartSpec(twin_option("chart.city_innovation", "axis.innovation"), frame, over_seeds=False)


def channels_chart(row: int) -> ChartSpec:
    """Return the chart of the six channels in a city."""
    rows = np.array([row])
    return ChartSpec(
        channels_option("chart.city_channels"), lambda snapshot, tr: channels_frame(snapshot, tr, rows)
    )
