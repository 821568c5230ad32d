# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""Parts that the results and the tour are made of: cards, figures with their downloads, tables, states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import solara

from viz.app.ui.echart import Chart
from viz.app.results.downloads import DataDownloads
from viz.app.ui.translations import Words

STYLE = (Path(__file__).resolve().parents[2] / "assets" / "shelf.css").read_text(encoding="utf-8")

Children = Any


def tag(name: str, *children: Children, classes: str = "", **attributes: str) -> Any:
    """An element of HTML; texts in it are text."""
    return solara.v.Html(tag=name, children=list(children), class_=classes, attributes=attributes)


@solara.component
def Heading(text: str, level: int = 3) -> None:
    """A heading."""
    tag(f"h{level}", text)


@solara.component
def Note(text: str) -> None:
    """A remark in small print."""
    tag("div", text, classes="cs-note")


@solara.component
def Empty(title: str, text: str, command: str = "") -> None:
    """What is shown where there is nothing: why, and what to do."""
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
    words: Words,
    title: str,
    option: Mapping[str, Any],
    name: str,
    table: Callable[[], pd.DataFrame] | None = None,
    height: str = "260px",
    note: str = "",
) -> None:
    """A chart in a card: title, chart, remark; picture and data to take home, as files called ``name``."""
    saved, set_saved = solara.use_state({"count": 0, "format": "png", "name": name})

    def save(kind: str) -> None:
        set_saved({"count": int(saved["count"]) + 1, "format": kind, "name": name})  # type: ignore[call-overload]

    with solara.v.Html(tag="section", class_="cs-card", attributes={"aria-label": title}):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(title)
            with solara.v.Html(tag="div", class_="cs-buttons"):
                for kind in ("png", "svg"):
                    solara.Button(
                        words(f"results_download.{kind}"),
                        text=True,
                        small=True,
                        classes=["cs-download"],
                        on_click=lambda kind=kind: save(kind),
                    )
                if table is not None:
                    DataDownloads(words, name, table)
        Chart(
            option=option,
            height=height,
            text=f"{title}. {note}",
            saved=saved,
            unavailable=words("results_chart.unavailable"),
        )
        if note:
            Note(note)


@solara.component
def Table(
    words: Words,
    headers: Sequence[tuple[str, str, str]],
    rows: Sequence[Mapping[str, Any]],
    search: bool = True,
    per_page: int = 10,
) -> None:
    """A table to search and sort. ``headers``: (key, text, ``start`` or ``end``)."""
    wanted, set_wanted = solara.use_state("")
    if search:
        solara.v.TextField(
            v_model=wanted,
            on_v_model=lambda text: set_wanted(str(text or "")[:200]),
            label=words("results_table.search"),
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
        no_data_text=words("results_table.nothing"),
        no_results_text=words("results_table.no_match"),
        footer_props={
            "items-per-page-text": words("results_table.rows"),
            "items-per-page-all-text": words("results_table.all"),
            "items-per-page-options": [10, 25, 50],
        },
    )
