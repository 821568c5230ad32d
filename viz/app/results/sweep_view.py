"""A sweep on the page: progress, maps, responses, sensitivity, runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import solara

from experiments.sweep import SweepError, open_store
from experiments.sweep.analysis.sensitivity import Sensitivity, sensitivity
from experiments.sweep.experiment_file import SAMPLED
from viz.app.results.chart_numbers import rounded
from viz.app.results.downloads import DataDownloads, experiment_file, file_name, ran_sweep
from viz.app.results.result_reader import SweepStore
from viz.app.results.result_widgets import Empty, Figure, Heading, Note, Number, Pick, ResultCard, Table
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
from viz.app.ui.translations import Translator

MAX_SHOWN = 1_000  # runs in the table on the page; the download holds all
FIRST = "change_theil"  # measure that is shown first
MAX_MEASURES = 6  # columns of measures in the table


@solara.component
def SweepView(store: SweepStore, tr: Translator) -> None:
    """The sweep: progress, then charts and table of its runs."""
    About(store, tr)
    if store.measures and len(store.finals):
        Findings(store, tr)
    else:
        Empty(tr("results.sweep.no_runs"), tr("results.sweep.no_runs_hint"))


@solara.component
def Findings(store: SweepStore, tr: Translator) -> None:
    """Charts of the chosen measure at the chosen levels of factors."""
    measure, set_measure = solara.use_state(FIRST if FIRST in store.measures else store.measures[0])
    kept, set_kept = solara.use_state(first_levels(store))
    finals = solara.use_memo(lambda: filtered(store, kept), [store, repr(kept)])
    with solara.v.Html(tag="div", class_="cs-row"):
        Pick(
            tr("results.measure_label"),
            {name: measure_name(name, tr) for name in store.measures},
            measure,
            set_measure,
        )
        for factor in default_factors(store):
            names = levels(store.finals[factor]).names
            if len(names) > 1:
                available_scenarios = {"": tr("results.sweep.any"), **{name: name for name in names}}
                Pick(
                    factor_name(factor, tr),
                    available_scenarios,
                    kept.get(factor, ""),
                    partial(lambda factor, name: set_kept({**kept, factor: name}), factor),
                ).key(factor)
    Note(tr("results.sweep.filter_note", count=len(finals), all=len(store.finals)))
    if len(finals):
        Charts(store, finals, measure, tr)
    else:
        Empty(tr("results.sweep.none_left"), tr("results.sweep.none_left_hint"))


@solara.component
def Charts(store: SweepStore, finals: pd.DataFrame, measure: str, tr: Translator) -> None:
    """Charts and table of the runs that are selected."""
    free = [factor for factor in default_factors(store) if finals[factor].nunique() > 1]
    with solara.v.Html(tag="div", class_="cs-figures"):
        if len(free) > 1:
            Regimes(store, finals, measure, free, tr).key("map")
        if free:
            Response(store, finals, measure, free, tr).key("response")
    Sensitivities(store, measure, tr)
    RunTable(store, finals, measure, tr)


def first_levels(store: SweepStore) -> dict[str, str]:
    """Return the first value of each factor of text, such as the scenario: a mean over them means little."""
    cut = {
        factor: levels(store.finals[factor])
        for factor in store.factors
        if store.finals[factor].dtype == object or not pd.api.types.is_numeric_dtype(store.finals[factor])
    }
    return {factor: one.names[0] for factor, one in cut.items() if len(one.names) > 1}


@solara.component
def About(store: SweepStore, tr: Translator) -> None:
    """The question, how many runs are done, and the file that runs it again."""
    file = solara.use_memo(lambda: experiment_file(store), [store])
    done, ok = sum(store.by_status.values()), store.by_status.get("ok", 0)
    about = tr(
        "results.sweep.about",
        kind=tr(f"results.design.{store.kind}"),
        factors=", ".join(factor_name(factor, tr) for factor in store.factors),
        date=store.item.date,
    )
    notes = [note for note in (store.meaning, about) if note]
    ResultCard(tr, store.item.title, file, f"computeleap sweep run {file[0]}", notes)
    with solara.v.Html(tag="div", class_="cs-cards"):
        Number(tr("results.sweep.done"), f"{ok:,} / {store.total:,}", (tr("results.sweep.done_note"),))
        Number(
            tr("results.sweep.failed"),
            f"{done - ok:,}",
            (tr("results.sweep.failed_note"),),
            "down" if done > ok else "flat",
        )
        Number(tr("results.sweep.missing"), f"{store.total - done:,}", (tr("results.sweep.missing_note"),))
    if done < store.total:
        solara.ProgressLinear(100.0 * done / store.total)


@solara.component
def Regimes(
    store: SweepStore, finals: pd.DataFrame, measure: str, free: Sequence[str], tr: Translator
) -> None:
    """The map over two factors."""
    x, set_x = solara.use_state(free[0])
    y, set_y = solara.use_state(free[1])
    across = x if x in free else free[0]
    up = y if y in free and y != across else next(name for name in free if name != across)
    names = {name: factor_name(name, tr) for name in free}
    option = solara.use_memo(
        lambda: regime_map(finals, measure, across, up, tr), [id(finals), measure, across, up, tr]
    )
    with solara.v.Html(tag="div"):
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(tr("results.sweep.across"), names, across, set_x)
            Pick(
                tr("results.sweep.up"),
                {name: text for name, text in names.items() if name != across},
                up,
                set_y,
            )
        Figure(
            tr,
            tr("results.sweep.map", measure=measure_name(measure, tr)),
            option,
            file_name(store.item.name, "map", measure),
            lambda: finals[["run", "point", "replication", *store.factors, measure]],
            height="360px",
            note=tr("results.sweep.map_note"),
            ran=ran_sweep(store, tr, finals),
        )


@solara.component
def Response(
    store: SweepStore, finals: pd.DataFrame, measure: str, free: Sequence[str], tr: Translator
) -> None:
    """The response to one factor."""
    chosen, set_chosen = solara.use_state(free[0])
    factor = chosen if chosen in free else free[0]
    option = solara.use_memo(lambda: response(finals, measure, factor, tr), [id(finals), measure, factor, tr])
    with solara.v.Html(tag="div"):
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(
                tr("results.sweep.factor"),
                {name: factor_name(name, tr) for name in free},
                factor,
                set_chosen,
            )
        Figure(
            tr,
            tr("results.sweep.response", measure=measure_name(measure, tr)),
            option,
            file_name(store.item.name, "response", factor, measure),
            lambda: finals[["run", "point", "replication", factor, measure]],
            height="360px",
            note=tr("results.sweep.response_note"),
            ran=ran_sweep(store, tr, finals),
        )


@solara.component
def Sensitivities(store: SweepStore, measure: str, tr: Translator) -> None:
    """Sensitivity of the measure to the factors, if the design allows it; computed in a thread."""
    sampled = store.kind in SAMPLED

    def compute() -> Sensitivity | str:
        if not sampled:
            return ""
        try:
            return sensitivity(open_store(store.item.folder), measure)
        except SweepError as error:
            return str(error)

    result = solara.use_thread(compute, dependencies=[store, measure], intrusive_cancel=False)
    Heading(tr("results.sweep.sensitivity"), 2)
    if not sampled:
        Note(tr("results.sweep.no_sensitivity", kind=tr(f"results.design.{store.kind}")))
    elif result.state == solara.ResultState.ERROR:
        Note(tr("results.sweep.sensitivity_failed"))
    elif result.value is None or result.state != solara.ResultState.FINISHED:
        solara.ProgressLinear(True)
        Note(tr("results.sweep.computing"))
    elif isinstance(result.value, str):
        Note(tr("results.sweep.sensitivity_failed"))
        Note(result.value)
    else:
        found = result.value
        Figure(
            tr,
            f"{tr(f'results.method.{found.method}')}: {measure_name(measure, tr)}",
            sensitivity_bars(found, tr),
            file_name(store.item.name, "sensitivity", measure),
            lambda: found.table,
            height=f"{90 + 30 * len(found.table)}px",
            note=tr(f"results.method_note.{found.method}")
            + " "
            + tr("results.sweep.used", used=found.used, left=found.left_out),
            ran=ran_sweep(store, tr, store.finals),
        )


@solara.component
def RunTable(store: SweepStore, finals: pd.DataFrame, measure: str, tr: Translator) -> None:
    """The selected runs: factors, the chosen measure, then the others."""
    others = [name for name in store.measures if name != measure][: MAX_MEASURES - 1]
    measures = [measure, *others]
    headers = [
        ("run", tr("results.sweep.run"), "end"),
        ("replication", tr("results.sweep.replication"), "end"),
    ]
    headers += [(factor, factor_name(factor, tr), "end") for factor in store.factors]
    headers += [(name, f"{measure_name(name, tr)}, {measure_unit(name, tr)}", "end") for name in measures]
    rows = [
        {key: rounded(value, 4) if isinstance(value, float) else value for key, value in row.items()}
        for row in finals[["run", "replication", *store.factors, *measures]]
        .head(MAX_SHOWN)
        .to_dict("records")
    ]
    with solara.v.Html(tag="section", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(tr("results.sweep.table"))
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DataDownloads(tr, file_name(store.item.name, "finals"), lambda: finals)
        if len(finals) > MAX_SHOWN:
            Note(tr("results.sweep.table_capped", shown=MAX_SHOWN, all=len(finals)))
        Table(tr, headers, rows)
