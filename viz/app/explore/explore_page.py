"""The Explore tab: map, charts and city card, with the settings at their left and the time controls above."""

from __future__ import annotations

import pandas as pd
import solara

from model.country.country import shipped_country
from viz.app.explore.areas import Areas
from viz.app.explore.challenge import ChallengeBox
from viz.app.explore.chart_data import chart_table
from viz.app.explore.city_card import CityCard
from viz.app.explore.city_map import MapPanel, map_measures, measure_names
from viz.app.explore.controls import Controls
from viz.app.explore.country_charts import COUNTRY, LEVELS
from viz.app.explore.headline import HeadlineBar
from viz.app.explore.live_chart import LiveChart
from viz.app.explore.own_charts import own_charts
from viz.app.explore.page_state import FLOWS, SIDES, View
from viz.app.explore.plans_panel import Plans
from viz.app.explore.presenter import Presenter
from viz.app.explore.rank_changes import Ranks
from viz.app.explore.run_options import FILE, TWINS
from viz.app.explore.session import Session
from viz.app.explore.settings_form import Settings
from viz.app.explore.story_strip import StoryStrip
from viz.app.own_data.drop_zone import DropZone
from viz.app.results.downloads import DataDownloads
from viz.app.ui.event_filters import Form, form, signal
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import JsonObject, Tools


@solara.component
def Explore(session: Session) -> None:
    """The tab, or its presenter's mode."""
    if session.presenting.value and session.ready.value:
        Presenter(session)
    else:
        Dashboard(session)


@solara.component
def Dashboard(session: Session) -> None:
    """Time controls, the sentence of effects, settings, map and panel."""
    tr, settings = session.tr, solara.use_reactive(True)
    toggle = tr("settings.hide" if settings.value else "settings.show")
    with solara.Div(classes=["cl-explore"]):
        Controls(session)
        HeadlineBar(session)
        MessageBar(session)
        StoryStrip(session)
        with solara.Div(classes=["cl-grid" if settings.value else "cl-grid cl-closed"]):
            with solara.Div(classes=["cl-side"]):
                Tools(
                    items=[{"type": "button", "key": "settings", "label": toggle}],
                    event_set=signal(lambda: settings.set(not settings.value)),
                )
                if settings.value:
                    Settings(session)
                    DropZone(session)
            if session.ready.value:
                MapCard(session)
                SideCard(session)
            else:
                Waiting(session)


@solara.component
def MessageBar(session: Session) -> None:
    """A mistake of the visitor's, or a notice."""
    with solara.Div():
        if session.problem.value:
            message(session.problem.value, "cl-said cl-problem", "alert")
        if session.notice.value:
            message(session.tr(session.notice.value), "cl-said", "status")


def message(text: str, classes: str, role: str) -> None:
    """Show a text with a role of ARIA."""
    solara.v.Html(tag="div", class_=classes, attributes={"role": role}, children=[text])


@solara.component
def Waiting(session: Session) -> None:
    """The text in the place of the map while the runs are set up."""
    key = "explore.failed" if session.doing.value == "rest" else "explore.waiting"
    solara.v.Html(tag="div", class_="cl-card cl-waiting", children=[session.tr(key)])


@solara.component
def MapCard(session: Session) -> None:
    """The map, or the maps of both twins."""
    tr, twins = session.tr, session.view.value.twins
    with solara.Div(classes=["cl-card cl-map-card"]):
        MapTools(session)
        with solara.Div(classes=["cl-maps cl-two-maps" if twins else "cl-maps"]):
            MapPanel(session, title=tr("run") if twins else "").key("map")
            if twins:
                MapPanel(session, True, tr(f"twin.{session.running.value.twin}")).key("twin")


@solara.component
def SideCard(session: Session) -> None:
    """The panel next to the map: the country's charts, a city's card, or ranks."""
    tr, side = session.tr, session.side.value
    sides = [(one, tr(f"explore.{one}")) for one in SIDES]
    with solara.Div(classes=["cl-card cl-charts"]):
        Tools(
            kind="tabs",
            label=tr("explore.sides"),
            items=[{"type": "choice", "key": "side", "label": "", "value": side, "options": sides}],
            event_set=form(lambda event: session.show_side(event.get("value"))),
        )
        with solara.Div(classes=["cl-data"]):
            DataDownloads(tr, "computeleap-effects", lambda: page_table(session))
        if side == "country":
            with solara.Div(classes=["cl-six"]):
                levels = LEVELS if not session.view.value.effect else {}
                own = own_charts(session.view.value.effect)
                for name, chart in (COUNTRY | levels | own).items():
                    LiveChart(session, name, chart).key(f"{name} {name in levels}")
        elif side == "city":
            with solara.Div(classes=["cl-scroll"]):
                CityCard(session)
        elif side == "plans":
            with solara.Div(classes=["cl-scroll"]):
                if session.country is shipped_country():
                    ChallengeBox(session)
                Plans(session)
        elif side == "areas":
            Areas(session)
        else:
            Ranks(session)


def page_table(session: Session) -> pd.DataFrame:
    """Return the numbers of the charts; of a page without a run, none."""
    return pd.DataFrame() if session.now is None else chart_table(session.now)


@solara.component
def MapTools(session: Session) -> None:
    """The row above the map: measure, layers, twin, search for a city, file that reproduces the run."""
    tr, view, twin = session.tr, session.view.value, session.running.value.twin
    file = solara.use_reactive((0, ""))
    cities = session.country.cities
    names = solara.use_memo(lambda: (cities["name_en"] + " " + cities["name_zh"]).tolist(), [])

    def on_event(event: Form) -> None:
        key, value = event.get("key"), event.get("value")
        if key == "measure" and value in map_measures():
            session.set_view(measure=value)
        elif key == "effect":
            session.set_view(effect=value == "effect", twins=session.view.peek().twins and value != "effect")
        elif key in ("links", "provinces"):
            session.set_view(**{str(key): bool(value)})
        elif key == "twins":
            session.set_view(twins=bool(value))
        elif key == "flows" and value in FLOWS:
            session.set_view(flows=value)
        elif key == "twin":
            session.compare(str(value))
        elif key == "city":
            session.find(str(value))
        elif key == "file" and (text := session.reproduce()):
            file.set((file.peek()[0] + 1, text))

    Tools(
        items=map_tools(tr, view, twin, names),
        label=tr("map.tools"),
        file={"count": file.value[0], "name": FILE, "text": file.value[1]},
        event_set=form(on_event),
    )


def map_tools(tr: Translator, view: View, twin: str, names: list[str]) -> list[JsonObject]:
    """Return the controls of the row above the map."""
    return [
        {
            "type": "select",
            "key": "measure",
            "label": tr("map.colour"),
            "value": view.measure,
            "options": measure_names(tr),
        },
        {
            "type": "choice",
            "key": "effect",
            "label": tr("map.shown"),
            "value": "effect" if view.effect and not view.twins else "level",
            "options": [("level", tr("map.level")), ("effect", tr("map.effect"), tr("map.effect_hint"))],
        },
        {"type": "search", "key": "city", "label": tr("map.search"), "options": names},
        {
            "type": "select",
            "key": "twin",
            "label": tr("twin.against"),
            "value": twin,
            "options": [(name, tr(f"twin.{name}")) for name in reversed(TWINS)],
            "hint": tr("twin.hint"),
        },
        {"type": "check", "key": "twins", "label": tr("map.twins"), "value": view.twins},
        {"type": "button", "key": "file", "label": tr("map.reproduce"), "hint": tr("map.reproduce_hint")},
        {"type": "check", "key": "provinces", "label": tr("map.provinces"), "value": view.provinces},
        {"type": "check", "key": "links", "label": tr("map.links"), "value": view.links},
        {
            "type": "select",
            "key": "flows",
            "label": tr("map.flows"),
            "value": view.flows,
            "options": [(name, tr(f"map.flows_{name or 'none'}")) for name in FLOWS],
        },
    ]
