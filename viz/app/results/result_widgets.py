"""Components shared by results and stories: cards, figures with downloads, tables, selections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import solara

from viz.app.results.downloads import DataDownloads, DownloadButton
from viz.app.ui.chart_options import Option
from viz.app.ui.echart import Chart
from viz.app.ui.event_filters import one_of
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import JsonObject

STYLE = (Path(__file__).resolve().parents[2] / "assets" / "shelf.css").read_text(encoding="utf-8")

Child = str | solara.Element


def tag(name: str, *children: Child, classes: str = "", **attributes: str) -> solara.Element:
    """Return an HTML element; strings are shown as text."""
    return solara.v.Html(tag=name, children=list(children), class_=classes, attributes=attributes)


@solara.component
def Heading(text: str, level: int = 3) -> None:
    """A heading."""
    tag(f"h{level}", text)


@solara.component
def Note(text: str) -> None:
    """A note in small print."""
    tag("div", text, classes="cs-note")


@solara.component
def Empty(title: str, text: str, command: str = "") -> None:
    """A card in the place of missing results: why, and what to do."""
    with solara.v.Html(tag="div", class_="cs-empty"):
        tag("h3", title)
        tag("p", text)
        if command:
            tag("code", command)


@solara.component
def Number(label: str, value: str, notes: Sequence[str] = (), tone: str = "flat") -> None:
    """A card with a number."""
    with solara.v.Html(tag="div", class_="cs-card"):
        tag("div", label, classes="cs-note")
        tag("div", value, classes=f"cs-value cs-{tone}")
        for note in notes:
            if note:
                Note(note)


@solara.component
def Figure(
    tr: Translator,
    title: str,
    option: Option,
    name: str,
    table: Callable[[], pd.DataFrame] | None = None,
    height: str = "260px",
    note: str = "",
    ran: str = "",
) -> None:
    """A chart in a card: title, chart, note, and downloads of picture and data as files called ``name``.

    ``ran`` says what was run, below the title of the picture.
    """
    saved, set_saved = solara.use_state((0, "png"))

    with solara.v.Html(tag="section", class_="cs-card", attributes={"aria-label": title}):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(title)
            with solara.v.Html(tag="div", class_="cs-buttons"):
                for kind in ("png", "svg"):
                    solara.Button(
                        tr(f"results_download.{kind}"),
                        text=True,
                        small=True,
                        classes=["cs-download"],
                        on_click=lambda kind=kind: set_saved((saved[0] + 1, kind)),
                    )
                if table is not None:
                    DataDownloads(tr, name, table)
        Chart(
            option=option,
            height=height,
            text=f"{title}. {note}",
            saved={"count": saved[0], "format": saved[1], "name": name, "title": title, "note": ran},
            unavailable=tr("results_chart.unavailable"),
        )
        if note:
            Note(note)


@solara.component
def Table(
    tr: Translator,
    headers: Sequence[tuple[str, str, str]],
    rows: Sequence[JsonObject],
    search: bool = True,
    per_page: int = 10,
) -> None:
    """A table with search and sorting; ``headers`` holds (key, text, ``start`` or ``end``) of each column."""
    wanted, set_wanted = solara.use_state("")
    if search:
        solara.v.TextField(
            v_model=wanted,
            on_v_model=lambda text: set_wanted(str(text or "")[:200]),
            label=tr("results_table.search"),
            dense=True,
            hide_details=True,
            clearable=True,
            prepend_inner_icon="mdi-magnify",
            style_="max-width: 320px",
        )
    solara.v.DataTable(
        headers=[{"value": key, "text": text, "align": align} for key, text, align in headers],
        items=list(rows),
        search=wanted,
        dense=True,
        items_per_page=per_page,
        mobile_breakpoint=0,
        no_data_text=tr("results_table.nothing"),
        no_results_text=tr("results_table.no_match"),
        footer_props={
            "items-per-page-text": tr("results_table.rows"),
            "items-per-page-all-text": tr("results_table.all"),
            "items-per-page-options": [10, 25, 50],
        },
    )


@solara.component
def Pick(label: str, names: Mapping[str, str], value: str, choose: Callable[[str], object]) -> None:
    """A list of texts; ``choose`` receives the key of the chosen one."""
    keys = {text: key for key, text in names.items()}
    solara.Select(
        label,
        list(keys),
        names.get(value, next(iter(keys))),
        on_value=one_of(keys, lambda text: choose(keys[text])),
        dense=True,
    )


@solara.component
def ResultCard(
    tr: Translator,
    title: str,
    file: tuple[str, str],
    command: str,
    notes: Sequence[str],
    mime: str = "application/toml",
) -> None:
    """Title, notes and command of a result, with a button for the (name, text) of its experiment file."""
    name, text = file
    with solara.v.Html(tag="div", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(title, 2)
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DownloadButton(tr("results.experiment_file"), name, text.encode, mime)
        for note in notes:
            Note(note)
        tag("div", command if len(command) < 240 else command[:239] + "…", classes="cs-command")


def failure_notes(summary: JsonObject, tr: Translator) -> list[str]:
    """Return a note on failed runs, if there are any."""
    failures = summary.get("failures")
    return [tr("results.failures", count=len(failures))] if isinstance(failures, Mapping) and failures else []
