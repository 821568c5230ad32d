"""Capacities of compute centres by date, and the national totals of compute that they are part of.

One scale: EFLOPS at half precision (FP16). A halving of precision doubles the rate, so that a figure at FP32
counts twice and one at FP64 four times (judgement, after the width of vector units). docs/data.md explains
which figures are published, derived or judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.engine.elementary_arrays import exp, log
from model.files.table_columns import TableColumn
from model.files.user_tables import read_table

DATA = Path(__file__).parents[1] / "data"

PRECISIONS = {"FP64": 4.0, "FP32": 2.0, "FP16": 1.0}
"""Half-precision operations in the time of one operation of each precision."""

HUB_GROWTH = 0.282
"""Growth of a hub after its last figure, fraction a year. [B2b, B2c: 414.1 EFLOPS 2023, 1117.4 in 2027]"""

CONFIDENCES = ("published", "derived", "judgement")
GIVEN = "given"
PUBLISHED_COLUMNS = {f"pflops_{precision.lower()}": factor for precision, factor in PRECISIONS.items()}

CAPACITY_COLUMNS = (
    TableColumn("centre_id", "text", "id in compute_centres.csv", high=200, required=True, blank=False),
    TableColumn("date", "date", "date of the figure", required=True, blank=False),
    TableColumn(
        "capacity_eflops", "number", "capacity at FP16", "EFLOPS", 1e-6, 1e6, required=True, blank=False
    ),
    *(
        TableColumn(name, "number", "part of the figure at this precision", "PFLOPS", 0)
        for name in PUBLISHED_COLUMNS
    ),
    TableColumn("confidence", "text", "kind of figure", required=True, blank=False, choices=CONFIDENCES),
    TableColumn("source", "text", "source", high=1000, required=True, blank=False),
    TableColumn("rule", "text", "how it is derived or judged", high=1000, required=True),
)

NATIONAL_COLUMNS = (
    TableColumn("year", "integer", "end of the year", "", 2000, 2040, required=True, blank=False),
    TableColumn(
        "quantity",
        "text",
        "kind of compute",
        required=True,
        blank=False,
        choices=("total", "general", "intelligent", "super"),
    ),
    TableColumn("eflops", "number", "as published", "EFLOPS", 0, required=True, blank=False),
    TableColumn("precision", "text", "of the figure", required=True, blank=False, choices=tuple(PRECISIONS)),
    TableColumn(
        "scope",
        "text",
        "devices shipped, data centres in use, or market research",
        required=True,
        blank=False,
        choices=("devices", "in use", "market"),
    ),
    TableColumn(
        "use",
        "text",
        "as in targets.csv; reference: for neither",
        required=True,
        blank=False,
        choices=("calibrate", "validate", "reference"),
    ),
    TableColumn("forecast", "flag", "a forecast of the source", required=True, blank=False),
    TableColumn("provenance", "text", "as in targets.csv", required=True, blank=False),
    TableColumn("source", "text", "source", high=1000, required=True, blank=False),
)

Floats = npt.NDArray[np.float64]


def load_capacities() -> pd.DataFrame:
    """Return the shipped figures of capacity: columns as in CAPACITY_COLUMNS, by centre and date."""
    return read_table(DATA / "centre_capacities.csv", CAPACITY_COLUMNS)


def load_national_compute() -> pd.DataFrame:
    """Return the national totals: columns as in NATIONAL_COLUMNS, and eflops_fp16 on the scale of centres.

    Totals of different scopes count different machines: none is the sum of others.
    """
    table = read_table(DATA / "national_compute.csv", NATIONAL_COLUMNS)
    return table.assign(eflops_fp16=table["eflops"] * table["precision"].map(PRECISIONS))


def quarter_of(when: str) -> str:
    """Return the quarter of a date as `read_date` gives it, as "2016Q2"; of a year alone the third."""
    if "Q" in when:
        return when
    return f"{when[:4]}Q{(int(when[5:7]) + 2) // 3 if len(when) > 4 else 3}"


def with_shipped_capacities(centres: pd.DataFrame) -> pd.DataFrame:
    """Return the shipped centres with their capacities.

    Args:
        centres: N rows with centre_id, hub and opened.

    Returns:
        `centres` with four more columns: capacity_eflops (EFLOPS at FP16, at opening; the first figure if the
        centre never opens), capacity_steps (str: every dated figure, as "2013Q2 0.13544, 2018Q2 0.24576"),
        growth (fraction a year after the last figure: HUB_GROWTH for hubs, else 0) and capacity_confidence
        (of the figure at opening).
    """
    figures = load_capacities()
    figures["when"] = [quarter_of(date) for date in figures["date"]]
    known = {str(name): rows.sort_values("when") for name, rows in figures.groupby("centre_id")}
    first, steps, confidence = [], [], []
    for name, hub, opened in zip(centres["centre_id"], centres["hub"], centres["opened"], strict=True):
        rows = known[name]
        dated = list(zip(rows["when"], rows["capacity_eflops"], strict=True))
        start = dated[0][0] if pd.isna(opened) else opened
        first.append(float(_figures_at(dated, bool(hub), 0.0, np.array([_number(start)]))[0]))
        steps.append(", ".join(f"{when} {capacity!r}" for when, capacity in dated))
        before = rows["confidence"][rows["when"] <= start]
        confidence.append((before if len(before) else rows["confidence"].iloc[:1]).iloc[-1])
    return centres.assign(
        capacity_eflops=np.array(first, dtype=np.float64),
        capacity_steps=pd.Series(steps, dtype="str"),
        growth=np.where(centres["hub"], HUB_GROWTH, 0.0),
        capacity_confidence=pd.Series(confidence, dtype="str"),
    )


def with_given_capacities(centres: pd.DataFrame, medians: Mapping[str, float]) -> pd.DataFrame:
    """Return a user's centres with their capacities: those given, or the median of the kind.

    Args:
        centres: N rows with kind, opened, capacity_eflops and growth; NaN in the last two where blank.
        medians: Capacity at opening by kind, EFLOPS, for blank cells.
    """
    given = centres["capacity_eflops"].notna()
    capacity = centres["capacity_eflops"].fillna(centres["kind"].map(medians))
    opened = centres["opened"].fillna("")
    steps = [f"{when} {size!r}" if when else "" for when, size in zip(opened, capacity, strict=True)]
    return centres.assign(
        capacity_eflops=capacity,
        capacity_steps=pd.Series(steps, dtype="str"),
        growth=centres["growth"].fillna(0.0),
        capacity_confidence=pd.Series(np.where(given, GIVEN, "judgement"), dtype="str"),
    )


def median_capacities(centres: pd.DataFrame) -> dict[str, float]:
    """Return the median capacity at opening of each kind, EFLOPS, over the centres that open."""
    opening = centres[centres["opened"].notna()]
    return {
        str(kind): float(size) for kind, size in opening.groupby("kind")["capacity_eflops"].median().items()
    }


def capacity_path(centres: pd.DataFrame, start_year: int, quarters: int) -> Floats:
    """Return the capacity of each centre in each quarter, EFLOPS at FP16, (N, quarters).

    It is zero before the opening and for centres that never open. Between two dated figures a hub's capacity
    grows at a constant rate, since clusters are built out; that of other centres keeps the earlier figure,
    since machines are replaced. Before the first figure it is the first, after the last the last times
    (1 + growth)^years.

    Args:
        centres: N rows with hub, opened, capacity_steps and growth, as ``load_centres`` gives them.
        start_year: Year of the first quarter.
    """
    times = 4 * start_year + np.arange(quarters)
    path = np.zeros((len(centres), quarters))
    columns = (centres[name] for name in ("hub", "opened", "capacity_steps", "growth"))
    for row, (hub, opened, steps, growth) in enumerate(zip(*columns, strict=True)):
        if not pd.isna(opened):
            dated = [(when, float(size)) for when, size in (step.split() for step in steps.split(", "))]
            path[row] = _figures_at(dated, bool(hub), float(growth), times) * (times >= _number(opened))
    return path


def _figures_at(
    dated: list[tuple[str, float]], smooth: bool, growth: float, times: npt.NDArray[np.int64]
) -> Floats:
    """Return the capacity at the quarters `times` from dated figures in order."""
    known = np.array([_number(when) for when, _ in dated])
    sizes = np.array([size for _, size in dated], dtype=np.float64)
    latest = np.clip(np.searchsorted(known, times, side="right") - 1, 0, None)
    found = sizes[latest]
    if smooth and len(dated) > 1:
        between = (times > known[0]) & (times < known[-1])
        found[between] = exp(np.interp(times[between], known, log(sizes)))
    if growth:
        found = found * exp(np.maximum(times - known[-1], 0) / 4 * log(np.array([1.0 + growth])))
    return np.asarray(found, dtype=np.float64)


def _number(quarter: str) -> int:
    """Return the number of a quarter such as "2016Q2", four a year."""
    return 4 * int(quarter[:4]) + int(quarter[5]) - 1
