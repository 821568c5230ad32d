# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The page of results: a shelf of what lies under the server's folder, and what was chosen from it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import solara

from viz.app.results.result_widgets import STYLE, Empty, Heading, Note, tag
from viz.app.results.stored_results import Opened, Reading, RunFolder, StudyFolder, SweepStore, UnreadableError
from viz.app.results.run_view import Runs
from viz.app.results.shelf import Item, Shelf, look
from viz.app.results.study_view import Study
from viz.app.results.sweep_view import SweepView
from viz.app.server.server import RESULTS
from viz.app.ui.translations import Words, words_of

MOST_TOGETHER = 6  # results folders beside each other
KINDS = ("run", "study", "sweep", "broken")


class Visitor(Protocol):
    """What the page has to know of a session: the language; ``results_folder``, a path, if it has one."""

    language: solara.Reactive[str]


def folder_of(session: Visitor) -> Path | None:
    """The results folder of the session, or else of the server; never what a visitor says."""
    given = getattr(session, "results_folder", None) or os.environ.get(RESULTS)
    return Path(given) if given else None


@solara.component
def Results(session: Visitor) -> None:
    """The page. A visitor chooses from the list; nothing that is typed becomes a path."""
    words = words_of(session.language.value)
    folder = folder_of(session)
    shelf, set_shelf = solara.use_state(Shelf(()))
    nothing: tuple[str, ...] = ()
    chosen, set_chosen = solara.use_state(nothing)
    solara.use_effect(lambda: set_shelf(look(folder) if folder else Shelf(())), [folder])
    with solara.Div():
        solara.Style(STYLE)
        with solara.v.Html(tag="div", class_="cs-shelf"):
            with solara.v.Html(
                tag="nav", class_="cs-side", attributes={"aria-label": words("results.shelf")}
            ):
                List(shelf, chosen, set_chosen, words)
                if folder is not None:
                    solara.Button(
                        words("results.refresh"),
                        icon_name="mdi-refresh",
                        text=True,
                        small=True,
                        on_click=lambda: set_shelf(look(folder)),
                    )
            with solara.v.Html(tag="div", class_="cs-main"):
                if not shelf.items:
                    missing = "no_folder" if folder is None else "empty_folder"
                    Empty(
                        words(f"results.{missing}"),
                        words(f"results.{missing}_hint"),
                        words(f"results.{missing}_command"),
                    )
                elif not chosen:
                    Empty(words("results.choose"), words("results.choose_hint"))
                else:
                    items = tuple(item for key in chosen if (item := shelf.find(key)) is not None)
                    Chosen(items, words, lambda: set_chosen(())).key(repr(chosen))


@solara.component
def List(
    shelf: Shelf, chosen: Sequence[str], choose: Callable[[tuple[str, ...]], None], words: Words
) -> None:
    """The shelf: click to open one; the boxes put several results folders beside each other."""

    def toggle(key: str) -> None:
        runs = [one for one in chosen if (item := shelf.find(one)) is not None and item.kind == "run"]
        kept = [one for one in runs if one != key] if key in runs else [*runs, key]
        choose(tuple(kept[-MOST_TOGETHER:]))

    for kind in KINDS:
        here = [item for item in shelf.items if item.kind == kind]
        if here:
            tag("h3", words(f"results.kind.{kind}"))
        for item in here:
            on = item.key in chosen
            with solara.v.Html(tag="div", class_="cs-entry" + (" cs-chosen" if on else "")):
                solara.Button(
                    children=[tag("span", item.name), tag("small", facts(item, words))],
                    text=True,
                    on_click=lambda key=item.key: choose((key,)),
                    attributes={"aria-pressed": str(on).lower(), "title": item.key},
                )
                if kind == "run" and len(here) > 1:
                    solara.v.Checkbox(
                        v_model=on,
                        on_v_model=lambda _, key=item.key: toggle(key),
                        hide_details=True,
                        dense=True,
                        attributes={
                            "aria-label": words("results.compare", name=item.name),
                            "title": words("results.compare", name=item.name),
                        },
                    )
    if shelf.more:
        Note(words("results.more", count=len(shelf.items)))


def facts(item: Item, words: Words) -> str:
    """What the list says of an item, in a line."""
    if item.kind == "broken":
        return words(f"results.broken.{item.reason}_short")
    parts = [
        item.title if item.title != item.name else "",
        words("results.seed_count", count=item.seeds) if item.seeds else "",
    ]
    parts += [item.date, f"v{item.version}" if item.version else "", in_bytes(item.bytes)]
    return " · ".join(part for part in parts if part)


def in_bytes(count: int) -> str:
    """A size with three digits."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


@solara.component
def Chosen(items: Sequence[Item], words: Words, give_up: Callable[[], None]) -> None:
    """Reads what was chosen in a thread, and shows it, or how far it is, or why not."""
    step, set_step = solara.use_state("tables")
    done, set_done = solara.use_state(0)
    none_yet: tuple[Opened, ...] = ()
    found, set_found = solara.use_state(none_yet)
    no_problem: dict[str, UnreadableError] = {}
    problems, set_problems = solara.use_state(no_problem)

    def told(now: str, through: int, opened: list[Opened], bad: dict[str, UnreadableError]) -> None:
        set_done(through)
        set_problems(bad)
        set_found(tuple(opened) if not now else ())
        set_step(now)

    solara.use_effect(lambda: Reading(items, told).begin().give_up, [])
    if step:
        Waiting(step, done, items, words, give_up)
        return
    for item in items:
        if item.key in problems:
            Problem(item, problems[item.key], words)
    Shown(found, words)


@solara.component
def Waiting(step: str, done: int, items: Sequence[Item], words: Words, give_up: Callable[[], None]) -> None:
    """How far the reading is, with a button to give it up."""
    name = items[min(done, len(items) - 1)].name if items else ""
    with solara.v.Html(tag="div", class_="cs-empty", attributes={"role": "status"}):
        solara.ProgressLinear(True)
        tag("p", words(f"results.step.{step}", name=name, number=min(done + 1, len(items)), of=len(items)))
        solara.Button(words("results.give_up"), on_click=give_up, outlined=True, small=True)


@solara.component
def Problem(item: Item, error: UnreadableError, words: Words) -> None:
    """Why something cannot be shown, in a sentence; what the reader said stands below it."""
    with solara.v.Html(tag="div", class_="cs-card", attributes={"role": "alert"}):
        Heading(item.name)
        tag("p", words(f"results.broken.{error.reason}", **error.values))
        if str(error):
            Note(str(error))


@solara.component
def Shown(found: Sequence[Opened], words: Words) -> None:
    """What was read."""
    runs = [one for one in found if isinstance(one, RunFolder)]
    if runs:
        Runs(runs, words)
    for one in found:
        if isinstance(one, StudyFolder):
            Study(one, words)
        elif isinstance(one, SweepStore):
            SweepView(one, words)
