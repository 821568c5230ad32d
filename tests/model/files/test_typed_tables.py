"""Workbooks, Stata and Parquet files read as the CSV that holds the same."""

from __future__ import annotations

import builtins
import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from model.files.user_tables import InputError, read_table
from tests.support.user_table_columns import COLUMNS

FRAME = pd.DataFrame(
    {
        "id": [110000, 2],
        "lon": [116.4, 120.0],
        "gdp": [41610.9, None],
        "name": ["北京", "a"],
        "capital": [1, 0],
        "opened": ["2016-06", "2020"],
    }
)


def plain(tmp_path: Path) -> pd.DataFrame:
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    return read_table(tmp_path / "t.csv", COLUMNS, key="id")


def test_typed_files_read_as_csv(tmp_path: Path) -> None:
    FRAME.to_excel(tmp_path / "t.xlsx", index=False)
    FRAME.to_stata(tmp_path / "t.dta", write_index=False, version=118)
    FRAME.to_parquet(tmp_path / "t.parquet")
    FRAME.to_parquet(tmp_path / "parquet.csv")
    FRAME.astype({"id": str}).to_parquet(tmp_path / "texts.parquet")
    for name in ("t.xlsx", "t.dta", "t.parquet", "parquet.csv", "texts.parquet"):
        table = read_table(tmp_path / name, COLUMNS, key="id")
        pd.testing.assert_frame_equal(table, plain(tmp_path))
        assert table.attrs["reading"] == []


def test_sheets_titles_dates_and_formulas_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "数据"
    for row in (["某地区数据"], [], ["id", "lon", "gdp", "opened"], [1, 100, 5, pd.Timestamp("2016-06-01")]):
        first.append(row)
    first.append(["合计", None, 5])
    second = book.create_sheet("two")
    second.append(["id", "lon", "gdp"])
    second.append([1, 101, "=1+1"])
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx", COLUMNS, key="id")
    assert table["opened"].tolist() == ["2016-06-01"]
    assert table.attrs["reading"] == [
        "sheet '数据' of 2 read",
        "row 1 left out, a title ('某地区数据')",
        'row 5 left out, a total ("合计")',
    ]
    with pytest.raises(InputError, match=r't\.xlsx, row 2, column gdp: "=1\+1" is not a number'):
        read_table(tmp_path / "t.xlsx", COLUMNS, sheet="two")
    with pytest.raises(InputError, match="has no sheet 'three'; there are '数据', 'two'"):
        read_table(tmp_path / "t.xlsx", COLUMNS, sheet="three")
    plain(tmp_path)
    with pytest.raises(InputError, match="has no sheets: it is not a workbook"):
        read_table(tmp_path / "t.csv", COLUMNS, sheet="two")


def test_labels_and_old_encodings_of_stata(tmp_path: Path) -> None:
    frame = pd.DataFrame({"v1": [1], "v2": [100.0], "v3": [5.0], "v4": pd.Categorical(["basic"])})
    labels = {"v1": "id", "v2": "lon", "v3": "gdp", "v4": "kind"}
    frame.to_stata(tmp_path / "t.dta", write_index=False, version=117, variable_labels=labels)
    table = read_table(tmp_path / "t.dta", COLUMNS)
    assert (table["id"][0], table["gdp"][0], table["kind"][0]) == (1, 5.0, "basic")
    assert "v1 read as id" in table.attrs["reading"]
    old = pd.DataFrame(
        {"id": [1], "lon": [100.0], "gdp": [5.0], "name": ["北京".encode("gb18030").decode("latin-1")]}
    )
    old.to_stata(tmp_path / "old.dta", write_index=False, version=114)
    assert read_table(tmp_path / "old.dta", COLUMNS)["name"].tolist() == ["北京"]


def test_what_is_no_workbook_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("t.csv", "id,lon,gdp\n")
    (tmp_path / "t.zip").write_bytes(packed.getvalue())
    with pytest.raises(InputError, match=r"t\.zip: is an archive, not a table: unpack it first"):
        read_table(tmp_path / "t.zip", COLUMNS)
    FRAME.to_excel(tmp_path / "t.xlsx", index=False)
    monkeypatch.setattr("model.files.raw_table.MAX_UNPACKED_BYTES", 100)
    with pytest.raises(InputError, match=r"t\.xlsx: unpacks to more than"):
        read_table(tmp_path / "t.xlsx", COLUMNS)
    real = builtins.__import__

    def without_openpyxl(name, *rest, **more):
        if name == "openpyxl":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_openpyxl)
    with pytest.raises(InputError, match=r"which needs openpyxl: pip install 'computeleap\[excel\]'"):
        read_table(tmp_path / "t.xlsx", COLUMNS)
