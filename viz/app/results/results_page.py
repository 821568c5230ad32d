"""The Results tab: the list of results in the server's folder, and the results that were chosen."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import solara

from viz.app.results.result_reader import (
    BackgroundReader,
    Opened,
    RunFolder,
    StudyFolder,
    SweepStore,
    UnreadableError,
)
from viz.app.results.result_widgets import STYLE, Empty, Heading, Note, tag
from viz.app.results.run_view import RunView
from viz.app.results.shelf import Item, Shelf, scan_shelf
from viz.app.results.study_view import StudyView
from viz.app.results.sweep_view import SweepView
from viz.app.serving_options import RESULTS
from viz.app.ui.event_filters import signal
from viz.app.ui.translations import Translator, translator

MAX_COMPARED = 6  # results folders that can be compared
KINDS = ("run", "study", "sweep", "broken")


class Visitor(Protocol):
    """A session as the page uses it; it may have a path ``results_folder``."""

    language: solara.Reactive[str]


def folder_of(session: Visitor) -> Path | None:
    """Return the results folder of the session or the server; it is never taken from the browser."""
    given = getattr(session, "results_folder", None) or os.environ.get(RESULTS)
    return Path(given) if given else None


@solara.component
def Results(session: Visitor) -> None:
    """The tab. A visitor chooses from the list; no typed text becomes a path."""
    tr = translator(session.language.value)
    folder, dropped = folder_of(session), dropped_of(session)
    shelf, set_shelf = solara.use_state(Shelf(()))
    nothing: tuple[str, ...] = ()
    chosen, set_chosen = solara.use_state(nothing)
    solara.use_effect(lambda: set_shelf(scan_both(dropped[0], folder)), [folder, *dropped])
    with solara.Div():
        solara.Style(STYLE)
        with solara.v.Html(tag="div", class_="cs-shelf"):
            with solara.v.Html(tag="nav", class_="cs-side", attributes={"aria-label": tr("results.shelf")}):
                List(shelf, chosen, set_chosen, tr)
                if folder is not None:
                    solara.Button(
                        tr("results.refresh"),
                        icon_name="mdi-refresh",
                        text=True,
                        small=True,
                        on_click=lambda: set_shelf(scan_both(dropped[0], folder)),
                    )
            with solara.v.Html(tag="div", class_="cs-main"):
                if not shelf.items:
                    missing = "no_folder" if folder is None else "empty_folder"
                    Empty(
                        tr(f"results.{missing}"),
                        tr(f"results.{missing}_hint"),
                        tr(f"results.{missing}_command"),
                    )
                elif not chosen:
                    Empty(tr("results.choose"), tr("results.choose_hint"))
                else:
                    items = tuple(item for key in chosen if (item := shelf.find(key)) is not None)
                    Chosen(items, tr, lambda: set_chosen(())).key(repr(chosen))


def dropped_of(session: Visitor) -> tuple[Path | None, int]:
    """Return the folder of the results that the visitor has dropped, if any, and how many they are."""
    count = getattr(session, "dropped", None)
    return (None, 0) if count is None else (session.dropped_results(), count.value)  # type: ignore[attr-defined]


def scan_both(dropped: Path | None, folder: Path | None) -> Shelf:
    """Return the list of the visitor's own results, then of the server's folder."""
    found = [scan_shelf(one) for one in (dropped, folder) if one is not None]
    items = tuple(item for shelf in found for item in shelf.items)
    return Shelf(items, any(shelf.more for shelf in found))


@solara.component
def List(
    shelf: Shelf, chosen: Sequence[str], choose: Callable[[tuple[str, ...]], None], tr: Translator
) -> None:
    """The list: a click opens a result; the boxes compare several results folders."""

    def toggle(key: str) -> None:
        runs = [one for one in chosen if (item := shelf.find(one)) is not None and item.kind == "run"]
        kept = [one for one in runs if one != key] if key in runs else [*runs, key]
        choose(tuple(kept[-MAX_COMPARED:]))

    for kind in KINDS:
        here = [item for item in shelf.items if item.kind == kind]
        if here:
            tag("h2", tr(f"results.kind.{kind}"))
        for item in here:
            on = item.key in chosen
            with solara.v.Html(tag="div", class_="cs-entry" + (" cs-chosen" if on else "")):
                solara.Button(
                    children=[tag("span", item.name), tag("small", facts(item, tr))],
                    text=True,
                    on_click=lambda key=item.key: choose((key,)),
                    attributes={"aria-pressed": str(on).lower(), "title": item.key},
                )
                if kind == "run" and len(here) > 1:
                    solara.v.Checkbox(
                        v_model=on,
                        on_v_model=signal(partial(toggle, item.key)),
                        hide_details=True,
                        dense=True,
                        attributes={
                            "aria-label": tr("results.compare", name=item.name),
                            "title": tr("results.compare", name=item.name),
                        },
                    )
    if shelf.more:
        Note(tr("results.more", count=len(shelf.items)))


def facts(item: Item, tr: Translator) -> str:
    """Return the line of the list that describes an item."""
    if item.kind == "broken":
        return tr(f"results.broken.{item.reason}_short")
    parts = [
        item.title if item.title != item.name else "",
        tr("results.seed_count", count=item.seeds) if item.seeds else "",
    ]
    parts += [item.date, f"v{item.version}" if item.version else "", in_bytes(item.bytes)]
    return " · ".join(part for part in parts if part)


def in_bytes(count: int) -> str:
    """Return a size in kB or MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


@solara.component
def Chosen(items: Sequence[Item], tr: Translator, give_up: Callable[[], None]) -> None:
    """Read the chosen items in a thread; show the progress, then the results or why they cannot be shown."""
    step, set_step = solara.use_state("tables")
    done, set_done = solara.use_state(0)
    none_yet: tuple[Opened, ...] = ()
    found, set_found = solara.use_state(none_yet)
    no_problem: dict[str, UnreadableError] = {}
    problems, set_problems = solara.use_state(no_problem)

    def on_step(now: str, finished: int, opened: list[Opened], bad: dict[str, UnreadableError]) -> None:
        set_done(finished)
        set_problems(bad)
        set_found(tuple(opened) if not now else ())
        set_step(now)

    def read() -> Callable[[], None]:
        return BackgroundReader(items, on_step).start().cancel

    solara.use_effect(read, [])
    if step:
        Waiting(step, done, items, tr, give_up)
        return
    for item in items:
        if item.key in problems:
            Problem(item, problems[item.key], tr)
    Shown(found, tr)


@solara.component
def Waiting(step: str, done: int, items: Sequence[Item], tr: Translator, give_up: Callable[[], None]) -> None:
    """The progress of reading, with a button to cancel it."""
    name = items[min(done, len(items) - 1)].name if items else ""
    with solara.v.Html(tag="div", class_="cs-empty", attributes={"role": "status"}):
        solara.ProgressLinear(True)
        tag("p", tr(f"results.step.{step}", name=name, number=min(done + 1, len(items)), of=len(items)))
        solara.Button(tr("results.give_up"), on_click=give_up, outlined=True, small=True)


@solara.component
def Problem(item: Item, error: UnreadableError, tr: Translator) -> None:
    """A sentence on why an item cannot be shown, and the reader's message below it."""
    with solara.v.Html(tag="div", class_="cs-card", attributes={"role": "alert"}):
        Heading(item.name)
        tag("p", tr(f"results.broken.{error.reason}", **error.values))
        if str(error):
            Note(str(error))


@solara.component
def Shown(found: Sequence[Opened], tr: Translator) -> None:
    """The results that were read."""
    runs = [one for one in found if isinstance(one, RunFolder)]
    if runs:
        RunView(runs, tr)
    for one in found:
        if isinstance(one, StudyFolder):
            StudyView(one, tr)
        elif isinstance(one, SweepStore):
            SweepView(one, tr)
