"""Whatever is in a file, the answer is a table or a sentence, in bounded time and memory."""

from __future__ import annotations

import gzip
import io
import os
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.country.city_tables import load_cities
from model.files.raw_table import MAX_BYTES
from model.files.table_files import open_table
from model.files.user_tables import InputError, read_table
from tests.support.long_version import examples
from tests.support.user_table_columns import COLUMNS

QUICK = settings(
    max_examples=examples(15, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
MAGIC = (b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"<stata_dta>", *MARKS, b"sep=;\n")
_ENCODINGS = "utf-8 utf-8-sig gb18030 utf-16 utf-16-le utf-16-be big5 shift_jis latin-1"
ENCODINGS = _ENCODINGS.split()
SOUND_ENDINGS = ("xlsx", "dta", "parquet", "csv.gz")
_CELLS = (
    "1 110000 3100 310000000000 1.101e5 116.4 39.9 2,487 ２４８７ 24.87% - NA … 缺失 inf 上海市 北京 SH "
    "江苏省 合计 注：x =1+1 121°28′E 2016Q2 39873"
)
CELLS = [*_CELLS.split(), "", '"', "'", "\x1b[2J", "\u202e", "a\nb", "9" * 50]
_HEADINGS = (
    "city_id 城市代码 lon 经度 lat 纬度（°） population_10k 常住人口（万人） 人口 gdp_100m_cny GDP（亿元） "
    "GDP（美元） pop_2010 popu_2020 gdp_2018 name_zh 城市 province x"
)
HEADINGS = [*_HEADINGS.split(), "", "城市代码\x07"]


def answer(path: Path, read) -> None:
    """Read a file; a refusal names it, on lines that a terminal can show."""
    try:
        read(path)
    except InputError as error:
        for line in str(error).splitlines():
            assert line.startswith((path.name, "and "))
            assert line.isprintable()


@given(
    st.sampled_from(MAGIC),
    st.binary(max_size=400),
    st.sampled_from([".csv", ".xlsx", ".dta", ".parquet", ".csv.gz"]),
)
@QUICK
def test_any_bytes(tmp_path: Path, magic: bytes, content: bytes, ending: str) -> None:
    path = tmp_path / f"any{ending}"
    path.write_bytes(magic + content)
    answer(path, lambda path: read_table(path, COLUMNS, key="id"))


@given(
    st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=12),
    st.lists(st.lists(st.sampled_from(CELLS), max_size=12), max_size=8),
    st.sampled_from([",", ";", "\t", "|", ", "]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(ENCODINGS),
    st.booleans(),
)
@QUICK
def test_ragged_rows_in_odd_encodings(
    tmp_path: Path,
    header: list[str],
    rows: list[list[str]],
    separator: str,
    end: str,
    encoding: str,
    full: bool,
) -> None:
    if full:
        rows = [(row * len(header))[: len(header)] for row in rows if row]
    text = end.join(separator.join(row) for row in [header, *rows])
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode(encoding, "replace"))

    def read(path: Path) -> None:
        cities = load_cities(path)
        figures = cities[["population_2020", "gdp_2022", "lon", "lat"]].to_numpy()
        assert np.isfinite(figures).all()
        assert (figures >= 0).all()
        assert cities["city_id"].is_unique

    answer(path, read)


@given(
    st.sampled_from(SOUND_ENDINGS),
    st.lists(st.integers(0, 10**6), max_size=6),
    st.floats(0, 1),
)
@QUICK
def test_damaged_files(tmp_path: Path, ending: str, places: list[int], kept: float) -> None:
    content = bytearray(SOUND[ending])
    for place in places:
        content[place % len(content)] ^= 0x5A
    path = tmp_path / f"any.{ending}"
    path.write_bytes(content[: max(1, int(len(content) * (1.0 if places else kept)))])
    answer(path, lambda path: read_table(path, COLUMNS, key="id"))


def _sound() -> dict[str, bytes]:
    frame = pd.DataFrame({"id": [1, 2], "lon": [100.0, 101.0], "gdp": [5.0, 6.0], "name": ["北京", "b"]})
    files = {ending: io.BytesIO() for ending in ("xlsx", "dta", "parquet")}
    frame.to_excel(files["xlsx"], index=False)
    frame.to_stata(files["dta"], write_index=False, version=118)
    frame.to_parquet(files["parquet"])
    return {
        **{name: file.getvalue() for name, file in files.items()},
        "csv.gz": gzip.compress(frame.to_csv(index=False).encode()),
    }


SOUND = _sound()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("line.csv", lambda: b"1," * 5_000_000, "row of more than 4,000,000 characters"),
        ("cells.csv", lambda: b"c," * 100_000, "more than 16,384 cells"),
        ("field.csv", lambda: b'"' + b"x" * 3_000_000, "field larger than field limit"),
        ("quotes.csv", lambda: b'"' + b'""' * 1_500_000, "field larger than field limit"),
        ("bomb.csv.gz", lambda: gzip.compress(bytes(MAX_BYTES + 10), 1), "unpacks to more than 200 MB"),
        ("zeros.csv.gz", lambda: gzip.compress(bytes(1000)), "holds zero bytes"),
    ],
)
def test_a_file_that_never_ends_is_refused_at_once(tmp_path: Path, name: str, content, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content())
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(InputError, match=said):
        read_table(path, COLUMNS)
    assert time.process_time() - start < 10.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000  # KiB


def test_devices_pipes_and_folders_are_refused_without_a_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    for path, said in (
        (tmp_path / "pipe.csv", "is not a regular file"),
        (Path("/dev/zero"), "is not a regular file"),
        (tmp_path, "is a folder"),
        (tmp_path / "huge.csv", "is larger than 200 MB"),
        (tmp_path / "none.csv", "there is no such file"),
    ):
        with pytest.raises(InputError, match=said):
            read_table(path, COLUMNS)


def test_the_form_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes(gzip.compress("id\tlon\n1\t100\n".encode("gb18030")))
    table = open_table(path, lambda text: text in ("id", "lon"))
    assert (table.form, table.header, list(table.rows(()))) == (
        "CSV, UTF-8, tabs",
        ["id", "lon"],
        [(2, ["1", "100"])],
    )
    assert table.remarks == ["unpacked from gzip", "cells separated by tabs"]
