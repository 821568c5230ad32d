# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The page in the browser: a bar with its tabs and languages, and under it Explore, Results or Learn.

Every browser session has its own ``Session`` (viz/app/session.py) with its own runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import solara

from viz.app.explore import Explore
from viz.app.heard import one_of
from viz.app.limits import SESSIONS
from viz.app.parts import Bar
from viz.app.server import CITIES
from viz.app.session import TABS, Session
from viz.app.simulation import load_country
from viz.app.style import STYLE
from viz.app.words import LANGUAGES, words_of


@solara.component
def Layout(children: list[Any] | None = None) -> None:
    """Nothing around the page: it has a bar of its own."""
    solara.Div(children=children or [])


@solara.component
def Page() -> None:
    """The page of one browser session."""
    admitted = solara.use_memo(SESSIONS.take, [])
    solara.use_effect(lambda: admitted.leave if admitted else None, [])
    with solara.Div(classes=["cl-page"]):
        solara.Title("ComputeLeap")
        solara.Style(STYLE)
        if admitted is None:
            Full()
        else:
            Whole()


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
            event_show=lambda wanted: session.show(str(wanted)),
            event_speak=lambda wanted: session.speak(one_of(wanted, LANGUAGES)),
        )  # fmt: skip
        with solara.v.Html(tag="main", attributes={"id": "cl-main"}):
            shown(tab)(session)


def shown(tab: str) -> Callable[[Session], Any]:
    """The component of a tab; those that are not looked at are not loaded."""
    if tab == "results":
        from viz.app.results import Results

        return Results
    if tab == "learn":
        from viz.app.learn import Learn

        return Learn
    return Explore
