"""The place where a visitor drops a table or a results folder, and what becomes of the file."""

from __future__ import annotations

import solara

from agents.user_error import UserError
from viz.app.explore.run_options import RunOptionsError
from viz.app.explore.session import Session
from viz.app.own_data.own_country import OwnCountry, country_of
from viz.app.own_data.own_results import unpack_results
from viz.app.own_data.received_file import MAX_ARCHIVE, ReceivedFile
from viz.app.ui.event_filters import Form, form
from viz.app.ui.vue_widgets import FileDrop

TEXTS = ("choose", "hint", "over", "sending")
PACKED = (b"\x1f\x8b", b"PK\x03\x04")  # a table that would unpack to something larger


@solara.component
def DropZone(session: Session) -> None:
    """A button that chooses a file; one that is dropped anywhere on the page is taken too."""
    received = solara.use_memo(ReceivedFile, [])

    def add(event: Form) -> None:
        def part() -> None:
            whole = received.add(event)
            if whole is not None:
                take(session, received.kind, whole)

        session.act(part)

    FileDrop(
        texts=session.tr.section("drop", TEXTS),
        most=MAX_ARCHIVE,
        event_begin=form(lambda event: session.act(lambda: received.begin(event))),
        event_part=form(add),
    )


def take(session: Session, kind: str, data: bytes) -> None:
    """Show a visitor's country or results. Raises RunOptionsError with what is wrong with the file."""
    if kind == ".zip":
        folder = session.results_place()
        unpack_results(data, folder)
        session.set(session.dropped, session.dropped.peek() + 1)
        session.show_tab("results")
        return
    if data.startswith(PACKED):
        raise RunOptionsError("file_broken")
    before = OwnCountry(session.country, session.cities_file, session.centres_file)
    try:
        own = country_of(data, before)
    except RunOptionsError:
        raise
    except UserError as error:
        raise RunOptionsError("table", reason=str(error)) from None
    session.on_country(own)
