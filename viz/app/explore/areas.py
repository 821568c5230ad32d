"""Regions and provinces: their cities, their names, and the table of effects on them."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import solara

from model.country.administrative_units import PROVINCES
from model.country.country import Country
from viz.app.explore.seed_spread import FEWEST_CITIES, city_effects, spread
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import form, natural_number
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import CityTable, Tools

# Names of provinces without what all of them share.
ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
CHINESE = {english: chinese for _, _, chinese, english in PROVINCES}


@functools.lru_cache(maxsize=8)
def areas(country: Country) -> Mapping[str, np.ndarray]:
    """Return the rows of the cities of each region, then of each province, by its name in the table."""
    found: dict[str, np.ndarray] = {}
    for column in ("region", "province"):
        if column in country.cities:
            names = country.cities[column].astype(str)
            found |= {
                name: np.flatnonzero(names == name) for name in names.unique() if name not in ("", "nan")
            }
    return found


def area_name(name: str, tr: Translator) -> str:
    """Return the name of a region or a province in the language of the page; an unknown one as it is."""
    if f"region.{name}" in tr.texts:
        return tr(f"region.{name}")
    chinese = CHINESE.get(name) if tr.language == "zh" else None
    if chinese is None:
        return name
    return next((chinese.removesuffix(end) for end in ENDINGS if chinese.endswith(end)), chinese)


def rows_of(country: Country, area: str) -> np.ndarray:
    """Return the rows of the cities of an area; of an unknown one, or of "", all."""
    return areas(country).get(area, np.arange(len(country.cities)))


@solara.component
def Areas(session: Session) -> None:
    """The table of regions and provinces, and the cities of the one that is chosen."""
    tr, chosen = session.tr, session.view.value.area
    known = list(areas(session.country))

    def choose(area: object) -> None:
        if area == "" or area in known:
            session.set_view(area=str(area))

    with solara.Div(classes=["cl-scroll"]):
        options = [("", tr("area.whole")), *((name, area_name(name, tr)) for name in known)]
        pick = {"type": "select", "key": "area", "label": tr("area.shown"), "value": chosen}
        Tools(
            items=[pick | {"options": options}],
            label=tr("area.title"),
            event_set=form(lambda event: choose(event.get("value"))),
        )
        if chosen:
            AreaCities(session, chosen).key(chosen)
        table = CityTable(
            title=tr("area.title"),
            heads=[tr(f"area.{key}") for key in ("name", "count", "firms", "effect", "gdp_effect")],
            numbers=[1, 2, 3, 4],
            empty="",
            event_select=natural_number(lambda k: choose(known[k]) if k < len(known) else None),
        )
        use_frames(session, "areas", table, lambda shot: area_rows(shot, session.tr))


@solara.component
def AreaCities(session: Session, area: str) -> None:
    """The table of the cities of an area."""
    tr = session.tr
    table = CityTable(
        title=tr("area.cities", name=area_name(area, tr)),
        heads=[tr(f"area.{key}") for key in ("city", "firms", "effect", "gdp_effect")],
        numbers=[1, 2, 3],
        empty="",
        event_select=natural_number(session.select),
    )
    use_frames(session, "area cities", table, lambda shot: city_rows(shot, area, session.tr))


def area_rows(snapshot: Snapshot, tr: Translator) -> Option:
    """Return the table of areas: cities, firms, effects on their totals over seeds; pale: few cities."""
    found, firms = areas(snapshot.country), snapshot.run.cities["firms"]
    rows = []
    for name, cities in found.items():
        effects = [
            spread(pair.group_effect(cities, measure) for pair in snapshot.pairs).text(2)
            for measure in ("innovation", "real_gdp")
        ]
        rows.append([area_name(name, tr), str(len(cities)), f"{firms[cities].sum():,.0f}", *effects])
    pale = [len(cities) < FEWEST_CITIES for cities in found.values()]
    return {"rows": rows, "links": list(range(len(rows))), "pale": pale}


def city_rows(snapshot: Snapshot, area: str, tr: Translator) -> Option:
    """Return the cities of an area, the largest first: firms and effects over seeds."""
    cities = rows_of(snapshot.country, area)
    names, firms = snapshot.country.cities[tr.city_column], snapshot.run.cities["firms"]
    order = cities[np.argsort(-firms[cities], kind="stable")]
    by_seed = [city_effects(snapshot, measure) for measure in ("innovation", "real_gdp")]
    rows = [
        [
            str(names.iloc[row]),
            f"{firms[row]:,.0f}",
            *(spread(values[row] for values in effects).text(1) for effects in by_seed),
        ]
        for row in order
    ]
    return {"rows": rows, "links": order.tolist()}
