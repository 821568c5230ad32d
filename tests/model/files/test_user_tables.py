"""Reading tables: every kind of bad input is answered by a sentence that names file, row and column."""

from __future__ import annotations

import gzip
import os
import pickle
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.files import raw_table as tables
from model.files.cell_values import ALLOWED_DATE
from model.files.user_tables import InputError, Problem, check_file, read_table
from tests.support.user_table_columns import COLUMNS

DEGREES = '"121°28′E" is not a number; write degrees with decimals, such as 121.4667'
EXCEL = "looks like a date as Excel counts days; write 2009-03-01"
DAY_FIRST = "may begin with the day or with the month; write 2009-MM-DD"
GOOD = "id,lon,gdp,name,kind,capital,opened\n110000,116.4,41610.9,北京,super,1,2016-06\n2,120,0,,,,\n"


def write(tmp_path: Path, content: str | bytes, name: str = "cities.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_table(path, COLUMNS, key="id")
    return caught.value.problems


def test_a_good_table_is_read_as_declared(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, GOOD), COLUMNS, key="id")
    assert list(table.columns) == [column.name for column in COLUMNS]
    assert table["id"].tolist() == [110000, 2]
    assert table["id"].dtype == "int64"
    assert table["gdp"].tolist() == [41610.9, 0.0]
    assert table["name"].tolist() == ["北京", ""]
    assert table["opened"].tolist() == ["2016-06", ""]
    assert table["capital"].tolist()[0] is True
    assert table["capital"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("lines", "row", "column", "sentence"),
    [
        ("1,231.0,5", 2, "lon", "231.0 is not between 73 and 136 degrees east"),
        ("1,100,-3", 2, "gdp", "-3 is not a number, 0 or more (unit: 100 m CNY)"),
        ("1,100,many", 2, "gdp", '"many" is not a number'),
        ('1,100,"1,23"', 2, "gdp", '"1,23" is not a number'),
        ("1,100,1_000", 2, "gdp", '"1_000" is not a number'),
        ("1,100,²", 2, "gdp", '"²" is not a number'),
        (
            "1,100,24.87%",
            2,
            "gdp",
            '"24.87%" is a percentage, which this column does not take: write the amount itself',
        ),
        ("1,100,=1+1", 2, "gdp", '"=1+1" is not a number'),
        ("1,NA,5", 2, "lon", '"NA" is blank; it takes between 73 and 136 degrees east'),
        (
            "1,121°28′E,5",
            2,
            "lon",
            '"121°28′E" is not a number; write degrees with decimals, such as 121.4667',
        ),
        ("1,100,-inf", 2, "gdp", '"-inf" is not a finite number; leave a figure that is not known blank'),
        ("1,100,1e999", 2, "gdp", '"1e999" is not a finite number'),
        ("1,,5", 2, "lon", "is blank; it takes between 73 and 136 degrees east"),
        (",100,5", 2, "id", "is blank; it takes between 1 and 1000000000000000"),
        ("1.5,100,5", 2, "id", '"1.5" is not a whole number'),
        ("-7,100,5", 2, "id", "-7 is not between 1 and 1000000000000000"),
        ("1,100,5\n2,100,5\n1,100,5", 4, "id", "1 is already in row 2"),
        ("1,100,5\n\n2,200,5", 4, "lon", "200 is not between 73 and 136 degrees east"),
        ("1,100,5,9", 2, None, "has 4 fields, the header has 3: fields too many"),
        ("1,100", 2, None, "has 2 fields, the header has 3: fields too few"),
        ('1,100,"5', 2, None, "cannot be split into cells: unexpected end of data"),
    ],
)
def test_bad_cell(tmp_path: Path, lines: str, row: int, column: str | None, sentence: str) -> None:
    (problem,) = problems_of(write(tmp_path, f"id,lon,gdp\n{lines}\n"))
    assert (problem.file, problem.row, problem.column, problem.what) == ("cities.csv", row, column, sentence)
    place = f"cities.csv, row {row}" + (f", column {column}" if column else "")
    assert str(problem) == f"{place}: {sentence}"


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("name", "x" * 21, '"xxxxxxxxxxxxxxxxxxxxx" is not text of at most 20 characters'),
        ("kind", "huge", '"huge" is not one of: super, basic'),
        ("capital", "maybe", '"maybe" is not 1 or 0 (or true, false, yes, no)'),
        ("opened", "2016-13", f'"2016-13" is not in the calendar; it takes {ALLOWED_DATE}'),
        ("opened", "2015-02-29", f'"2015-02-29" is not in the calendar; it takes {ALLOWED_DATE}'),
        ("opened", "2016Q5", f'"2016Q5" is not {ALLOWED_DATE}'),
        ("opened", "2150Q1", f'"2150Q1" is not from 1950 to 2100; it takes {ALLOWED_DATE}'),
        ("opened", "0000", f'"0000" is not in the calendar; it takes {ALLOWED_DATE}'),
        ("opened", "20160601", f'"20160601" is not {ALLOWED_DATE}'),
        (
            "opened",
            "39873",
            '"39873" looks like a date as Excel counts days; write 2009-03-01; it takes ' + ALLOWED_DATE,
        ),
        (
            "opened",
            "03/01/2009",
            '"03/01/2009" may begin with the day or with the month; write 2009-MM-DD; it takes '
            + ALLOWED_DATE,
        ),
    ],
)
def test_bad_optional_cell(tmp_path: Path, column: str, cell: str, sentence: str) -> None:
    (problem,) = problems_of(write(tmp_path, f"id,lon,gdp,{column}\n1,100,5,{cell}\n"))
    assert (problem.row, problem.column, problem.what) == (2, column, sentence)


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    (problem,) = problems_of(write(tmp_path, "id,lon,gdp\n1,100,\x1b[31mred\n"))
    assert problem.what == '"?[31mred" is not a number'


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "cities.csv", "is empty"),
        (b"id,lon,gdp\n", "cities.csv", "has a header and no rows"),
        (b"id,lon,gdp\n\n , ,\n", "cities.csv", "has a header and no rows"),
        (
            b"id,lon\n\x7fELF\0\1\2",
            "cities.csv, row 2",
            "is not CSV: it holds zero bytes, as a binary file does",
        ),
        (b"\n\n", "cities.csv, row 1", "is blank: the first row must hold the names of the columns"),
        (
            b"\xd0\xcf\x11\xe0\xa1",
            "cities.csv",
            "is a workbook of an old Excel; save it as .xlsx or as 'CSV UTF-8'",
        ),
        (b"PK\x03\x04rest", "cities.csv", "is not a workbook, or is damaged: File is not a zip file"),
        (b"\x1f\x8brest", "cities.csv", "is not gzip, or is damaged: "),
        (b"<stata_dta>rest", "cities.csv", "is not Stata, or is damaged: "),
        (b"PAR1rest", "cities.csv", "is not Parquet, or is damaged: "),
        (
            b"\xff\xfei\0d",
            "cities.csv, row 1",
            "begins as UTF-16 but is not UTF-16 here; save the table as 'CSV UTF-8'",
        ),
    ],
)
def test_bad_file(tmp_path: Path, content: bytes, name: str, sentence: str) -> None:
    (problem,) = problems_of(write(tmp_path, content))
    assert str(problem).startswith(f"{name}: {sentence}")


@pytest.mark.parametrize("content", [b"id,lon,gdp\n1,100,5\n", b"PAR1" + b"\xff" * 40, b"PAR1\0\0\0\0PAR1"])
def test_not_parquet(tmp_path: Path, content: bytes) -> None:
    (problem,) = problems_of(write(tmp_path, content, "cities.parquet"))
    assert problem.file == "cities.parquet"
    assert problem.what.startswith(("is not Parquet, or is damaged: ", "cannot be read: "))
    assert "\n" not in problem.what


def test_missing_file_and_folder(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "none.csv")
    assert str(problem) == f"none.csv: there is no such file (looked for {tmp_path / 'none.csv'})"
    (tmp_path / "folder.csv").mkdir()
    (problem,) = problems_of(tmp_path / "folder.csv")
    assert str(problem) == "folder.csv: is a folder, not a file"


def test_separators_encodings_and_titles_are_found_and_told(tmp_path: Path) -> None:
    plain = read_table(write(tmp_path, GOOD), COLUMNS)
    assert plain.attrs["reading"] == []
    titled = "某地区数据\n\n" + GOOD + "合计,,41610.9,,,,\n注：数据来源\n"
    words = [
        "row 1 left out, a title ('某地区数据')",
        'row 6 left out, a total ("合计")',
        'row 7 left out, a note ("注：数据来源")',
    ]
    for content, told in (
        (GOOD.encode("utf-8-sig"), []),
        (GOOD.encode("gb18030"), ["encoding GB18030"]),
        (GOOD.encode("utf-16"), ["encoding UTF-16"]),
        (GOOD.encode("utf-16-le"), ["encoding UTF-16"]),
        (GOOD.encode("utf-16-be"), ["encoding UTF-16"]),
        (GOOD.replace(",", ";").encode(), ["cells separated by semicolons"]),
        (("sep=;\n" + GOOD.replace(",", ";")).encode(), ["cells separated by semicolons"]),
        (GOOD.replace(",", "\t").encode("gb18030"), ["encoding GB18030", "cells separated by tabs"]),
        (GOOD.replace("\n", "\r").encode(), []),
        (titled.encode("gb18030"), ["encoding GB18030", *words]),
        (gzip.compress(GOOD.encode("gb18030")), ["unpacked from gzip", "encoding GB18030"]),
    ):
        table = read_table(write(tmp_path, content), COLUMNS, key="id")
        pd.testing.assert_frame_equal(table, plain)
        assert table.attrs["reading"] == told


UNCERTAIN = {
    "big5": "臺北市,嘉義縣",
    "shift_jis": "さっぽろ,とうきょう",
    "latin-1": "Zürich,Genève",
    "utf-8": "北京,上海",
}


@pytest.mark.parametrize("encoding", UNCERTAIN)
def test_an_encoding_that_is_not_certain_is_refused(tmp_path: Path, encoding: str) -> None:
    text = {
        "big5": "臺北市,嘉義縣",
        "shift_jis": "さっぽろ,とうきょう",
        "latin-1": "Zürich,Genève",
        "utf-8": "北京,上海",
    }[encoding]
    damaged = text.encode(encoding)[: None if encoding != "utf-8" else -1]
    (problem,) = problems_of(write(tmp_path, b"id,lon,gdp,name\n1,100,5," + damaged + b"\n"))
    assert problem.row == 2
    assert "is not UTF-8 text" in problem.what
    assert problem.what.endswith("; save the table as 'CSV UTF-8'")


def test_missing_columns_name_the_nearest(tmp_path: Path) -> None:
    first, second = problems_of(write(tmp_path, "IDs,longitude,GDP_bn,lon\n1,2,3,100\n"))
    assert str(first) == 'cities.csv, row 1, column id: is missing; the nearest column of the file is "IDs"'
    assert (
        str(second) == 'cities.csv, row 1, column gdp: is missing; the nearest column of the file is "GDP_bn"'
    )


def test_columns_twice(tmp_path: Path) -> None:
    (problem,) = problems_of(write(tmp_path, "id,lon,gdp,lon\n1,100,5,100\n"))
    assert str(problem) == "cities.csv, row 1, column lon: occurs 2 times"
    doubled = pa.table([[1], [100.0], [5.0], [100.0]], names=["id", "lon", "gdp", "lon"])
    pq.write_table(doubled, tmp_path / "doubled.parquet")
    (problem,) = problems_of(tmp_path / "doubled.parquet")
    assert str(problem) == "doubled.parquet, row 1, column lon: occurs 2 times"


def test_columns_that_are_not_read_may_be_anything(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "id,lon,gdp,note,note,\n1,100,5,=cmd(),nan,\n"), COLUMNS)
    assert table["gdp"].tolist() == [5.0]


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "id,lon,gdp\n1,100,5\n2,100,5\n3,100,5\n")
    parquet = tmp_path / "cities.parquet"
    read_table(path, COLUMNS).to_parquet(parquet)
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    assert str(problems_of(path)[0]) == "cities.csv: has more than 2 rows"
    assert str(problems_of(parquet)[0]) == "cities.parquet: has more than 2 rows"
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 10)
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert len(read_table(path, COLUMNS)) == 3
    assert problems_of(parquet)[0].what.startswith("unpacks to more than")
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    assert problems_of(path)[0].what.startswith("is larger than")


def test_every_bad_row_is_listed_to_fifty_and_counted_after(tmp_path: Path) -> None:
    rows = "".join(f"{number},200,5\n" for number in range(1, 1203))
    with pytest.raises(InputError) as caught:
        read_table(write(tmp_path, "id,lon,gdp\n" + rows), COLUMNS, key="id")
    lines = str(caught.value).splitlines()
    assert lines[0] == "cities.csv, row 2, column lon: 200 is not between 73 and 136 degrees east"
    assert lines[49] == "cities.csv, row 51, column lon: 200 is not between 73 and 136 degrees east"
    assert lines[50:] == ["and 1152 more"]
    assert len(caught.value.problems) == 1000
    assert caught.value.count == 1202


def test_several_mistakes_in_one_row_are_all_listed(tmp_path: Path) -> None:
    found = problems_of(write(tmp_path, "id,lon,gdp\nx,y,z\n"))
    assert [problem.column for problem in found] == ["id", "lon", "gdp"]


def test_the_error_survives_a_worker(tmp_path: Path) -> None:
    error = InputError([Problem("cities.csv", 2, "lon", "is odd"), "a bare sentence"], count=9)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "cities.csv, row 2, column lon: is odd\na bare sentence\nand 7 more"


def test_parquet_reads_as_the_csv_written_from_it(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "id": [110000, 110001, 3],
            "lon": [116.3972, 73.0, 136.0],
            "gdp": [0.1, None, 41610.9],
            "name": ["北京", "a,b", None],
            "kind": pd.Categorical(["super", "basic", None]),
            "capital": [True, False, None],
            "opened": ["2010", "2016-06", None],
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    from_csv = read_table(tmp_path / "t.csv", COLUMNS, key="id")
    pd.testing.assert_frame_equal(from_csv, read_table(tmp_path / "t.parquet", COLUMNS, key="id"))


@pytest.mark.parametrize("unit", ["ms", "ns"])
def test_parquet_of_other_types(tmp_path: Path, unit: str) -> None:
    table = pa.table(
        {
            "id": pa.array([110000.0, 2.0]),
            "lon": pa.array([100, 101]),
            "gdp": pa.array([float("nan"), 1.0]),
            "opened": pa.array([datetime(2016, 6, 20), datetime(2020, 1, 2, 3, 4)], pa.timestamp(unit)),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet", COLUMNS)["gdp"].isna().tolist() == [True, False]
    pq.write_table(table.drop_columns("gdp").append_column("gdp", [[1, 2]]), tmp_path / "t.parquet")
    good = read_table(tmp_path / "t.parquet", COLUMNS)
    assert good["id"].tolist() == [110000, 2]
    assert good["opened"].tolist() == ["2016-06-20", "2020-01-02"]


def test_a_quoted_line_break_counts_as_one_row(tmp_path: Path) -> None:
    (problem,) = problems_of(write(tmp_path, 'id,lon,gdp,name\n1,100,5,"a\nb"\n2,200,5,c\n'))
    assert problem.row == 3


def test_signs_that_control_a_terminal_or_a_page_are_left_out_with_a_word(tmp_path: Path) -> None:
    """A name that turns the direction of writing, colours a terminal or hides a sign goes no further."""
    head = "\u200bid,lon,gdp,name"
    text = f"{head}\n1,100,5,\x1b[31m成都\x07\n\u200e2,101,\u202d6\u202c,e\u202egnahc\n3,102,7,a\u3000b\n"
    found = read_table(write(tmp_path, text), COLUMNS)
    assert found["name"].tolist() == ["[31m成都", "egnahc", "a\u3000b"]
    assert found["id"].tolist() == [1, 2, 3]
    assert found["gdp"].tolist() == [5, 6, 7]
    assert found.attrs["reading"] == [
        "invisible signs left out: U+200E, U+202C, U+202D, U+202E",
        'name reads "[31m成都" without control characters',
    ]


@given(
    st.binary(max_size=300)
    | st.text(alphabet='id,lon.gdp0123456789-\n\r\t "eE', max_size=200).map(str.encode)
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_file_the_answer_is_a_table_or_an_input_error(
    tmp_path: Path, content: bytes
) -> None:
    for name in ("any.csv", "any.parquet"):
        try:
            answer = len(read_table(write(tmp_path, content, name), COLUMNS, key="id"))
        except InputError as error:
            answer = str(error).startswith(name)
        assert answer


def test_a_pipe_is_no_table(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="is not a regular file"):
        check_file(tmp_path / "pipe.csv")
    check_file(__file__)
