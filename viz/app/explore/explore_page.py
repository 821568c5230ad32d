# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""Explore: the map, the charts and the city's card, beside the settings and under the buttons of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import solara

from viz.app.explore.city_card import CityCard
from viz.app.explore.controls import Controls
from viz.app.explore.country_charts import COUNTRY, Moving
from viz.app.explore.map import MEASURES, MapOf
from viz.app.explore.rank_changes import RANKS, mover_rows
from viz.app.explore.run_options import FILE, TWINS
from viz.app.explore.session import FLOWS, Session
from viz.app.explore.settings_form import Settings
from viz.app.explore.use_frames import use_frames
from viz.app.ui import event_filters as heard
from viz.app.ui.translations import Words
from viz.app.ui.vue_widgets import Rows, Tools

SIDES = ("country", "city", "ranks")


@solara.component
def Explore(session: Session) -> None:
    """The page of play."""
    words, settings = session.words, solara.use_reactive(True)
    with solara.Div(classes=["cl-explore"]):
        Controls(session)
        Said(session)
        with solara.Div(classes=["cl-grid" if settings.value else "cl-grid cl-closed"]):
            with solara.Div(classes=["cl-side"]):
                Tools(
                    items=[{"type": "button", "key": "settings",
                            "label": words("settings.hide" if settings.value else "settings.show")}],
                    event_set=heard.signal(lambda: settings.set(not settings.value)),
                )  # fmt: skip
                if settings.value:
                    Settings(session)
            if session.ready.value:
                MapCard(session)
                SideCard(session)
            else:
                Waiting(session)


@solara.component
def Said(session: Session) -> None:
    """A mistake, or something to know."""
    words = session.words
    said = [(session.problem.value, "cl-said cl-problem", "alert")] if session.problem.value else []
    if session.notice.value:
        said.append((words(session.notice.value), "cl-said", "status"))
    with solara.Div():
        for text, look, role in said:
            solara.v.Html(tag="div", class_=look, attributes={"role": role}, children=[text])


@solara.component
def Waiting(session: Session) -> None:
    """Before there is a run."""
    words = session.words
    text = words("explore.failed") if session.doing.value == "rest" else words("explore.waiting")
    solara.v.Html(tag="div", class_="cl-card cl-waiting", children=[text])


@solara.component
def MapCard(session: Session) -> None:
    """The map, or the maps of both twins."""
    words, twins = session.words, session.view.value.twins
    with solara.Div(classes=["cl-card cl-map-card"]):
        MapTools(session)
        with solara.Div(classes=["cl-maps cl-two-maps" if twins else "cl-maps"]):
            MapOf(session, title=words("run") if twins else "").key("map")
            if twins:
                twin = session.running.value.twin
                MapOf(session, True, words(f"twin.{twin}")).key("twin")


@solara.component
def SideCard(session: Session) -> None:
    """What stands beside the map: the country's charts, a city's card, or ranks."""
    words, side = session.words, session.side.value
    with solara.Div(classes=["cl-card cl-charts"]):
        Tools(
            kind="tabs", label=words("explore.sides"),
            items=[{"type": "choice", "key": "side", "label": "", "value": side,
                    "options": [(one, words(f"explore.{one}")) for one in SIDES]}],
            event_set=heard.form(lambda said: turn(session, said.get("value"))),
        )  # fmt: skip
        if side == "country":
            with solara.Div(classes=["cl-four"]):
                for name, kind in COUNTRY.items():
                    Moving(session, name, kind).key(name)
        elif side == "city":
            with solara.Div(classes=["cl-scroll"]):
                CityCard(session)
        else:
            Ranks(session)


def turn(session: Session, side: object) -> None:
    """Show another of the sides."""
    if side in SIDES:
        session.put(session.side, side)


@solara.component
def Ranks(session: Session) -> None:
    """Who overtook whom."""
    words = session.words
    with solara.Div(classes=["cl-scroll"]):
        Moving(session, "ranks", RANKS, "300px")
        heads = [words(f"mover.{key}") for key in ("name", "without", "with", "gain", "effect")]
        table = Rows(title=words("mover.title"), heads=heads, numbers=[1, 2, 3, 4], empty=words("mover.none"),
                     event_select=heard.whole(session.select))  # fmt: skip
        use_frames(session, "movers", table, lambda snapshot: mover_rows(snapshot, session.words))


@solara.component
def MapTools(session: Session) -> None:
    """What the map shows, what the run is compared with, a city by name, and the file that reproduces it."""
    words, view, twin = session.words, session.view.value, session.running.value.twin
    file = solara.use_reactive({"count": 0, "name": FILE, "text": ""})
    cities = session.country.cities
    names = solara.use_memo(lambda: (cities["name_en"] + " " + cities["name_zh"]).tolist(), [])

    def chosen(said: Mapping[str, Any]) -> None:
        key, value = said.get("key"), said.get("value")
        if key == "measure" and value in MEASURES:
            session.look(measure=value)
        elif key == "effect":
            session.look(effect=value == "effect", twins=view.twins and value != "effect")
        elif key == "links":
            session.look(links=bool(value))
        elif key == "twins":
            session.look(twins=bool(value))
        elif key == "flows" and value in FLOWS:
            session.look(flows=value)
        elif key == "twin":
            session.compare(str(value))
        elif key == "city":
            session.select(value if isinstance(value, int) else None)
        elif key == "file" and (text := session.reproduce()):
            file.set({"count": file.value["count"] + 1, "name": FILE, "text": text})

    Tools(items=tools(words, view, twin, names), label=words("map.tools"), file=file.value,
          event_set=heard.form(chosen))  # fmt: skip


def tools(words: Words, view: Any, twin: str, names: list[str]) -> list[dict[str, Any]]:
    """The row above the map."""
    shown = "effect" if view.effect and not view.twins else "level"
    return [
        {"type": "select", "key": "measure", "label": words("map.colour"), "value": view.measure,
         "options": [(name, words(f"measure.{name}")) for name in MEASURES]},
        {"type": "choice", "key": "effect", "label": words("map.shown"), "value": shown,
         "options": [("level", words("map.level")),
                     ("effect", words("map.effect"), words("map.effect_hint"))]},
        {"type": "select", "key": "twin", "label": words("twin.against"), "value": twin,
         "options": [(name, words(f"twin.{name}")) for name in reversed(TWINS)], "hint": words("twin.hint")},
        {"type": "check", "key": "twins", "label": words("map.twins"), "value": view.twins},
        {"type": "check", "key": "links", "label": words("map.links"), "value": view.links},
        {"type": "select", "key": "flows", "label": words("map.flows"), "value": view.flows,
         "options": [(name, words(f"map.flows_{name or 'none'}")) for name in FLOWS]},
        {"type": "search", "key": "city", "label": words("map.search"), "options": names},
        {"type": "space", "key": "space"},
        {"type": "button", "key": "file", "label": words("map.reproduce"),
         "hint": words("map.reproduce_hint")},
    ]  # fmt: skip
