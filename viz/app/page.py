# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The page in the browser: a bar with its tabs and languages, and under it Explore, Results or Learn.

Every browser session has its own ``Session`` (viz/app/explore/session.py) with its own runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import solara
from solara.server import kernel_context

from viz.app.explore.explore_page import Explore
from viz.app.explore.session import TABS, Session
from viz.app.explore.simulation import load_country
from viz.app.server.server import CITIES
from viz.app.server.session_slots import SESSIONS, Place
from viz.app.ui import event_filters as heard
from viz.app.ui.style import STYLE
from viz.app.ui.translations import LANGUAGES, words_of
from viz.app.ui.vue_widgets import Bar


@solara.component
def Layout(children: list[Any] | None = None) -> None:
    """Nothing around the page: it has a bar of its own."""
    solara.Div(children=children or [])


@solara.component
def Page() -> None:
    """The page of one browser session."""
    admitted = solara.use_memo(admit, [])
    solara.use_effect(lambda: admitted.leave if admitted else None, [])
    with solara.Div(classes=["cl-page"]):
        solara.Title("ComputeLeap")
        solara.Style(STYLE)
        if admitted is None:
            Full()
        else:
            Whole()


def admit() -> Place | None:
    """A place for the session that is rendered, or None; it is given back when the session ends."""
    served = kernel_context.get_current_context() if kernel_context.has_current_context() else None
    place = SESSIONS.take(served.id if served else "")
    if place is not None and served is not None:
        served.on_close(place.leave)  # also if the page was never drawn to its end
    return place


@solara.component
def Full() -> None:
    """Said to those for whom there is no room."""
    text = "\n".join(words_of(one)("page.full", most=SESSIONS.most) for one in LANGUAGES)
    solara.v.Html(tag="div", class_="cl-said cl-problem", attributes={"role": "alert"}, children=[text])


@solara.component
def Whole() -> None:
    """The bar, and what its tab shows."""
    session = solara.use_memo(lambda: Session(load_country(os.environ.get(CITIES))), [])
    solara.use_effect(session.live, [])
    words, tab = session.words, session.tab.value
    with solara.Div():
        Bar(
            tab=tab, tabs=[{"key": key, "text": words(f"page.{key}")} for key in TABS],
            language=session.language.value,
            languages=[{"key": key, "text": text} for key, text in LANGUAGES.items()],
            words={key: words(f"page.{key}") for key in ("skip", "tabs")},
            event_show=heard.word(session.show, TABS),
            event_speak=heard.word(lambda wanted: session.put(session.language, wanted), LANGUAGES),
        )  # fmt: skip
        with solara.v.Html(tag="main", attributes={"id": "cl-main"}):
            shown(tab)(session)


def shown(tab: str) -> Callable[[Session], Any]:
    """The component of a tab; those that are not looked at are not loaded."""
    if tab == "results":
        from viz.app.results.results_page import Results

        return Results
    if tab == "learn":
        from viz.app.learn.learn_page import Learn

        return Learn
    return Explore
