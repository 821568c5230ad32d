"""From bytes to broken inputs: turn the bytes that a fuzzer changes into edits of sound inputs.

Bytes alone would get no further than a parser. So the first bytes of an input choose what is done to a sound
table, settings file or Parquet file, and with which value; only one way in several takes the rest of the
bytes as the content of the file. The same bytes always give the same input.
"""

from __future__ import annotations

import copy
import csv
import datetime
import io
import json
import math
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

INTEGERS = (
    0,
    1,
    -1,
    2,
    3,
    10,
    12,
    60,
    1000,
    1900,
    2010,
    2030,
    2100,
    110000,
    10**6,
    2**31 - 1,
    2**31,
    2**53,
    2**63 - 1,
    2**63,
    -(2**63),
    10**15,
    10**18,
    10**30,
    10**308,
    10**400,
    10**4200,
)
NUMBERS = (
    0.0,
    -0.0,
    0.1,
    0.5,
    1.0,
    1.5,
    -1.0,
    5e-324,
    1e-9,
    1e9,
    1e18,
    1e300,
    1.8e308,
    math.inf,
    -math.inf,
    math.nan,
)
WORDS: dict[str, list[str]] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
# The long ones keep their places, so that an input of bytes that once broke something stays what it was.
TEXTS = (*WORDS["texts"][:48], "a" * 300, "é" * 5000, *WORDS["texts"][48:])
WRONG_IN_JSON = ("\0", "\ud800", "a\udcffb")  # texts that JSON can hold and UTF-8 cannot
KEYS = tuple(WORDS["keys"])


class Draw:
    """Choices made one after the other from bytes; when these are used up, every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def more(self) -> bool:
        """Whether bytes are left."""
        return self._place < len(self._data)

    def upto(self, most: int) -> int:
        """A number from 0 to most − 1."""
        size = 1 if most <= 256 else 2 if most <= 65536 else 8
        found = self._data[self._place : self._place + size]
        self._place += size
        return int.from_bytes(found, "little") % most

    def pick(self, options: Sequence[Any]) -> Any:
        """One of the options."""
        return options[self.upto(len(options))]

    def some(self) -> bytes:
        """Up to 40 bytes as they are."""
        size = self.upto(41)
        found = self._data[self._place : self._place + size]
        self._place += size
        return found

    def rest(self) -> bytes:
        """All that is left."""
        found, self._place = self._data[self._place :], len(self._data)
        return found

    def text(self) -> str:
        """A text that is often awkward."""
        how = self.upto(4)
        if how == 3:
            return self.pick(TEXTS) + self.pick(TEXTS)
        return str(self.pick(TEXTS)) if how else self.some().decode("utf-8", "replace")

    def number(self) -> int | float:
        """A number that is often awkward."""
        how = self.upto(4)
        if how == 0:
            return int(self.pick(INTEGERS))
        if how == 1:
            return float(self.pick(NUMBERS))
        return self.upto(1 << 24) - 100 if how == 2 else (self.upto(1 << 16) - 100) / 64

    def value(self, known: Sequence[Any] = (), depth: int = 2) -> Any:
        """A value as a settings file may hold it: often one of those ``known`` to be right somewhere."""
        how = self.upto(8)
        if how < 2 and known:
            return self.pick(known)
        if how < 4:
            return self.number()
        if how == 5:
            return self.upto(2) == 1
        if how == 6 and depth:
            return [self.value(known, depth - 1) for _ in range(self.upto(4))]
        if how == 7 and depth:
            return {self.key(): self.value(known, depth - 1) for _ in range(self.upto(4))}
        return self.text()

    def key(self, known: Sequence[str] = ()) -> str:
        """A name: one that is known, one that is usual, or any text."""
        how = self.upto(4)
        return (
            str(self.pick(known)) if known and how < 2 else str(self.pick(KEYS)) if how == 2 else self.text()
        )


# ── Bytes ────────────────────────────────────────────────────────────────────────────────────────


def damaged(draw: Draw, content: bytes) -> bytes:
    """Sound content with bytes changed, put in, taken out, doubled; cut short."""
    found = bytearray(content)
    while draw.more() and found:
        how, place = draw.upto(6), draw.upto(1 << 20) % len(found)
        if how < 2:
            found[place] ^= 1 << draw.upto(8)
        elif how == 2:
            found[place] = draw.upto(256)
        elif how == 3:
            found[place:place] = draw.some()
        elif how == 4:
            del found[place : place + 1 + draw.upto(256)]
        else:
            found = found[: place + 1] + found[place:] if draw.upto(4) else found[:place]
        if len(found) > 200_000:
            break
    return bytes(found)


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────

Rows = list[list[Any]]


def edited_table(draw: Draw, rows: Rows, names: Sequence[str]) -> Rows:
    """Change cells, rows and columns of a sound table, whose header is row 0. ``names``: of columns."""
    found: Rows = copy.deepcopy(rows)
    while draw.more() and found:
        how = draw.upto(8)
        row = draw.upto(1 << 16) % len(found)
        if not all(found):
            break
        column = draw.upto(len(found[row]))
        if how < 4:
            found[row][column] = draw.text() if draw.upto(3) else draw.number()
        elif how == 4:
            found[0][min(column, len(found[0]) - 1)] = draw.key(names)
        elif how == 5:
            taken = found[draw.upto(len(found))]
            found.insert(row, list(taken)) if draw.upto(2) else found.pop(row)
        elif how == 6:
            name = draw.key(names)
            for number, one in enumerate(found):
                one.insert(
                    min(column, len(one)),
                    name if number == 0 else draw.value() if draw.upto(2) else one[column % len(one)],
                )
        else:
            for one in found:
                del one[column : column + 1]
    return found


def csv_bytes(draw: Draw, rows: Rows) -> bytes:
    """The table as CSV; now and then with other separators, quotes, line ends, encodings."""
    style = draw.upto(8)
    text = io.StringIO()
    if style == 7:
        text.write("\n".join(",".join(map(str, row)) for row in rows))
    else:
        ends = "\n" if style < 5 else draw.pick(("\r\n", "\r", "\n\n"))
        writer = csv.writer(
            text,
            lineterminator=ends,
            delimiter=";" if style == 6 else ",",
            quoting=csv.QUOTE_ALL if style == 4 else csv.QUOTE_MINIMAL,
        )
        writer.writerows([[_plain(cell) for cell in row] for row in rows])
    encoding = draw.pick(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "gb18030"))
    return text.getvalue().encode(encoding, "replace")


def _plain(cell: Any) -> str:
    return str(cell) if not isinstance(cell, int) or abs(cell) < 10**4000 else "9" * 4200


ARROW: tuple[Callable[[Any], Any], ...] = (
    str,
    str,
    lambda cell: float(str(cell)),
    lambda cell: int(float(str(cell))),
    lambda cell: str(cell).encode("utf-8", "replace"),
    lambda cell: [str(cell)],
    lambda cell: {"a": str(cell)},
    lambda cell: None,
    lambda cell: bool(cell),
    lambda cell: datetime.date(2010, 1, 1),
    lambda cell: datetime.datetime(2010, 1, 1, tzinfo=datetime.UTC),
    lambda cell: datetime.timedelta(days=1),
    lambda cell: math.nan,
)


def parquet_bytes(draw: Draw, rows: Rows) -> bytes:
    """The table as Parquet, its columns of any type that Arrow knows."""
    header, body = (rows[0], rows[1:]) if rows else ([], [])
    arrays, names = [], []
    for place, name in enumerate(header):
        kind = draw.pick(ARROW)
        cells = [_converted(kind, row[place] if place < len(row) else None) for row in body]
        try:
            array = pa.array(cells)
        except (pa.ArrowException, ValueError, OverflowError, TypeError):
            array = pa.array([_plain(cell).encode("utf-8", "replace").decode() for cell in cells])
        if draw.upto(8) == 0 and pa.types.is_string(array.type):
            array = array.dictionary_encode()
        arrays.append(array)
        names.append(_plain(name).encode("utf-8", "replace").decode())
    return written(pa.Table.from_arrays(arrays, names=names))


def _converted(kind: Callable[[Any], Any], cell: Any) -> Any:
    try:
        return kind(cell)
    except (ValueError, OverflowError):
        return None


def written(table: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file with checksums."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, write_page_checksum=True)
    return buffer.getvalue()


def edited_parquet(draw: Draw, content: bytes) -> bytes:
    """Damage a sound Parquet file as bytes, or rewrite it with columns and cells changed."""
    if draw.upto(2):
        return damaged(draw, content)
    frame = pq.read_table(io.BytesIO(content)).to_pandas()
    while draw.more() and len(frame.columns):
        how = draw.upto(8)
        name = draw.pick(list(frame.columns))
        if how == 0:
            frame = frame.drop(columns=name)
        elif how == 1:
            frame = frame.rename(columns={name: draw.key(list(frame.columns))})
        elif how == 2:
            frame = frame.iloc[: draw.upto(len(frame) + 1)]
        elif how == 3:
            frame = pd.concat([frame, frame.iloc[: draw.upto(len(frame) + 1)]], ignore_index=True)
        elif how == 4:
            frame = frame.assign(**{str(name): draw.value(depth=0)})
        elif len(frame):
            cells = list(frame[name])
            cells[draw.upto(1 << 16) % len(cells)] = draw.number() if draw.upto(2) else draw.text()
            frame = frame.assign(**{str(name): pd.Series(cells, dtype=object)})
        if not frame.columns.is_unique:
            break
    try:
        return written(pa.Table.from_pandas(frame, preserve_index=False))
    except (pa.ArrowException, ValueError, OverflowError, TypeError):  # mixed types in one column
        texts = {
            str(name): [_plain(cell).encode("utf-8", "replace").decode() for cell in frame.iloc[:, k]]
            for k, name in enumerate(frame.columns)
        }
        return written(pa.table(texts))


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────


def places(values: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in nested tables and lists."""
    pairs = (
        list(values.items())
        if isinstance(values, dict)
        else list(enumerate(values))
        if isinstance(values, list)
        else []
    )
    for key, value in pairs:
        yield values, key
        yield from places(value)


def edited_values(
    draw: Draw, values: dict[str, Any], names: Sequence[str] = (), known: Sequence[Any] = ()
) -> dict[str, Any]:
    """Change values, keys and whole tables. ``names``, ``known``: keys and values that fit somewhere."""
    found: dict[str, Any] = copy.deepcopy(values)
    while draw.more():
        where = list(places(found))
        if not where or len(where) > 500:
            break
        box, key = where[draw.upto(1 << 16) % len(where)]
        how = draw.upto(6)
        if how < 3:
            box[key] = draw.value(known)
        elif how == 3:
            if isinstance(box, dict):
                box[draw.key(names)] = box[key] if draw.upto(2) else draw.value(known)
            else:
                box.append(draw.value(known))
        elif how == 4:
            del box[key]
        elif isinstance(box[key], dict):
            box[key][draw.key(names)] = draw.value(known)
        elif isinstance(box, MutableSequence):
            box.insert(key, copy.deepcopy(box[key]))
        else:
            box[key] = [box[key]]
    return found


def toml_bytes(values: Any) -> bytes:
    """Nested tables as TOML, all of them inline but the outermost."""
    return "".join(f"{_quoted(key)} = {_toml(value)}\n" for key, value in values.items()).encode(
        "utf-8", "replace"
    )


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return (
            "nan"
            if math.isnan(value)
            else ("-" if value < 0 else "") + "inf"
            if math.isinf(value)
            else repr(value)
        )
    return _plain(value) if isinstance(value, int) else _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def json_bytes(values: Any) -> bytes:
    """Nested tables as JSON; not-a-number and endless numbers as Python writes them."""
    return json.dumps(_short(values)).encode()


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _short(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return 10**300 if isinstance(value, int) and abs(value) > 10**300 else value
