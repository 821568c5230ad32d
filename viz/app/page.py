"""The page in the browser: a bar with tabs and languages above one of Explore, Results and Learn.

Every browser session has its own ``Session`` (viz/app/explore/session.py) with its own runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import solara
from solara.server import kernel_context

from model.country.country import load_country
from viz.app.explore.address import open_address, shown_address
from viz.app.explore.explore_page import Explore
from viz.app.explore.page_state import TABS
from viz.app.explore.session import Session
from viz.app.explore.use_frames import use_frames
from viz.app.own_data.own_country import OwnCountry
from viz.app.server.session_slots import SLOTS, SessionSlot, server_full_text
from viz.app.serving_options import cities_file
from viz.app.ui.event_filters import address_form, one_of
from viz.app.ui.style import STYLE
from viz.app.ui.translations import LANGUAGES, translator
from viz.app.ui.vue_widgets import Address, Bar


@solara.component
def Layout(children: list[solara.Element] | None = None) -> None:
    """The page without Solara's own bar."""
    solara.Div(children=children or [])


@solara.component
def Page() -> None:
    """The page of one browser session."""
    slot = solara.use_memo(admit, [])
    solara.use_effect(lambda: slot.release if slot else None, [])
    with solara.Div(classes=["cl-page"]):
        solara.Title("ComputeLeap")
        solara.Style(STYLE)
        if slot is None:
            ServerFull()
        else:
            MainPage()


def admit() -> SessionSlot | None:
    """Return a slot for the session that is rendered, or None; it is released when the session ends."""
    served = kernel_context.get_current_context() if kernel_context.has_current_context() else None
    slot = SLOTS.acquire(served.id if served else "")
    if slot is not None and served is not None:
        served.on_close(slot.release)  # also if the page was never drawn to its end
    return slot


@solara.component
def ServerFull() -> None:
    """The message to visitors for whom there is no slot, with a link that tries again."""
    attributes = {"role": "alert"}
    again = " / ".join(translator(language)("page.again") for language in LANGUAGES)
    with solara.v.Html(tag="main", attributes={"id": "cl-main"}):
        solara.v.Html(tag="h1", class_="cl-full", children=["ComputeLeap"])
        solara.v.Html(
            tag="div", class_="cl-said cl-problem", attributes=attributes, children=[server_full_text()]
        )
        solara.v.Html(tag="a", class_="cl-full", attributes={"href": "/"}, children=[again])


@solara.component
def MainPage() -> None:
    """The bar and the selected tab."""
    nothing: OwnCountry | None = None
    own, language = solara.use_reactive(nothing), solara.use_reactive("")

    def begin() -> Session:
        if own.value is None:
            made = Session(load_country(cities_file()), cities_file() or "")
        else:
            made = session_of(own.value, language.peek())
        made.on_country = partial(change_country, own, language, made)
        return made

    session = solara.use_memo(begin, [own.value])
    solara.use_effect(session.start, [session])
    SessionPage(session).key(str(id(session)))


def change_country(
    own: solara.Reactive[OwnCountry | None], language: solara.Reactive[str], session: Session, new: OwnCountry
) -> None:
    """Replace the session by one of the visitor's own country."""
    language.set(session.language.peek())
    own.set(new)


def session_of(own: OwnCountry, language: str) -> Session:
    """Return a session of a visitor's own country; without known centres its hosts are drawn at random."""
    made = Session(own.country, own.cities_file)
    made.centres_file, made.renewed = own.centres_file, True
    made.set(made.language, language)
    made.opening_notice = "notice.own_country"
    if not len(own.country.centres):
        made.set(made.options, replace(made.options.peek(), scenario="random_hosts"))
        made.set(made.plans, (made.options.peek(),))
    return made


@solara.component
def SessionPage(session: Session) -> None:
    """The bar and the selected tab of a session."""
    tr, tab = session.tr, session.tab.value
    with solara.Div():
        Bar(
            tab=tab,
            tabs=[{"key": key, "text": tr(f"page.{key}")} for key in TABS],
            language=session.language.value,
            languages=[{"key": key, "text": text} for key, text in LANGUAGES.items()],
            texts=tr.section("page", ("skip", "tabs", "loading")),
            event_show=one_of(TABS, session.show_tab),
            event_speak=one_of(LANGUAGES, lambda language: session.set(session.language, language)),
        )
        address = Address(event_open=address_form(partial(open_address, session)))
        use_frames(session, "address", address, lambda _: {"text": shown_address(session)})
        with solara.v.Html(tag="main", attributes={"id": "cl-main"}):
            tab_component(tab)(session)


def tab_component(tab: str) -> Callable[[Session], solara.Element]:
    """Return the component of a tab; Results and Learn are imported when they are first shown."""
    if tab == "results":
        from viz.app.results.results_page import Results

        return Results
    if tab == "learn":
        from viz.app.learn.learn_page import Learn

        return Learn
    return Explore
