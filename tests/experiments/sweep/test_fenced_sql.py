"""SQL of others: it reads no file, writes none, loads nothing, and ends."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.sweep import Sweep, SweepError, from_values
from experiments.sweep.fenced_sql import answer, fenced_connection
from tests.support.sweeps import VALUES

ENDLESS = "with recursive t(i) as (select 1 union all select i + 1 from t where i > 0) select count(*) from t"


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "select * from read_blob('{file}')",
        "select * from read_parquet('{file}')",
        "select * from '{file}'",
        "select * from glob('{folder}/*')",
        "select * from sniff_csv('{file}')",
        "copy (select 1) to '{folder}/out.csv'",
        "explain analyze copy (select 1) to '{folder}/out.csv'",
        "select 1; copy (select 1) to '{folder}/out.csv'",
        "select * from query('copy (select 1) to ''{folder}/out.csv''')",
        "attach '{folder}/out.db' as other",
        "export database '{folder}/out'",
        "install httpfs",
        "load '{folder}/out.duckdb_extension'",
        "set enable_external_access = true",
        "set temp_directory = '{folder}/out'",
        "select * from secret",
    ],
)
def test_nothing_outside_the_store_is_reached(done: Sweep, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    secret = pd.DataFrame({"a": [1]})
    with pytest.raises(SweepError):
        done.sql(sql.format(file=file, folder=tmp_path))
    assert len(secret) == 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_query_that_never_ends_is_stopped(done: Sweep) -> None:
    with pytest.raises(SweepError, match=r"it took longer than 0.3 s"):
        done.sql(ENDLESS, 0.3)


def test_an_answer_has_a_largest_size() -> None:
    with fenced_connection() as own, pytest.raises(SweepError, match="the answer is larger than"):
        answer(own, "select * from range(1000000000)", most=1e7)


def test_a_condition_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.sweep.design.WHERE_SECONDS", 0.3)
    design = {**VALUES["design"], "where": f"({ENDLESS}) > 0"}
    with pytest.raises(SweepError, match=r"design.where cannot be understood: .* longer than 0.3 s"):
        from_values({**VALUES, "design": design}, tmp_path).check()


@pytest.mark.parametrize("name", ["it's", 'a"b', "s'); drop view runs; --", "a b\tc", "*.parquet", "中文 ‮"])
def test_names_of_folders_are_no_sql(tmp_path: Path, name: str) -> None:
    sweep = from_values({**VALUES, "seeds": 1}, tmp_path / name / "s'*[1]")
    sweep._prepare(1, False)
    sweep.run()
    assert len(sweep.finals) == len(sweep.runs) == 2
    assert sweep.status().done == 2
