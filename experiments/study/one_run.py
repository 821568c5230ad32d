"""One run: the model of an arm, its yearly tables of cities and centres, and its cities at time 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.compute_provider import KINDS
from experiments.study.process_memory import trim_heaps
from experiments.study.study import Run, Study
from model.economy.centre_tables import relative_sizes
from model.records import BUILT_RECORDED, PROVIDER_RECORDED
from model.regional_model import RegionalModel
from model.scenarios.scenario import date_of

# Flows are added up over the year; everything else is averaged.
FLOWS = frozenset(
    {
        "innovation",
        "own_innovation",
        "conversion_innovation",
        "realised_innovation",
        "entrants",
        "exits",
        "revenue",
        "gdp",
        "real_gdp",
        "spending",
        "research_spending",
        "compute_use",
        "basic_use",
        "intelligent_use",
        "super_use",
        "compute_bill",
        "hosted_tasks",
        "voucher_paid",
        "government_bill",
        "centre_investment",
        "value_added",
        "climbs",
        "falls",
    }
)
DATES = frozenset({"new_since"})  # kept as they are at the end of the year
# Columns of cities recorded at time 0, the start of the first reported quarter.
AT_START = (
    "business_environment",
    "data_openness",
    "redundancy",
    "fiscal_decentralisation",
    "market",
    "talent",
    "firms",
    "adoption_share",
    "innovation",
)


@dataclass(frozen=True)
class RunRecord:
    """The tables kept of one run.

    Attributes:
        panel: seed, arm, year, city_id, then the measures (flows per year, stocks as the year's mean).
        centres: seed, centre_id, city_id, kind, opened, size, capacity, year, then the recorded measures of
            centres. ``size``: relative to a standard centre of the time, at the end of the year.
        start: seed, city_id, then the columns ``AT_START`` at time 0.
        national: seed, year, then what extensions measure, of the country; empty if they measure nothing.
    """

    panel: pd.DataFrame
    centres: pd.DataFrame
    start: pd.DataFrame
    national: pd.DataFrame = field(default_factory=pd.DataFrame)


def run_one(study: Study, seed: int, arm: str) -> RunRecord:
    """Run one arm with one seed and return its record."""
    model = model_of(study, seed, arm)
    cities = model.cities["city_id"].to_numpy()
    at_start = {name: model.state["cities"][name].copy() for name in AT_START}
    start = pd.DataFrame({"seed": seed, "city_id": cities, **at_start})
    model.run_until(study.until)
    centres = yearly_centres(model)
    centres.insert(0, "seed", seed)
    return RunRecord(yearly_cities(model, study, seed, arm), centres, start, yearly_national(model, seed))


def try_run(study: Study, run: Run) -> RunRecord | str:
    """Return the record of one run, or, if it failed, a text that says why."""
    try:
        return run_one(study, *run)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        trim_heaps()  # the model is gone


def model_of(study: Study, seed: int, arm: str) -> RegionalModel:
    """Return the model of one run at time 0."""
    return RegionalModel(
        study.parameters,
        study.arms[arm],
        seed,
        cities=study.country.cities,
        centres=study.country.centres,
        network=study.country.network,
        threads=study.threads,
        extension=study.extension,
        check_invariants=study.check_invariants,
    )


def yearly_cities(model: RegionalModel, study: Study, seed: int, arm: str) -> pd.DataFrame:
    """Return the panel of ``RunRecord`` of a model that has run."""
    wanted = (*study.measures, *model.extended.recorded)
    kept = tuple(name for name in wanted if name in model.history)  # mechanisms may be off
    panel = yearly(model, kept, model.history, model.cities["city_id"].to_numpy(), "city_id")
    panel.insert(0, "seed", seed)
    panel.insert(1, "arm", arm)
    return panel


def yearly_national(model: RegionalModel, seed: int) -> pd.DataFrame:
    """Return ``RunRecord.national`` of a model that has run; means over cities of their own columns."""
    measures = {one.name: one for one in model.extended.reported}
    if not measures:
        return pd.DataFrame()
    history = {
        name: [np.atleast_1d(value) for value in model.national_history[name]]
        if name in model.national_history
        else [np.atleast_1d(values.mean()) for values in model.history[name]]
        for name in measures
        if name in model.national_history or name in model.history
    }
    frame = yearly(model, tuple(history), history, np.zeros(1), "nation").drop(columns="nation")
    frame.insert(0, "seed", seed)
    return frame


def yearly_centres(model: RegionalModel) -> pd.DataFrame:
    """Return yearly records of the centres, including those built in the course of the run.

    centre_id, city_id, kind, opened, size, capacity, year, then the recorded measures. A row of the table of
    centres may be used by one centre after another; a centre is a row and the quarter it opens,
    and its years are those in whose last quarter it exists.
    """
    start, ids = model.parameters.start_year, model.cities["city_id"].to_numpy()
    known = [opening.centre_id for opening in model.openings]
    rows = model.state["providers"].rows
    frame = yearly(model, PROVIDER_RECORDED, model.provider_history, np.arange(rows), "row")
    if not model.parameters.building_slots:
        facts = {
            "city": np.array([opening.city for opening in model.openings], dtype=int),
            "kind": np.array([KINDS.index(opening.kind) for opening in model.openings], dtype=int),
            "opens": np.array([opening.quarter for opening in model.openings], dtype=int),
        }
        for name, values in facts.items():
            frame[name] = values[frame["row"]]
    else:
        years = len(frame) // rows
        for name in BUILT_RECORDED:
            frame[name] = np.array(model.provider_history[name])[3 : 4 * years : 4].ravel()
        frame = frame[frame["taken"] > 0.5].drop(columns=["taken", "public"])
    kind = frame["kind"].astype(int).to_numpy()
    size = _sizes(model)[frame["year"] - start, frame["row"]] if len(frame) else np.zeros(0)
    opens = frame["opens"].astype(int)
    city = frame["city"].astype(int)
    names = [
        known[row] if row < len(known) else f"B{row - len(known) + 1}-{date_of(quarter, start)}"
        for row, quarter in zip(frame["row"], opens, strict=True)
    ]
    found = pd.DataFrame(
        {
            "centre_id": np.array(names, dtype=object),
            "city_id": ids[city] if len(frame) else np.array([], dtype=int),
            "kind": np.array(KINDS, dtype=object)[kind],
            "opened": np.array([date_of(quarter, start) for quarter in opens], dtype=object),
            "size": size,
            "capacity": frame["capacity"].to_numpy(),
            "year": frame["year"].to_numpy(),
        }
    )
    return found.assign(**{name: frame[name].to_numpy() for name in PROVIDER_RECORDED})


def _sizes(model: RegionalModel) -> NDArray[np.float64]:
    """Return the size of each row of the table of centres at the end of each year, (years, rows).

    That of a centre of the scenario is exact, that of one built in the run is its capacity over a standard
    one's.
    """
    standard = np.array(model.kind_history["standard_capacity"])[3::4]
    room = np.array(model.provider_history["capacity"])[3::4]
    kind = model.state["providers"]["kind"].astype(int)
    usual = standard[:, kind]
    sizes = np.divide(room, usual, out=np.zeros_like(room), where=usual > 0)
    for row, opening in enumerate(model.openings):
        steps = relative_sizes(opening, model.parameters)
        sizes[:, row] = steps[0][1]
        for quarter, size in steps[1:]:
            sizes[max(quarter, 0) // 4 :, row] = size
    return sizes


def yearly(
    model: RegionalModel,
    names: Sequence[str],
    history: Mapping[str, Sequence[NDArray[np.float64]]],
    ids: np.ndarray,
    id_name: str,
) -> pd.DataFrame:
    """Turn quarterly records into one row per year and agent: flows added, dates kept, all else averaged."""
    years = len(history[names[0]]) // 4
    last = {one.name for one in model.extended.measures if one.yearly == "last"}
    start = model.parameters.start_year
    frame: dict[str, Any] = {
        "year": np.repeat(np.arange(start, start + years), len(ids)),
        id_name: np.tile(ids, years),
    }
    for name in names:
        values = np.array(history[name][: 4 * years]).reshape(years, 4, len(ids))
        if name in DATES or name in last:
            frame[name] = values[:, -1].ravel()
        else:
            flow = name in FLOWS or name in model.extended.flows
            frame[name] = (values.sum(axis=1) if flow else values.mean(axis=1)).ravel()
    return pd.DataFrame(frame)
