"""Reading a store: SQL, tables, exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.io import netcdf_file

from experiments.sweep import (
    Sweep,
    SweepError,
    from_values,
    queries,
)
from tests.support.sweeps import VALUES, without


def test_sql_joins_factors_and_results(truth: Sweep) -> None:
    answer = truth.sql("select capacity_scale, count(*) as n from finals group by all order by 1")
    assert answer["n"].tolist() == [4, 4, 4]
    by_point = truth.sql("select point, year, avg(theil) as theil from metrics group by all")
    assert len(by_point) == 12
    with pytest.raises(SweepError, match=r"cannot be answered.*innovation"):
        truth.sql("select innovatoin from finals")


def test_queries_that_are_none_are_refused(done: Sweep, tmp_path: Path) -> None:
    with pytest.raises(SweepError, match=r"the query cannot be answered: .*nothing_of_that_name"):
        done.sql("select * from nothing_of_that_name")
    target = tmp_path / "t.csv"
    for sql in (
        "",
        "-- a word",
        "create table t (a integer)",
        f"copy (select 1) to '{target}'",
        "set threads=1",
    ):
        with pytest.raises(SweepError, match="the query must begin with select"):
            done.sql(sql)
    assert not target.exists()
    assert done.sql("from runs select count(*) as n")["n"].tolist() == [4]
    assert len(done.sql("pivot (select point, seed from runs) on point using count(*)")) == 2


def test_a_store_that_cannot_be_viewed_says_so(done: Sweep, monkeypatch) -> None:
    def gone(*_: object) -> None:
        raise FileNotFoundError("no_such_file.parquet")

    monkeypatch.setattr(queries, "_source", gone)
    with pytest.raises(SweepError, match=r"store cannot be read: .*no_such_file"):
        queries.connect(done.store)


def test_a_store_of_no_chunk_has_empty_tables(tmp_path: Path) -> None:
    sweep = from_values({**VALUES, "twin": True}, tmp_path / "s")
    sweep._prepare(1, False)
    assert sweep.status().missing == 4
    for name in ("runs", "finals", "metrics"):
        assert len(queries.table(sweep.store, name)) == 0
    assert len(queries.digest(sweep.store)) == 32
    assert sweep.design["talent_mobility"].tolist() == [0.0, 0.05]
    assert isinstance(sweep.failed, pd.DataFrame)
    assert np.array_equal(list(sweep.store.missing()), [0, 1])


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "nc"])
def test_exports_hold_what_the_store_holds(truth: Sweep, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"finals.{ending}"
    assert truth.export("finals", target) == 12
    if ending == "nc":
        with netcdf_file(target, mmap=False) as file:
            found = np.array(file.variables["innovation"][:])
    else:
        read: dict[str, Any] = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}
        found = read[ending](target)["innovation"].to_numpy()
    np.testing.assert_allclose(found, truth.finals["innovation"], rtol=1e-14)


def test_an_unknown_table_or_ending_is_refused(truth: Sweep, tmp_path: Path) -> None:
    with pytest.raises(SweepError, match="there is no table 'final'"):
        truth.export("final", tmp_path / "a.csv")
    with pytest.raises(SweepError, match="must have a name that ends in"):
        truth.export("finals", tmp_path / "a.doc")


def test_excel_has_its_limits(done: Sweep, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(queries, "EXCEL_ROWS", 3)
    with pytest.raises(SweepError, match=r"runs has 4 rows, more than the 3 of an Excel sheet: take .csv"):
        done.export("runs", tmp_path / "runs.xlsx")
    monkeypatch.setattr(queries, "EXCEL_ROWS", 4)
    without(monkeypatch, "openpyxl")
    with pytest.raises(SweepError, match="Excel files need openpyxl"):
        done.export("runs", tmp_path / "runs.xlsx")


def test_texts_in_netcdf_are_numbers_with_a_list(done: Sweep, tmp_path: Path) -> None:
    from scipy.io import netcdf_file

    assert done.export("runs", tmp_path / "runs.nc") == 4
    with netcdf_file(tmp_path / "runs.nc", mmap=False) as file:
        status = file.variables["status"]
        assert status.values.decode() == "ok"
        assert status[:].tolist() == [0, 0, 0, 0]
        assert file.variables["seed"][:].tolist() == done.runs["seed"].tolist()


def test_texts_of_a_sheet_are_no_formulas_and_control_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"error": ["=1+1", "a\x1b[31m\u202eb", None, "two\nlines"], "value": [1.0, 2, 3, 4]})
    queries._to_excel(frame, "runs", tmp_path / "runs.xlsx")
    found = pd.read_excel(tmp_path / "runs.xlsx")
    assert found["error"].tolist()[:2] == ["'=1+1", "a?[31m?b"]
    assert found["error"].isna().tolist() == [False, False, True, False]
    assert found["value"].tolist() == [1, 2, 3, 4]
