"""Charts of what the server's extensions record: measures, and columns of cities."""

from __future__ import annotations

from dataclasses import dataclass

from viz.app.explore.country_charts import effect_chart, points_of_twins, twin_option
from viz.app.explore.live_chart import ChartSpec
from viz.app.explore.snapshot import Snapshot
from viz.app.model_catalogue import served_model
from viz.app.ui.chart_options import Option
from viz.app.ui.translations import Translator


@dataclass(frozen=True)
class OwnMeasure:
    """A number of the country that extensions record; texts are as their files say them."""

    name: str
    unit: str
    mean_of_cities: bool = False
    by_city: bool = False

    @property
    def said(self) -> str:
        """Its name in words."""
        return self.name.replace("_", " ")

    def title(self, tr: Translator, effect: bool) -> str:
        """Return the title of its chart."""
        named = tr("chart.mean_of_cities", name=self.said) if self.mean_of_cities else self.said
        return tr("chart.own_effect", name=named) if effect else named


def own_measures() -> list[OwnMeasure]:
    """Return the measures of the served extensions, then the columns of cities that they add."""
    model = served_model()
    measures = {one.name: OwnMeasure(one.name, one.unit, by_city=one.by == "city") for one in model.measures}
    units = {column.name: column.unit for column in model.schema.tables["cities"]}
    columns = [name for name in model.recorded if name not in measures]
    by_city = {one.name for one in model.reported if one.by == "city"}
    own = (OwnMeasure(name, units.get(name, ""), True, name in by_city) for name in columns)
    return [*measures.values(), *own]


def city_measures() -> dict[str, OwnMeasure]:
    """Return what the served extensions record of every city, by name."""
    return {one.name: one for one in own_measures() if one.by_city}


def own_charts(effect: bool) -> dict[str, ChartSpec]:
    """Return the charts of extensions: differences from the twin over seeds, or levels of this seed."""
    return {f"own {one.name}": chart_of(one, effect) for one in own_measures()}


def chart_of(one: OwnMeasure, effect: bool) -> ChartSpec:
    """Return the chart of a measure."""
    if effect:
        return effect_chart(
            lambda tr: one.title(tr, True), one.name, lambda tr: tr("axis.own_effect", unit=one.unit)
        )
    return ChartSpec(
        twin_option(lambda tr: one.title(tr, False), lambda tr: one.unit),
        lambda snapshot, tr: levels_frame(one.name, snapshot),
        over_seeds=False,
        text=lambda tr: one.title(tr, False),
    )


def levels_frame(name: str, snapshot: Snapshot) -> Option:
    """Return the frame of a measure in the run and in its twin."""
    upto = snapshot.quarter + 1
    arms = (snapshot.run, snapshot.twin)
    return points_of_twins(snapshot, [arm.totals.own[name][:upto] for arm in arms])


def own_units() -> dict[str, str]:
    """Return the units of the measures, for the table of the page."""
    return {one.name: one.unit for one in own_measures()}
