"""Capacities of centres by date: the shipped figures, paths by hand, and the national totals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.country.centre_capacities import (
    HUB_GROWTH,
    PUBLISHED_COLUMNS,
    capacity_path,
    load_capacities,
    load_national_compute,
    median_capacities,
    quarter_of,
)
from model.country.city_tables import load_centres
from model.country.country import shipped_country


def centres(*rows: tuple[bool, str | None, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["hub", "opened", "capacity_steps", "growth"])


def test_every_shipped_centre_has_a_figure_with_its_source() -> None:
    figures = load_capacities()
    assert set(figures["centre_id"]) == set(load_centres()["centre_id"])
    assert not figures.duplicated(["centre_id", "date"]).any()
    assert (figures["source"] != "").all()
    with_rule = figures["rule"] != ""
    assert with_rule[figures["confidence"] != "published"].all()
    assert figures["confidence"].value_counts().to_dict() == {"judgement": 36, "published": 18, "derived": 8}


def test_capacities_are_the_published_figures_on_one_scale() -> None:
    figures = load_capacities()
    sums = sum(figures[name].fillna(0.0) * factor for name, factor in PUBLISHED_COLUMNS.items())
    np.testing.assert_allclose(figures["capacity_eflops"], sums / 1000, rtol=1e-5)
    tianhe = figures[figures["centre_id"] == "S06"]
    assert tianhe["capacity_eflops"].tolist() == [0.13544, 0.24576]  # 4 × 33.86 and 61.44 PFLOPS at FP64


def test_capacities_at_opening() -> None:
    found = load_centres().set_index("centre_id")
    assert found.loc["S03", "capacity_eflops"] == pytest.approx(4 * 93.01 / 1000)
    assert found.loc["S06", "capacity_steps"] == "2013Q2 0.13544, 2018Q2 0.24576"
    assert found.loc["S06", "capacity_eflops"] == 0.13544
    assert found.loc["S12", "capacity_eflops"] == 0.2968  # never opens: its first figure
    assert found.loc[["S03", "S04", "S08"], "capacity_confidence"].tolist() == [
        "published",
        "judgement",
        "derived",
    ]
    # Chongqing opens a quarter and a year after its figure of 2020Q4: 5 of 16 quarters on the way to 2024Q4.
    assert found.loc["H06", "capacity_eflops"] == pytest.approx(6.76 * (12.5 / 6.76) ** (5 / 16))
    assert found.loc["H06", "growth"] == HUB_GROWTH
    assert found.loc["S06", "growth"] == 0.0


def test_machines_are_replaced_and_clusters_are_built_out() -> None:
    steps = "2010Q1 1.0, 2011Q1 16.0"
    found = capacity_path(centres((False, "2010Q2", steps, 0.0), (True, "2010Q2", steps, 0.0)), 2010, 6)
    np.testing.assert_allclose(found[0], [0, 1, 1, 1, 16, 16])
    np.testing.assert_allclose(found[1], [0, 2, 4, 8, 16, 16])


def test_growth_starts_at_the_last_figure() -> None:
    found = capacity_path(centres((False, "2010Q1", "2010Q3 4.0", 15.0)), 2010, 4)
    np.testing.assert_allclose(found, [[4, 4, 4, 8]])


def test_a_centre_that_never_opens_has_no_capacity() -> None:
    assert not capacity_path(centres((False, None, "", 0.0), (False, None, "2010Q1 3.0", 0.0)), 2010, 8).any()


def test_the_capacities_of_the_shipped_country() -> None:
    country = shipped_country()
    found = country.capacities(2005, 104)
    assert found.shape == (len(country.centres), 104)
    last = found[:, -1] > 0
    assert last.tolist() == country.centres["opened"].notna().tolist()
    assert (np.diff(found, axis=1) >= -1e-12).all()
    # B4: eight hubs hold 62.5 % of 280 EFLOPS at FP32 in 2024, 350 at FP16. Not used for the figures.
    hubs = found[country.centres["hub"].to_numpy(), 4 * (2024 - 2005) + 3].sum()
    assert hubs == pytest.approx(0.625 * 280 * 2, rel=0.1)


def test_medians_leave_out_centres_that_never_open() -> None:
    table = pd.DataFrame(
        {
            "kind": ["super", "super", "super", "basic"],
            "opened": ["2010Q1", "2011Q1", np.nan, "2012Q1"],
            "capacity_eflops": [1.0, 3.0, 100.0, 7.0],
        }
    )
    assert median_capacities(table) == {"super": 2.0, "basic": 7.0}


def test_national_compute() -> None:
    table = load_national_compute().set_index(["year", "quantity", "scope"])
    assert table.index.is_unique
    assert table.loc[(2022, "general", "market"), "eflops_fp16"] == 4 * 54.5
    assert table.loc[(2022, "intelligent", "market"), "eflops_fp16"] == 259.9
    assert table.loc[(2024, "total", "in use"), "eflops_fp16"] == 560
    assert (table.xs("in use", level="scope")["use"] == "validate").all()
    calibrated = table[table["use"] == "calibrate"]
    assert sorted(calibrated["eflops"]) == [54.5, 117.3, 259.9, 414.1, 1117.4]  # B1 and B2 of targets.csv
    for year in (2020, 2021, 2022):
        parts = [table.loc[(year, kind, "devices"), "eflops"] for kind in ("general", "intelligent", "super")]
        assert sum(parts) == pytest.approx(table.loc[(year, "total", "devices"), "eflops"], abs=0.5)


def test_capacities_of_a_users_centres(tmp_path: Path) -> None:
    header = "centre_id,city_id,kind,status,opened,capacity_eflops,growth"
    rows = (
        "A,110000,hub,approved,2022-12-31,2.5,0.1",
        "B,110000,super,planned,2030,,",
        "C,110000,basic,in use,2016-01,,",
    )
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    found = load_centres(path)
    assert found["capacity_eflops"].tolist() == [2.5, 0.2968, 6.1]  # the medians of the shipped ones
    assert found["capacity_steps"].tolist() == ["2022Q4 2.5", "", "2016Q1 6.1"]
    assert found["growth"].tolist() == [0.1, 0.0, 0.0]
    assert found["capacity_confidence"].tolist() == ["given", "judgement", "judgement"]


@pytest.mark.parametrize(
    ("when", "quarter"),
    [
        ("2016", "2016Q3"),
        ("2016-01", "2016Q1"),
        ("2016-03-31", "2016Q1"),
        ("2016-04", "2016Q2"),
        ("2016-12", "2016Q4"),
    ],
)
def test_quarters(when: str, quarter: str) -> None:
    assert quarter_of(when) == quarter
