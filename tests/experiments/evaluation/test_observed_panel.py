"""A user's own table of cities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation import observed_panel as observed
from experiments.evaluation.known_effect import known_panel
from experiments.evaluation.observed_panel import ColumnRoles, read_observed
from model.files.user_tables import InputError
from tests.support.city_panels import made_up
from tests.support.cli import call


def test_mistakes_in_an_own_table_are_named_by_row_and_column(tmp_path: Path) -> None:
    frame = known_panel(1, cities=20, years=5)[["city_id", "year", "outcome", "centre", "x1"]]
    roles = ColumnRoles("outcome", controls=("x1",))
    cases = {
        "gap": (frame.assign(x1=frame["x1"].where(frame.index != 3)), "row 5, column x1: is blank"),
        "text": (
            frame.assign(outcome=frame["outcome"].astype(object).where(frame.index != 0, "many")),
            'row 2, column outcome: "many" is not a number',
        ),
        "flag": (frame.assign(centre=frame["centre"] * 2), 'column centre: "2.0" is not 1 or 0'),
        "twice": (
            pd.concat([frame, frame.iloc[[7]]]),
            "row 102, column year: city 2 already has the year 2007",
        ),
        "missing": (frame.drop(columns="x1"), "column x1: is missing"),
        "never": (frame.assign(centre=0), "column centre is 0 in every row"),
        "all": (frame.assign(centre=1), "column centre is 1 in every row"),
        "always": (frame.assign(centre=(frame["city_id"] < 5) * 1), "centre never changes within a city"),
        "at once": (frame.assign(centre=(frame["year"] > 2007) * 1), "changes in all cities in the same"),
        "flat": (frame.assign(outcome=1.0), "column outcome is 1 in every row"),
        "infinite": (
            frame.assign(x1=frame["x1"].where(frame.index != 2, np.inf)),
            'row 4, column x1: "inf" is not a finite number',
        ),
        "one": (frame[frame["city_id"] == 3], "at least 10 cities and 2 years, not 1 and 5"),
    }
    for name, (table, said) in cases.items():
        path = tmp_path / f"{name}.csv"
        table.to_csv(path, index=False)
        with pytest.raises(InputError) as caught:
            read_observed(path, roles)
        assert said in str(caught.value), name
        assert call("evaluate", path, "--outcome", "outcome", "--controls", "x1").exit_code == 2
    frame.rename(columns={"outcome": "innovations"}).assign(innovations=-1).to_csv(tmp_path / "less.csv")
    with pytest.raises(InputError, match="column innovations: -1 is not"):
        read_observed(tmp_path / "less.csv", ColumnRoles("innovations", controls=("x1",)))
    for bad in (("x1", "x1"), ("outcome", "x1")):
        with pytest.raises(InputError, match=f"column {bad[0]} cannot have two roles"):
            read_observed(tmp_path / "gap.csv", ColumnRoles("outcome", controls=bad))
    with pytest.raises(InputError, match="column centre cannot have two roles"):
        read_observed(tmp_path / "gap.csv", ColumnRoles("outcome", controls=("centre",)))
    assert call("evaluate", tmp_path / "none.csv").exit_code == 2
    assert "log_innovations" in call("schema", "panel").stdout


def test_a_table_with_places_has_centres_by_distance_band(tmp_path: Path) -> None:
    """Cities lie 111 km apart along a meridian; the first opens in year 3."""
    frame = made_up({0: 3}, cities=4, years=5)
    table = frame.assign(lon=110.0, lat=20.0 + frame["city_id"])
    found = observed.with_bands(table)
    near = list(observed.BANDS.values())
    of_next = found[found["city_id"] == 1]
    assert of_next[near].sum(axis=1).tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]
    own = found[found["city_id"] == 0]
    assert own[near].sum(axis=None) == 0.0  # its own centre is not one nearby
    path = tmp_path / "t.parquet"
    table.to_parquet(path)


def test_an_own_table_in_any_form_is_the_same_panel(tmp_path: Path) -> None:
    frame = known_panel(1, cities=20, years=5)[["city_id", "year", "outcome", "centre", "x1"]]
    frame["city_id"] = "贵阳" + frame["city_id"].astype(str)
    zh = frame.rename(columns={"city_id": "城市", "year": "年份", "outcome": "专利", "centre": "算力中心"})
    roles = ColumnRoles("专利", "算力中心", controls=("x1",))
    frame.to_csv(tmp_path / "plain.csv", index=False)
    plain, _ = read_observed(tmp_path / "plain.csv", ColumnRoles("outcome", controls=("x1",)))
    zh.to_csv(tmp_path / "gbk.csv", index=False, encoding="gb18030")
    zh.to_csv(tmp_path / "utf16.txt", index=False, sep="\t", encoding="utf-16")
    zh.to_excel(tmp_path / "book.xlsx", index=False)
    zh.to_stata(tmp_path / "new.dta", write_index=False, version=118)
    zh.assign(年份=zh["年份"].astype(str) + "-12-31").to_csv(tmp_path / "dates.csv.gz", index=False)
    zh.assign(年份=zh["年份"] * 1.0).to_parquet(tmp_path / "float.parquet")
    for name in ("gbk.csv", "utf16.txt", "book.xlsx", "new.dta", "dates.csv.gz", "float.parquet"):
        table, complete = read_observed(tmp_path / name, roles)
        pd.testing.assert_frame_equal(table.rename(columns={"专利": "outcome"}), plain)
        assert complete.controls == ("x1",)
    wide = frame.pivot_table(index="city_id", columns="year", values="outcome").reset_index()
    wide.to_csv(tmp_path / "wide.csv", index=False)
    with pytest.raises(InputError, match="the columns 2005 to 2009 are years; write a row for each city and"):
        read_observed(tmp_path / "wide.csv", ColumnRoles("outcome"))


def test_cities_as_floats_are_cities(tmp_path: Path) -> None:
    frame = known_panel(1, cities=20, years=5)[["city_id", "year", "outcome", "centre", "x1"]]
    frame.astype({"city_id": float}).to_csv(tmp_path / "floats.csv", index=False)
    table, _ = read_observed(tmp_path / "floats.csv", ColumnRoles("outcome"))
    assert set(table["city_name"]) == {str(city) for city in frame["city_id"]}


def test_roles_are_checked_before_anything_is_computed(tmp_path: Path) -> None:
    frame = known_panel(1, cities=20, years=5).assign(flat=1.0)
    path = tmp_path / "roles.csv"
    frame.to_csv(path, index=False)
    cases = {
        ("x1", "moderators"): "roles.csv: column x1 changes within a city: a split needs a trait",
        ("flat", "moderators"): "column flat is the same in all cities: they cannot be split by it",
        ("flat", "channels"): "column flat is the same in every row: it cannot be a channel",
    }
    for (column, role), said in cases.items():
        with pytest.raises(InputError, match=said):
            read_observed(path, ColumnRoles("outcome", controls=(), **{role: (column,)}))
