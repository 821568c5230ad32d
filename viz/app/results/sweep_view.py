# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""A store of a sweep on the page: how far it is, maps, responses, sensitivity, the runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import solara

from experiments.sweep import SweepError, open_store
from experiments.sweep.analysis.sensitivity import Sensitivity, sensitivity
from experiments.sweep.experiment_file import SAMPLED
from viz.app.ui import event_filters as heard
from viz.app.results.downloads import DataDownloads, DownloadButton, experiment_file, file_name
from viz.app.results.chart_style import rounded
from viz.app.results.result_widgets import Empty, Figure, Heading, Note, Number, Table, tag
from viz.app.results.stored_results import SweepStore
from viz.app.results.sweep_charts import (
    default_factors,
    factor_name,
    filtered,
    levels,
    measure_name,
    measure_unit,
    regime_map,
    response,
    sensitivity_bars,
)
from viz.app.ui.translations import Words

MOST_SHOWN = 1_000  # runs in the table on the page; all are in the download
FIRST = "change_theil"  # the measure that is shown first
MOST_MEASURES = 6  # columns of measures in it


@solara.component
def SweepView(store: SweepStore, words: Words) -> None:
    """The sweep: progress, then what its runs say."""
    About(store, words)
    if store.measures and len(store.finals):
        Findings(store, words)
    else:
        Empty(words("results.sweep.no_runs"), words("results.sweep.no_runs_hint"))


@solara.component
def Findings(store: SweepStore, words: Words) -> None:
    """What the runs say of one measure that is chosen, at levels of factors that are chosen."""
    measure, set_measure = solara.use_state(FIRST if FIRST in store.measures else store.measures[0])
    kept, set_kept = solara.use_state(first_levels(store))
    finals = solara.use_memo(lambda: filtered(store, kept), [store, repr(kept)])
    with solara.v.Html(tag="div", class_="cs-row"):
        Pick(
            words("results.measure_label"),
            {name: measure_name(name, words) for name in store.measures},
            measure,
            set_measure,
        )
        for factor in default_factors(store):
            names = levels(store.finals[factor]).names
            if len(names) > 1:
                offered = {"": words("results.sweep.any"), **{name: name for name in names}}
                Pick(
                    factor_name(factor, words),
                    offered,
                    kept.get(factor, ""),
                    partial(lambda factor, name: set_kept({**kept, factor: name}), factor),
                ).key(factor)
    Note(words("results.sweep.filter_note", count=len(finals), all=len(store.finals)))
    if len(finals):
        Charts(store, finals, measure, words)
    else:
        Empty(words("results.sweep.none_left"), words("results.sweep.none_left_hint"))


@solara.component
def Charts(store: SweepStore, finals: pd.DataFrame, measure: str, words: Words) -> None:
    """The charts and the table of the runs that are left."""
    free = [factor for factor in default_factors(store) if finals[factor].nunique() > 1]
    with solara.v.Html(tag="div", class_="cs-figures"):
        if len(free) > 1:
            Regimes(store, finals, measure, free, words).key("map")
        if free:
            Response(store, finals, measure, free, words).key("response")
    Sensitivities(store, measure, words)
    Table_(store, finals, measure, words)


def first_levels(store: SweepStore) -> dict[str, str]:
    """Factors in words, such as the scenario, begin at their first value: a mean over them means little."""
    cut = {
        factor: levels(store.finals[factor])
        for factor in store.factors
        if store.finals[factor].dtype == object or not pd.api.types.is_numeric_dtype(store.finals[factor])
    }
    return {factor: one.names[0] for factor, one in cut.items() if len(one.names) > 1}


@solara.component
def Pick(label: str, names: Mapping[str, str], value: str, choose: Callable[[str], Any]) -> None:
    """A list to choose from: what is shown, and the key behind it."""
    back = {text: key for key, text in names.items()}
    solara.Select(
        label,
        list(back),
        names.get(value, next(iter(back))),
        on_value=heard.word(lambda text: choose(back[text]), back),
        dense=True,
    )


@solara.component
def About(store: SweepStore, words: Words) -> None:
    """What is asked, how many runs are done, and the file that runs it again."""
    name, text = solara.use_memo(lambda: experiment_file(store), [store])
    done = sum(store.by_status.values())
    ok = store.by_status.get("ok", 0)
    with solara.v.Html(tag="div", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(store.item.title, 2)
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DownloadButton(
                    words("results.experiment_file"), name, lambda: text.encode(), "application/toml"
                )
        if store.meaning:
            tag("div", store.meaning)
        factors = ", ".join(factor_name(factor, words) for factor in store.factors)
        Note(
            words(
                "results.sweep.about",
                kind=words(f"results.design.{store.kind}"),
                factors=factors,
                date=store.item.date,
            )
        )
        tag("div", f"computeleap sweep run {name}", classes="cs-command")
    with solara.v.Html(tag="div", class_="cs-cards"):
        Number(words("results.sweep.done"), f"{ok:,} / {store.total:,}", (words("results.sweep.done_note"),))
        Number(
            words("results.sweep.failed"),
            f"{done - ok:,}",
            (words("results.sweep.failed_note"),),
            "down" if done > ok else "flat",
        )
        Number(
            words("results.sweep.missing"), f"{store.total - done:,}", (words("results.sweep.missing_note"),)
        )
    if done < store.total:
        solara.ProgressLinear(100.0 * done / store.total)


@solara.component
def Regimes(store: SweepStore, finals: pd.DataFrame, measure: str, free: Sequence[str], words: Words) -> None:
    """The map over two factors."""
    x, set_x = solara.use_state(free[0])
    y, set_y = solara.use_state(free[1])
    across = x if x in free else free[0]
    up = y if y in free and y != across else next(name for name in free if name != across)
    names = {name: factor_name(name, words) for name in free}
    option = solara.use_memo(
        lambda: regime_map(finals, measure, across, up, words), [id(finals), measure, across, up, words]
    )
    with solara.v.Html(tag="div"):
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(words("results.sweep.across"), names, across, set_x)
            Pick(
                words("results.sweep.up"),
                {name: text for name, text in names.items() if name != across},
                up,
                set_y,
            )
        Figure(
            words,
            words("results.sweep.map", measure=measure_name(measure, words)),
            option,
            file_name(store.item.name, "map", measure),
            lambda: finals[["run", "point", "replication", *store.factors, measure]],
            height="360px",
            note=words("results.sweep.map_note"),
        )


@solara.component
def Response(
    store: SweepStore, finals: pd.DataFrame, measure: str, free: Sequence[str], words: Words
) -> None:
    """The response to one factor."""
    chosen, set_chosen = solara.use_state(free[0])
    factor = chosen if chosen in free else free[0]
    option = solara.use_memo(
        lambda: response(finals, measure, factor, words), [id(finals), measure, factor, words]
    )
    with solara.v.Html(tag="div"):
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(
                words("results.sweep.factor"),
                {name: factor_name(name, words) for name in free},
                factor,
                set_chosen,
            )
        Figure(
            words,
            words("results.sweep.response", measure=measure_name(measure, words)),
            option,
            file_name(store.item.name, "response", factor, measure),
            lambda: finals[["run", "point", "replication", factor, measure]],
            height="360px",
            note=words("results.sweep.response_note"),
        )


@solara.component
def Sensitivities(store: SweepStore, measure: str, words: Words) -> None:
    """Which factors the measure hangs on, if the design was made for that; computed beside the page."""
    sampled = store.kind in SAMPLED

    def compute() -> Sensitivity | str:
        if not sampled:
            return ""
        try:
            return sensitivity(open_store(store.item.folder), measure)
        except SweepError as error:
            return str(error)

    result = solara.use_thread(compute, dependencies=[store, measure], intrusive_cancel=False)
    Heading(words("results.sweep.sensitivity"), 2)
    if not sampled:
        Note(words("results.sweep.no_sensitivity", kind=words(f"results.design.{store.kind}")))
    elif result.state == solara.ResultState.ERROR:
        Note(words("results.sweep.sensitivity_failed"))
    elif result.value is None or result.state != solara.ResultState.FINISHED:
        solara.ProgressLinear(True)
        Note(words("results.sweep.computing"))
    elif isinstance(result.value, str):
        Note(words("results.sweep.sensitivity_failed"))
        Note(result.value)
    else:
        found = result.value
        Figure(
            words,
            f"{words(f'results.method.{found.method}')}: {measure_name(measure, words)}",
            sensitivity_bars(found, words),
            file_name(store.item.name, "sensitivity", measure),
            lambda: found.table,
            height=f"{90 + 30 * len(found.table)}px",
            note=words(f"results.method_note.{found.method}")
            + " "
            + words("results.sweep.used", used=found.used, left=found.left_out),
        )


@solara.component
def Table_(store: SweepStore, finals: pd.DataFrame, measure: str, words: Words) -> None:
    """The runs that are left, with their factors and the measure chosen first."""
    others = [name for name in store.measures if name != measure][: MOST_MEASURES - 1]
    measures = [measure, *others]
    headers = [
        ("run", words("results.sweep.run"), "end"),
        ("replication", words("results.sweep.replication"), "end"),
    ]
    headers += [(factor, factor_name(factor, words), "end") for factor in store.factors]
    headers += [
        (name, f"{measure_name(name, words)}, {measure_unit(name, words)}", "end") for name in measures
    ]
    rows = [
        {key: rounded(value, 4) if isinstance(value, float) else value for key, value in row.items()}
        for row in finals[["run", "replication", *store.factors, *measures]]
        .head(MOST_SHOWN)
        .to_dict("records")
    ]
    with solara.v.Html(tag="section", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(words("results.sweep.table"))
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DataDownloads(words, file_name(store.item.name, "finals"), lambda: finals)
        if len(finals) > MOST_SHOWN:
            Note(words("results.sweep.table_capped", shown=MOST_SHOWN, all=len(finals)))
        Table(words, headers, rows)
