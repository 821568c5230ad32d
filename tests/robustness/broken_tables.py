"""Broken tables of cities, centres, links and panels; all are broken in the same ways, whatever they hold."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

Prepare = Callable[[Path], None]
QUICK = ("--seeds", "1", "--until", "2005", "--firms", "60", "--workers", "1", "--out", "made")


@dataclass(frozen=True)
class Case:
    """One broken input: what is put into the folder, the command, and a word that the answer must hold.

    ``accepted``: the input looks odd and is right; the command then succeeds. ``codes``: how it may end.
    """

    name: str
    argv: tuple[str, ...]
    prepare: Prepare = lambda folder: None
    says: str = ""
    accepted: bool = False
    codes: tuple[int, ...] = (2,)


def write(name: str, content: bytes | str) -> Prepare:
    """Puts one file into the folder."""

    def prepare(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return prepare


TABLES: dict[str, tuple[tuple[str, ...], list[dict[str, str]]]] = {
    "cities": (
        ("cities", "--cities", "{}"),
        [
            {
                "city_id": str(k),
                "lon": str(100 + k),
                "lat": str(30 + k / 2),
                "population_10k": "300",
                "gdp_100m_cny": "2000",
                "name_en": f"Town {k}",
            }
            for k in range(1, 13)
        ],
    ),
    "centres": (
        ("run", "actual", "--centres", "{}", *QUICK),
        [
            {
                "centre_id": f"c{k}",
                "city_id": str(city),
                "kind": kind,
                "status": "operating",
                "opened": "2005-06",
            }
            for k, (city, kind) in enumerate(((110000, "super"), (310000, "basic"), (520100, "intelligent")))
        ],
    ),
    "links": (
        ("network", "--links", "{}"),
        [{"from_city": "110000", "to_city": "120000", "km": "130", "latency_ms": "1", "capacity_tbps": "10"}],
    ),
    "panel": (
        ("evaluate", "{}", "--outcome", "log_innovations", "--treatment", "centre", "--out", "made"),
        [
            {
                "city_id": str(c),
                "year": str(y),
                "log_innovations": str(c % 3 + y / 1000),
                "centre": str(int(c < 4 and y > 2012)),
            }
            for c in range(12)
            for y in range(2010, 2016)
        ],
    ),
}

NUMBER_OF = {"cities": "lon", "centres": "city_id", "links": "from_city", "panel": "log_innovations"}
BAD_NUMBERS = {
    "not a number": "many",
    "NaN": "nan",
    "infinity": "-inf",
    "overflow": "1e999",
    "decimal comma": '"1,5"',
    "hexadecimal": "0x10",
    "underscore": "1_000",
    "formula": "=1+1",
    "command": "=cmd|' /C calc'!A0",
    "two numbers": "1 2",
    "many digits": "9" * 400,
    "sign alone": "-",
    "control characters": "1\x07",
    "right-to-left": "\u202e12",
    "markup": "<script>alert(1)</script>",
    "template": "{{7*7}}",
    "path": "../../../etc/passwd",
    "SQL": "1; DROP TABLE cities",
    "format": "%s%n",
}


# What is wrong with a row → its cells; no cells: the row twice.
WRONG_ROWS: dict[str, dict[str, dict[str, str]]] = {
    "cities": {
        "longitude in the west": {"lon": "-100"},
        "latitude and longitude exchanged": {"lon": "30", "lat": "110"},
        "people below zero": {"population_10k": "-1"},
        "GDP beyond the earth's": {"gdp_100m_cny": "1e12"},
        "an id of zero": {"city_id": "0"},
        "an id with a fraction": {"city_id": "1.5"},
        "the id of another": {"city_id": "2"},
        "a name of 10,000 letters": {"name_en": "a" * 10_000},
    },
    "centres": {
        "a city that does not exist": {"city_id": "424242"},
        "an unknown kind": {"kind": "quantum"},
        "an unknown status": {"status": "rumoured"},
        "the 30th of February": {"opened": "2010-02-30"},
        "a date in words": {"opened": "June 2010"},
        "the id of another": {"centre_id": "c1"},
    },
    "links": {
        "a link from a city to itself": {"to_city": "110000"},
        "a city that does not exist": {"to_city": "7"},
        "latency zero": {"latency_ms": "0"},
        "capacity below zero": {"capacity_tbps": "-1"},
        "longer than the equator": {"km": "50000"},
        "a link given twice": {},
    },
}


def csv_of(rows: Sequence[dict[str, str]]) -> str:
    """Rows as CSV text."""
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"


def _workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def _archive(content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", content)
    return buffer.getvalue()


def _tape(content: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        about = tarfile.TarInfo("../../t.csv")
        about.size = len(content.encode())
        archive.addfile(about, io.BytesIO(content.encode()))
    return buffer.getvalue()


@functools.cache
def _long(letters: int, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["x" * letters]))


def _bomb(rows: Sequence[dict[str, str]], letters: int, count: int = 100_000) -> bytes:
    """A table of the same columns that is small as a file: every cell is the same text."""
    buffer = io.BytesIO()
    pq.write_table(
        pa.table(dict.fromkeys(rows[0], _long(letters, count))),
        buffer,
        compression="zstd",
        store_schema=False,
    )
    return buffer.getvalue()


def _parquet(rows: Sequence[dict[str, str]]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_parquet(buffer)
    return buffer.getvalue()


def tables() -> Iterator[Case]:
    """Every table, broken in every way."""
    for kind, (command, rows) in TABLES.items():
        column = NUMBER_OF[kind]
        for what, text in _broken_texts(rows, column).items():
            yield _table(kind, what, "t.csv", text, command)
        for what, content in _broken_parquet(rows).items():
            yield _table(kind, what, "t.parquet", content, command)
        for name in rows[0]:
            if not (kind == "links" and name in ("km", "latency_ms", "capacity_tbps")) and name not in (
                "name_en",
                "opened",
            ):
                less = csv_of([{key: value for key, value in row.items() if key != name} for row in rows])
                yield _table(kind, f"no column {name}", "t.csv", less, command, name)
        for what, value in BAD_NUMBERS.items():
            broken = csv_of([{**rows[0], column: value}, *rows[1:]])
            yield _table(kind, what, "t.csv", broken, command, "row 2")
        yield from _no_files(kind, command)
        if kind == "cities":
            yield from _odd_but_sound(kind, command, rows)
    yield from _wrong_rows()


def _broken_texts(rows: Sequence[dict[str, str]], column: str) -> dict[str, bytes | str]:
    """Contents of a CSV file that are no table of these rows; ``column`` holds numbers."""
    good = csv_of(rows)
    header, first = good.splitlines()[:2]
    return {
        "empty": "",
        "one line feed": "\n",
        "header alone": header + "\n",
        "no header": first + "\n",
        "blank header": "," * header.count(",") + "\n" + first + "\n",
        "Latin letters": good.encode() + "Orléans".encode("latin-1"),
        "GB18030": good.encode() + "算力".encode("gb18030"),
        "zero bytes": good.encode() + b"\0\0",
        "workbook": _workbook(),
        "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
        "unclosed quote": good + '"',
        "line too long": good + first + ",x\n",
        "line too short": good + "1\n",
        "column twice": good.replace(header, f"{header},{column}", 1).replace(first, f"{first},1", 1),
        "a damaged workbook": _workbook()[:-30],
        "a workbook of an old Excel": b"\xd0\xcf\x11\xe0" + bytes(500),
        "a Stata file of nothing": b"<stata_dta><header>" + good.encode(),
        "half of a gzip file": gzip.compress(good.encode())[:40],
        "half of UTF-16": good.encode("utf-16")[:-1],
        "Big5": good.encode() + "臺北市,嘉義縣".encode("big5"),
        "one endless line": "1," * 20_000_000,
        "one long field": good + "x" * 5_000_000 + "\n",
        "100,000 columns": ",".join(f"c{k}" for k in range(100_000)) + "\n",
        "an archive (zip)": _archive(good),
        "an archive (tar)": _tape(good),
        "xz": lzma.compress(good.encode()),
        "bzip2": bz2.compress(good.encode()),
        "a bomb (gzip)": gzip.compress(bytes(50_000_000)),
        "a bomb (zip)": _archive("0" * 50_000_000),
        "a byte-order mark alone": b"\xef\xbb\xbf",
        "lone surrogates": good.encode() + b"\xed\xa0\x80",
        "overlong UTF-8": good.encode() + b"\xc0\xaf",
        "UTF-32": good.encode("utf-32"),
        "control characters in the header": "\x1b[2J" + good,
        "line separators": good.replace("\n", "\u2028"),
        "a field of 10^6 quotes": good + '"' + '""' * 500_000,
        "HTML": "<html><body>not found</body></html>",
        "JSON": json.dumps(rows),
        "a repository's pointer": "version https://git-lfs\noid 1\n",
    }


def _broken_parquet(rows: Sequence[dict[str, str]]) -> dict[str, bytes]:
    """Contents of a Parquet file that are no table of these rows."""
    parquet = _parquet(rows)
    return {
        "CSV named Parquet": csv_of(rows).encode(),
        "half a Parquet file": parquet[: len(parquet) // 2],
        "Parquet without its end": parquet[:-8],
        "Parquet with a byte changed": _flipped(parquet),
        "empty Parquet": b"",
        "a bomb of texts (Parquet)": _bomb(rows, 200_000),
        "a bomb of rows (Parquet)": _bomb(rows, 1, 1_500_000),
        "Parquet with lists in its cells": _parquet(
            [{name: [cell] for name, cell in row.items()} for row in rows]
        ),
    }


def _odd_but_sound(kind: str, command: Sequence[str], rows: Sequence[dict[str, str]]) -> Iterator[Case]:
    """Files that look odd and are read."""
    good = csv_of(rows)
    book = io.BytesIO()
    pd.DataFrame(rows).to_excel(book, index=False)
    for what, content in {
        "semicolons": good.replace(",", ";").encode(),
        "tabs": good.replace(",", "\t").encode(),
        "UTF-16": good.encode("utf-16"),
        "gzip": gzip.compress(good.encode()),
        "Parquet named CSV": _parquet(rows),
        "a workbook named CSV": book.getvalue(),
        "a title above and a total below": ("表\n\n" + good + "合计\n").encode("gb18030"),
    }.items():
        argv = tuple(word.format("t.csv") for word in command)
        yield Case(f"{kind}: {what}", argv, write("t.csv", content), accepted=True)


def _no_files(kind: str, command: Sequence[str]) -> Iterator[Case]:
    """Names that are those of no table."""
    argv = tuple(word.format("t.csv") for word in command)
    yield Case(f"{kind}: no such file", argv, says="t.csv")
    yield Case(f"{kind}: a folder", argv, lambda folder: (folder / "t.csv").mkdir(), "t.csv")
    yield Case(f"{kind}: a pipe without a writer", argv, lambda folder: os.mkfifo(folder / "t.csv"), "t.csv")
    yield Case(
        f"{kind}: a link to itself", argv, lambda folder: (folder / "t.csv").symlink_to("t.csv"), "t.csv"
    )
    yield Case(f"{kind}: an endless device", tuple(w.format("/dev/zero") for w in command), says="zero")
    yield Case(f"{kind}: a name with zero bytes", tuple(w.format("a\0b") for w in command))
    yield Case(f"{kind}: a very long name", tuple(w.format("n" * 5000) for w in command))


def _wrong_rows() -> Iterator[Case]:
    """Tables whose rows contradict each other or what is known."""
    for kind, changes in WRONG_ROWS.items():
        command, rows = TABLES[kind]
        for what, change in changes.items():
            broken = [{**rows[0], **change}, *rows[1:]] if change else [*rows, rows[0]]
            yield _table(kind, what, "t.csv", csv_of(broken), command, "row")
    panel = TABLES["panel"][1]
    for what, rows in {
        "a city-year twice": [*panel, panel[0]],
        "no city treated": [{**row, "centre": "0"} for row in panel],
        "every city always treated": [{**row, "centre": "1"} for row in panel],
        "one city": panel[:6],
        "one year": panel[::6],
    }.items():
        yield _table("panel", what, "t.csv", csv_of(rows), TABLES["panel"][0], "")


def _flipped(content: bytes) -> bytes:
    return content[:-20] + bytes([content[-20] ^ 0xFF]) + content[-19:]


def _table(
    kind: str, what: str, name: str, content: bytes | str, command: Sequence[str], says: str = ""
) -> Case:
    argv = tuple(word.format(name) for word in command)
    return Case(f"{kind}: {what}", argv, write(name, content), says or name)
