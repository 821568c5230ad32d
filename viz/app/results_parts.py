# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""Parts that the results and the tour are made of: cards, figures with their downloads, tables, states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import solara

from viz.app.chart import Chart
from viz.app.downloads import DataDownloads
from viz.app.words import Words

STYLE = """
.cs-shelf { display: grid; grid-template-columns: 250px minmax(0, 1fr); gap: 16px; padding: 14px 18px; }
.cs-shelf h2, .cs-tour h2 { font-size: 1.25rem; font-weight: 600; margin: 0; color: #1d2733; }
.cs-shelf h3, .cs-tour h3 { font-size: 0.95rem; font-weight: 600; margin: 0; color: #1d2733; }
.cs-note { color: #5a6675; font-size: 0.82rem; line-height: 1.4; }
.cs-card { background: #fff; border: 1px solid #dfe4ea; border-radius: 10px; padding: 12px 14px; min-width: 0; }
.cs-cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(145px, 1fr)); gap: 8px; }
.cs-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); gap: 12px; }
.cs-figure-head { display: flex; align-items: baseline; gap: 8px; flex-wrap: wrap; margin-bottom: 2px; }
.cs-figure-head .cs-buttons { margin-left: auto; display: flex; flex-wrap: wrap; }
.cs-buttons > * { margin: 0 !important; padding: 0 !important; }
.cs-figure-head .cs-buttons .cs-buttons { margin-left: 0; flex-wrap: nowrap; }
.cs-shelf .v-btn, .cs-tour .v-btn { text-transform: none; letter-spacing: 0; }
.cs-buttons .v-btn { padding: 0 5px !important; min-width: 0 !important; letter-spacing: 0; text-transform: none;
  color: #41505f; font-size: 0.75rem; margin: 0 !important; }
.cs-buttons .v-btn .v-icon { font-size: 15px !important; margin-right: 2px !important; }
.cs-shelf .v-sheet, .cs-tour .v-sheet { background: transparent !important; }
.cs-card .v-data-table td, .cs-card .v-data-table th { white-space: nowrap; padding: 0 9px !important; }
.cs-card .v-data-table td { max-width: 340px; overflow: hidden; text-overflow: ellipsis; }
.cs-six { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; }
.cs-three { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 10px; }
@media (min-width: 1560px) { .cs-six { grid-template-columns: repeat(6, minmax(0, 1fr)); } }
@media (max-width: 560px) { .cs-six { grid-template-columns: minmax(0, 1fr); } }
.cs-value { font-size: 1.12rem; font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums; }
.cs-up { color: #0b5c94; } .cs-down { color: #a23b00; } .cs-flat { color: #5a6675; }
.cs-side { display: flex; flex-direction: column; gap: 2px; align-self: start; }
.cs-side .v-btn { margin: 0 !important; }
.cs-side h3 { margin: 10px 0 2px; color: #5a6675; font-size: 0.78rem; text-transform: uppercase; letter-spacing: 0.05em; }
.cs-entry { display: flex; align-items: center; border-radius: 8px; border: 1px solid transparent; }
.cs-entry.cs-chosen { background: #e8f1f8; border-color: #9cc3df; }
.cs-entry .v-btn { flex: 1; height: auto !important; padding: 6px 8px !important; text-transform: none;
  letter-spacing: 0; justify-content: flex-start; text-align: left; white-space: normal; min-width: 0 !important;
  font-size: 0.86rem; }
.cs-entry .v-btn__content { flex: 1 1 auto; display: block; white-space: normal; overflow-wrap: anywhere; line-height: 1.3; }
.cs-entry .v-btn:focus-visible, .cs-tour .v-btn:focus-visible { outline: 2px solid #1565c0; outline-offset: 1px; }
.cs-entry .v-input { margin: 0 4px 0 0; padding: 0; flex: none; }
.cs-entry small { display: block; font-size: 0.76rem; color: #5a6675; font-weight: 400; }
.cs-main { display: flex; flex-direction: column; gap: 12px; min-width: 0; }
.cs-empty { border: 1px dashed #b8c2cc; border-radius: 12px; padding: 36px 24px; text-align: center; color: #41505f; }
.cs-empty code { background: #eef1f4; padding: 2px 6px; border-radius: 4px; color: #1d2733; }
.cs-row { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
.cs-row .v-input { max-width: 260px; min-width: 150px; }
.cs-row .v-input--switch { min-width: 0; max-width: none; margin-top: 0; padding-top: 0; }
.cs-row .v-input--switch label { font-size: 0.86rem; white-space: nowrap; }
.cs-shelf .v-messages { display: none; }
.cs-command { font-family: ui-monospace, monospace; background: #f3f5f7; border-radius: 6px; padding: 6px 10px; font-size: 0.82rem; overflow-wrap: anywhere; }
@media (max-width: 1000px) {
  .cs-shelf { grid-template-columns: minmax(0, 1fr); padding: 10px; }
  .cs-side { flex-direction: row; flex-wrap: wrap; align-items: center; }
  .cs-side h3 { width: 100%; margin: 4px 0 0; }
  .cs-entry { border-color: #dfe4ea; max-width: 240px; }
}
"""

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
                        words(f"results_download.{kind}"), text=True, small=True, classes=["cs-download"],
                        on_click=lambda kind=kind: save(kind),
                    )  # fmt: skip
                if table is not None:
                    DataDownloads(words, name, table)
        Chart(option=option, height=height, text=f"{title}. {note}", saved=saved, unavailable=words("results_chart.unavailable"))
        if note:
            Note(note)


@solara.component
def Table(
    words: Words, headers: Sequence[tuple[str, str, str]], rows: Sequence[Mapping[str, Any]], search: bool = True,
    per_page: int = 10,
) -> None:  # fmt: skip
    """A table to search and sort. ``headers``: (key, text, ``start`` or ``end``)."""
    wanted, set_wanted = solara.use_state("")
    if search:
        solara.v.TextField(
            v_model=wanted, on_v_model=lambda text: set_wanted(text or ""), label=words("results_table.search"), dense=True,
            hide_details=True, clearable=True, prepend_inner_icon="mdi-magnify", style_="max-width: 320px",
        )  # fmt: skip
    solara.v.DataTable(
        headers=[{"value": key, "text": text, "align": align} for key, text, align in headers],
        items=list(rows), search=wanted, dense=True, items_per_page=per_page, mobile_breakpoint=0,
        no_data_text=words("results_table.nothing"), no_results_text=words("results_table.no_match"),
        footer_props={
            "items-per-page-text": words("results_table.rows"), "items-per-page-all-text": words("results_table.all"),
            "items-per-page-options": [10, 25, 50],
        },
    )  # fmt: skip
