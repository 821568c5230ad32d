"""Broken inputs, several hundred of them: tables, settings, scenarios, experiments, command lines, stored results.

Each `Case` makes its files in an empty folder and names the command that is to refuse them. Tables are broken in
the same ways whatever they hold; `tables`, `settings`, … list the cases of one kind of input.
"""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import json
import lzma
import os
import shutil
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


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────

TABLES: dict[str, tuple[tuple[str, ...], list[dict[str, str]]]] = {
    "cities": (
        ("cities", "--cities", "{}"),
        [
            {"city_id": str(k), "lon": str(100 + k), "lat": str(30 + k / 2), "population_10k": "300",
             "gdp_100m_cny": "2000", "name_en": f"Town {k}"}
            for k in range(1, 13)
        ],
    ),
    "centres": (
        ("run", "actual", "--centres", "{}", *QUICK),
        [
            {"centre_id": f"c{k}", "city_id": str(city), "kind": kind, "status": "operating", "opened": "2005-06"}
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
            {"city_id": str(c), "year": str(y), "log_innovations": str(c % 3 + y / 1000), "centre": str(int(c < 4 and y > 2012))}
            for c in range(12) for y in range(2010, 2016)
        ],
    ),
}  # fmt: skip

NUMBER_OF = {"cities": "lon", "centres": "city_id", "links": "from_city", "panel": "log_innovations"}
BAD_NUMBERS = {
    "not a number": "many", "NaN": "nan", "infinity": "-inf", "overflow": "1e999", "decimal comma": '"1,5"',
    "full-width digits": "１２", "hexadecimal": "0x10", "underscore": "1_000", "formula": "=1+1",
    "command": "=cmd|' /C calc'!A0", "two numbers": "1 2", "many digits": "9" * 400, "sign alone": "-",
    "control characters": "1\x07", "right-to-left": "\u202e12", "markup": "<script>alert(1)</script>",
    "template": "{{7*7}}", "path": "../../../etc/passwd", "SQL": "1; DROP TABLE cities", "format": "%s%n",
}  # fmt: skip


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
        good = csv_of(rows)
        header, first = good.splitlines()[:2]
        parquet = _parquet(rows)
        column = NUMBER_OF[kind]
        contents: dict[str, bytes | str] = {
            "empty": "", "one line feed": "\n", "header alone": header + "\n", "no header": first + "\n",
            "blank header": "," * header.count(",") + "\n" + first + "\n", "semicolons": good.replace(",", ";"),
            "tabs": good.replace(",", "\t"), "UTF-16": good.encode("utf-16"),
            "Latin letters": good.encode() + "Orléans".encode("latin-1"), "GB18030": good.encode() + "算力".encode("gb18030"),
            "zero bytes": good.encode() + b"\0\0", "workbook": _workbook(), "gzip": gzip.compress(good.encode()),
            "Parquet named CSV": parquet, "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
            "unclosed quote": good + '"', "line too long": good + first + ",x\n", "line too short": good + "1\n",
            "column twice": good.replace(header, f"{header},{column}", 1).replace(first, f"{first},1", 1),
            "one long field": good + "x" * 5_000_000 + "\n", "100,000 columns": ",".join(f"c{k}" for k in range(100_000)) + "\n",
            "an archive (zip)": _archive(good), "an archive (tar)": _tape(good), "xz": lzma.compress(good.encode()), "bzip2": bz2.compress(good.encode()),
            "a bomb (gzip)": gzip.compress(bytes(50_000_000)), "a bomb (zip)": _archive("0" * 50_000_000), "a byte-order mark alone": b"\xef\xbb\xbf",
            "lone surrogates": good.encode() + b"\xed\xa0\x80", "overlong UTF-8": good.encode() + b"\xc0\xaf", "UTF-32": good.encode("utf-32"),
            "control characters in the header": "\x1b[2J" + good, "right-to-left header": "\u202e" + good, "line separators": good.replace("\n", "\u2028"),
            "a field of 10^6 quotes": good + '"' + '""' * 500_000,
            "HTML": "<html><body>not found</body></html>", "JSON": json.dumps(rows), "a repository's pointer": "version https://git-lfs\noid 1\n",
        }  # fmt: skip
        for what, content in contents.items():
            yield _table(kind, what, "t.csv", content, command)
        for what, content in {
            "CSV named Parquet": good.encode(), "half a Parquet file": parquet[: len(parquet) // 2],
            "Parquet without its end": parquet[:-8], "Parquet with a byte changed": _flipped(parquet),
            "empty Parquet": b"", "a bomb of texts (Parquet)": _bomb(rows, 200_000), "a bomb of rows (Parquet)": _bomb(rows, 1, 1_500_000),
            "Parquet with lists in its cells": _parquet([{name: [cell] for name, cell in row.items()} for row in rows]),
        }.items():  # fmt: skip
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
        argv = tuple(word.format("t.csv") for word in command)
        yield Case(f"{kind}: no such file", argv, says="t.csv")
        yield Case(f"{kind}: a folder", argv, lambda folder: (folder / "t.csv").mkdir(), "t.csv")
        yield Case(
            f"{kind}: a pipe that nobody writes to", argv, lambda folder: os.mkfifo(folder / "t.csv"), "t.csv"
        )
        yield Case(
            f"{kind}: a link to itself", argv, lambda folder: (folder / "t.csv").symlink_to("t.csv"), "t.csv"
        )
        yield Case(f"{kind}: an endless device", tuple(w.format("/dev/zero") for w in command), says="zero")
        yield Case(f"{kind}: a name with zero bytes", tuple(w.format("a\0b") for w in command))
        yield Case(f"{kind}: a very long name", tuple(w.format("n" * 5000) for w in command))
    cities = TABLES["cities"][1]
    for what, change in {
        "longitude in the west": {"lon": "-100"}, "latitude and longitude exchanged": {"lon": "30", "lat": "110"},
        "people below zero": {"population_10k": "-1"}, "GDP beyond the earth's": {"gdp_100m_cny": "1e12"},
        "an id of zero": {"city_id": "0"}, "an id with a fraction": {"city_id": "1.5"}, "the id of another": {"city_id": "2"},
        "a name of 10,000 letters": {"name_en": "a" * 10_000},
    }.items():  # fmt: skip
        yield _table(
            "cities",
            what,
            "t.csv",
            csv_of([{**cities[0], **change}, *cities[1:]]),
            TABLES["cities"][0],
            "row",
        )
    centres = TABLES["centres"][1]
    for what, change in {
        "a city that does not exist": {"city_id": "424242"}, "an unknown kind": {"kind": "quantum"},
        "an unknown status": {"status": "rumoured"}, "the 30th of February": {"opened": "2010-02-30"},
        "a date in words": {"opened": "June 2010"}, "the id of another": {"centre_id": "c1"},
    }.items():  # fmt: skip
        yield _table(
            "centres",
            what,
            "t.csv",
            csv_of([{**centres[0], **change}, *centres[1:]]),
            TABLES["centres"][0],
            "row",
        )
    links = TABLES["links"][1]
    for what, change in {
        "a link from a city to itself": {"to_city": "110000"}, "a city that does not exist": {"to_city": "7"},
        "latency zero": {"latency_ms": "0"}, "capacity below zero": {"capacity_tbps": "-1"},
        "longer than the equator": {"km": "50000"}, "a link given twice": {},
    }.items():  # fmt: skip
        rows = [{**links[0], **change}, *([links[0]] if not change else [])]
        yield _table("links", what, "t.csv", csv_of(rows), TABLES["links"][0], "row")
    panel = TABLES["panel"][1]
    for what, rows in {
        "a city-year twice": [*panel, panel[0]], "no city treated": [{**row, "centre": "0"} for row in panel],
        "every city always treated": [{**row, "centre": "1"} for row in panel], "one city": panel[:6], "one year": panel[::6],
    }.items():  # fmt: skip
        yield _table("panel", what, "t.csv", csv_of(rows), TABLES["panel"][0], "")


def _flipped(content: bytes) -> bytes:
    return content[:-20] + bytes([content[-20] ^ 0xFF]) + content[-19:]


def _table(
    kind: str, what: str, name: str, content: bytes | str, command: Sequence[str], says: str = ""
) -> Case:
    argv = tuple(word.format(name) for word in command)
    return Case(f"{kind}: {what}", argv, write(name, content), says or name)


# ── Settings, scenarios, experiments ─────────────────────────────────────────────────────────────

NOT_TOML = {
    "not TOML": "this is not TOML", "unclosed": 'scenario = "actual', "a key twice": "seeds = 1\nseeds = 2\n",
    "zero bytes": "\0", "Latin letters": "name = 'Orl\xe9ans'".encode("latin-1"), "UTF-16": "seeds = 1".encode("utf-16"),
    "deep": "a = " + "[" * 20_000, "a date": "seeds = 2010-02-30", "JSON": '{"seeds": 1}', "YAML": "seeds: 1",
}  # fmt: skip

SETTINGS = {
    "an unknown key": "seedz = 3", "text for a number": 'seeds = "3"', "a fraction": "seeds = 1.5", "zero seeds": "seeds = 0",
    "a billion seeds": "seeds = 1000000000", "a seed below zero": "first_seed = -1", "a seed of 400 digits": "first_seed = " + "9" * 400,
    "the past": "until = 1066", "the far future": "until = 99999", "no such scenario": 'scenario = "actuall"',
    "a list of scenarios": 'scenario = ["actual"]', "no workers": "workers = 0", "a million workers": "workers = 1000000",
    "no threads": "threads = 0", "an unknown parameter": "[parameters]\nsubstituton = 1.5", "NaN": "[parameters]\nsubstitution = nan",
    "infinity": "[parameters]\nsubstitution = inf", "a parameter beyond its range": "[parameters]\nsubstitution = 1e9",
    "text for a parameter": '[parameters]\nsubstitution = "high"', "a table for a parameter": "[parameters.substitution]\nx = 1",
    "parameters that are no table": "parameters = 3",  "true for a number": "seeds = true",
    "a number of 10^5 digits": "seeds = " + "1" * 100_000, "a path with a zero byte": 'cities = "a\\u0000b"', "an endless device": 'cities = "/dev/zero"',
    "an extension that is not there": "extension = 'nowhere_at_all'", "an extension's path with a zero byte": 'extension = "a\\u0000.py"',
}  # fmt: skip

SCENARIOS = {
    "an unknown key": "centers = 'none'", "a name that is a path": "name = '../../evil'", "an empty opening": "[[openings]]",
    "an unknown city": "[[openings]]\ncity = 'Atlantis'\nkind = 'super'\nopens = '2010Q1'",
    "an unknown kind": "[[openings]]\ncity = 'Guiyang'\nkind = 'quantum'\nopens = '2010Q1'",
    "a fifth quarter": "[[openings]]\ncity = 'Guiyang'\nkind = 'super'\nopens = '2010Q5'",
    "a centre without size": "[[openings]]\ncity = 'Guiyang'\nkind = 'super'\nopens = '2010Q1'\nsize = 0",
    "a centre below zero": "[[openings]]\ncity = 'Guiyang'\nkind = 'super'\nopens = '2010Q1'\nsize = -3.0",
    "an infinite centre": "[[openings]]\ncity = 'Guiyang'\nkind = 'super'\nopens = '2010Q1'\nsize = inf",
    "an unknown industry": "[[openings]]\ncity = 'Guiyang'\nkind = 'super'\nopens = '2010Q1'\nindustry = 'tea'",
    "openings that are no list": "openings = 3", "an unknown siting": "centres = 'everywhere'", "no hosts": "centres = 'random'\nhosts = 0",
"changes that are no table": "changes = 'all'",
    "an unknown parameter": "[parameters]\nsubstituton = 1", "a parameter beyond its range": "[parameters]\nsubstitution = -1",
    "text for a parameter": "[parameters]\nsubstitution = '1'", "NaN": "[parameters]\nsubstitution = nan", "a date in words": "opens = 'soon'",
    "a name of 200 letters": "name = '" + "a" * 200 + "'",
}  # fmt: skip

SCRIPTS = {
    "no SCENARIO": "x = 1", "a mistake of syntax": "def :", "an error": "1 / 0", "another value": "SCENARIO = 3",
    "leaving": "raise SystemExit(0)", "an error of many lines": "raise ValueError('a\\nb\\x1b[2J')", "a module that does not exist": "import nothing_of_this_name", "not Python": "\0",
}  # fmt: skip

EXPERIMENTS = {
    "no name": "[design]\nfactors.substitution = [1.0, 2.0]", "a name that is a path": "name = '../evil'", "no factors of that name": "name = 'x'\n[design]\nfactors.substituton = [1.0]",
    "levels without end": "name = 'x'\n[design]\nfactors.substitution = {low = 1, high = inf, n = 3}", "a range upside down": "name = 'x'\n[design]\nkind = 'lhs'\nn = 4\nfactors.substitution = {low = 3.0, high = 1.1}",
    "beyond the parameter's range": "name = 'x'\n[design]\nfactors.substitution = [1e9]", "an unknown design": "name = 'x'\n[design]\nkind = 'spiral'", "a sampled design without size": "name = 'x'\n[design]\nkind = 'lhs'\nfactors.substitution = {low = 1.1, high = 2.0}",
    "a factorial of 10^12 points": "name = 'x'\n[design]\nfactors.substitution = {low = 1.1, high = 2.0, n = 1000000}\nfactors.tender_rate = {low = 0.1, high = 0.9, n = 1000000}",
    "no seeds": "name = 'x'\nseeds = 0", "seeds in words": "name = 'x'\nseeds = 'many'", "keys of an earlier version": "name = 'x'\nreplications = 2\n[base]\nuntil = 2010\n[seeds]\nroot = 1", "an unknown scenario": "name = 'x'\nscenario = 'actuall'",
    "an unknown parameter": "name = 'x'\n[parameters]\nsubstituton = 1.0", "a table that is not there": "name = 'x'\n[design]\nkind = 'table'\nfile = 'nowhere.csv'", "a condition that is no SQL": "name = 'x'\n[design]\nwhere = 'DROP TABLE'\nfactors.substitution = [1.1, 2.0]",
    "a condition that reads files": "name = 'x'\n[design]\nwhere = \"(SELECT count(*) FROM read_csv('/etc/passwd')) > 0\"\nfactors.substitution = [1.1, 2.0]", "an unknown metric": "name = 'x'\n[record]\nmetrics = ['happiness']\n[design]\nfactors.substitution = [1.1]",
    "an unknown key": "name = 'x'\nseed = 3", "rules that do not exist": "name = 'x'\nrules = 'nowhere:RULES'\n[design]\nfactors.substitution = [1.1]", "rules that are no rules": "name = 'x'\nrules = 'os:path'\n[design]\nfactors.substitution = [1.1]",
    "a synthetic country of 3 cities": "name = 'x'\ncities = 'synthetic:3'\n[design]\nfactors.substitution = [1.1]", "a synthetic country of 10^9 cities": "name = 'x'\ncities = 'synthetic:1000000000'\n[design]\nfactors.substitution = [1.1]",
    "no time": "name = 'x'\n[run]\ntimeout = 0", "chunks below zero": "name = 'x'\n[run]\nchunk = -1", "a year before the start": "name = 'x'\nuntil = 1900\n[design]\nfactors.substitution = [1.1]",
    "a seed below zero": "name = 'x'\nfirst_seed = -1", "a scale of nothing": "name = 'x'\n[scales]\nall = []\n[design]\nfactors.all = [1.0]", "a scale of what is not there": "name = 'x'\n[scales]\nall = ['nothing']\n[design]\nfactors.all = [1.0]",
    "a path with a zero byte": 'name = "x"\ncities = "a\\u0000b"', "cities that never end": "name = 'x'\ncities = '/dev/zero'", "a table that never ends": "name = 'x'\n[design]\nkind = 'table'\nfile = '/dev/zero'",
    "a key of two lines": 'name = "x"\n"a\\nb" = 1', "a factor of two lines": 'name = "x"\n[design]\nfactors."a\\nb" = [1.0]', "rules of a module that leaves": "name = 'x'\nrules = 'idlelib.nothing:x'",
    "a factor without levels": "name = 'x'\n[design]\nfactors.substitution = []", "a factor in words": "name = 'x'\n[design]\nfactors.substitution = ['high']",
}  # fmt: skip

YAML = {
    "objects": "name: !!python/object/apply:os.system ['echo pwned > pwned']", "an endless alias": "a: &a [*a]\nname: x", "tabs": "name:\tx\n\tdesign: 1",
    "a billion laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + k)}: &{chr(98 + k)} [{','.join([f'*{chr(97 + k)}'] * 9)}]\n" for k in range(8)),
    "a list": "- name: x", "nothing": "", "a number": "3",
}  # fmt: skip


def files() -> Iterator[Case]:
    """Settings, scenarios and experiments."""
    for what, content in {**NOT_TOML, **SETTINGS}.items():
        named = "zero" if what == "an endless device" else "s.toml"  # the table that they ask for
        argv = ("run", "--config", "s.toml", *QUICK[6:])
        yield Case(f"settings: {what}", argv, write("s.toml", content), named)
    for what, content in {**NOT_TOML, **SCENARIOS}.items():
        yield Case(f"scenario: {what}", ("run", "s.toml", *QUICK), write("s.toml", content), "s.toml")
    for what, content in SCRIPTS.items():
        yield Case(f"scenario in Python: {what}", ("run", "s.py", *QUICK), write("s.py", content), "s.py")
    for what, content in {**NOT_TOML, **EXPERIMENTS}.items():
        yield Case(f"experiment: {what}", ("sweep", "plan", "e.toml"), write("e.toml", content), "e.toml")
    for what, content in YAML.items():
        yield Case(
            f"experiment in YAML: {what}", ("sweep", "plan", "e.yaml"), write("e.yaml", content), "e.yaml"
        )
    for ending in ("", ".json", ".ini", ".zip"):
        yield Case(
            f"experiment: ending {ending or 'none'}",
            ("sweep", "plan", f"e{ending}"),
            write(f"e{ending}", "name = 'x'"),
            "e",
        )
    table = ("sweep", "plan", "e.toml")
    head = "name = 'x'\n[design]\nkind = 'table'\nfile = 'points.csv'\n"
    for what, content in {
        "no rows": "substitution\n", "an unknown factor": "substituton\n1.1\n", "a blank cell": "substitution\n\n\"\"\n", "text": "substitution\nhigh\n",
        "beyond the range": "substitution\n1e9\n", "ragged": "substitution,tender_rate\n1.1\n", "zero bytes": "substitution\n\0\n", "empty": "",
    }.items():  # fmt: skip

        def prepare(folder: Path, content: str = content) -> None:
            write("e.toml", head)(folder)
            write("points.csv", content)(folder)

        yield Case(
            f"experiment, its table: {what}",
            table,
            prepare,
            "e.toml" if what in ("text", "beyond the range", "zero bytes") else "points.csv",
        )


# ── Command lines ────────────────────────────────────────────────────────────────────────────────

LINES: dict[str, tuple[str, ...]] = {
    "no such command": ("runn",), "no such option": ("run", "--sedes", "3"), "an option without value": ("run", "--seeds"),
    "no such scenario": ("run", "actuall"), "an empty scenario": ("run", ""), "two scenarios": ("run", "actual", "none"),
    "seeds in words": ("run", "--seeds", "many"), "seeds below zero": ("run", "--seeds", "-3"), "a fraction of seeds": ("run", "--seeds", "1.5"),
    "seeds beyond counting": ("run", "--seeds", "9" * 50), "firms in words": ("run", "--firms", "all"), "no firms": ("run", "--firms", "0"),
    "firms below zero": ("run", "--firms", "-1"), "firms without end": ("run", "--firms", "inf"), "firms beyond counting": ("run", "--firms", "1" + "0" * 30),
    "a year in words": ("run", "--until", "soon"), "a year before the start": ("run", "--until", "1900", *QUICK[4:]), "a far year": ("run", "--until", "100000"),
    "set without value": ("run", "--set", "substitution"), "set without name": ("run", "--set", "=3"), "set nothing": ("run", "--set", ""),
    "set what is not there": ("run", "--set", "substituton=2"), "set text": ("run", "--set", "substitution=high"), "set NaN": ("run", "--set", "substitution=nan"),
    "set infinity": ("run", "--set", "substitution=inf"), "set beyond the range": ("run", "--set", "substitution=1e300"), "set a list": ("run", "--set", "substitution=[1,2]"),
    "set code": ("run", "--set", "substitution=__import__('os').system('touch pwned')"), "set firms twice": ("run", "--firms", "100", "--set", "firms=200"),
    "set with full-width digits": ("run", "--set", "substitution=２"), "no workers": ("run", "--workers", "0"), "no threads": ("run", "--threads", "0"),
    "a million threads": ("run", "--threads", "1000000"), "out into a file": ("run", "--out", "/etc/passwd/x", *QUICK[:8]), "out into a device": ("run", "--out", "/dev/null", *QUICK[:8]),
    "out with a zero byte": ("run", *QUICK[:8], "--out", "a\0b"), "out with a very long name": ("run", *QUICK[:8], "--out", "n" * 5000), "out that is empty": ("run", *QUICK[:8], "--out", ""),
    "convergence of nothing": ("convergence", "nowhere"), "convergence of a file": ("convergence", "/etc/passwd"), "convergence without folder": ("convergence",), "panel of nothing": ("panel", "nowhere", "--out", "p.csv"),
    "evaluate nothing": ("evaluate", "nowhere"), "evaluate a device": ("evaluate", "/dev/null"), "parameters that are not there": ("parameters", "substituton"),
    "a synthetic country in words": ("synthetic", "ten", "--out", "s.csv"), "of 3 cities": ("synthetic", "3", "--out", "s.csv"), "of 10^9 cities": ("synthetic", "1000000000", "--out", "s.csv"),
    "to another ending": ("synthetic", "10", "--out", "s.exe"), "without ending": ("synthetic", "10", "--out", "s"), "into a folder": ("synthetic", "10", "--out", "/tmp"),
    "into a folder that is a file": ("synthetic", "10", "--out", "/etc/passwd/s.csv"), "of a seed in words": ("synthetic", "10", "--out", "s.csv", "--seed", "x"),
    "network to another ending": ("network", "--out", "n.txt"), "schema of what is not there": ("schema", "firms"), "schema of nothing": ("schema",),
    "sweep of nothing": ("sweep", "run", "nowhere.toml"), "sweep of a folder": ("sweep", "run", "/tmp"), "a shard of none": ("sweep", "run", "capacity", "--shard", "1/0"), "shard 3 of 2": ("sweep", "run", "capacity", "--shard", "3/2"),
    "a shard in words": ("sweep", "run", "capacity", "--shard", "all"), "a scheduler that is no address": ("sweep", "run", "capacity", "--scheduler", "somewhere"), "workers below zero": ("sweep", "run", "capacity", "--workers", "-1"),
    "status of nothing": ("sweep", "status", "nowhere"), "query of nothing": ("sweep", "query", "nowhere", "SELECT 1"), "rerun of nothing": ("sweep", "rerun", "nowhere", "0"), "export of nothing": ("sweep", "export", "nowhere", "runs", "--out", "x.csv"),
    "sensitivity of nothing": ("sweep", "sensitivity", "nowhere", "theil"), "study of what is not there": ("study", "nothing"), "study in words": ("study", "splits", "--seeds", "x"),
    "a port beyond the last": ("app", "--port", "70000"), "a port in words": ("app", "--port", "http"), "a host that does not exist": ("app", "--host", "no.such.host.invalid", "--port", "0"), "an app of no cities": ("app", "--cities", "nowhere.csv"),
    "validate in words": ("validate", "--seeds", "x"), "validate to another ending": ("validate", "--quick", "--out", "v.exe"), "a lone surrogate": ("run", "\udcff"), "unicode look-alikes": ("run", "аctual"),
    "an empty word": ("",), "an option alone": ("--nothing",), "audit into a file": ("audit", "--out", "/etc/passwd"), "audit of no panels": ("audit", "--panels", "0"),
}  # fmt: skip


def lines() -> Iterator[Case]:
    """Command lines."""
    for what, argv in LINES.items():
        yield Case(f"command line: {what}", argv)


# ── Stored results ───────────────────────────────────────────────────────────────────────────────


def stored(results: Path, store: Path) -> Iterator[Case]:
    """A results folder and a sweep store, both sound, cut short and edited by hand in many ways."""
    for name in ("summary.json", "panel.parquet", "centres.parquet", "city_table.parquet"):
        for what, damage in DAMAGES.items():
            for argv in (
                ("convergence", "r"),
                ("panel", "r", "--out", "p.csv"),
                ("evaluate", "r", "--out", "made"),
            ):
                if name == "city_table.parquet" and argv[0] != "convergence":
                    continue
                yield Case(
                    f"results, {argv[0]}: {name} {what}", argv, _damaged(results, "r", name, damage), "r"
                )
    for name in _files_of(store):
        for what, damage in DAMAGES.items():
            argv = ("sweep", "status", "st", "--digest")
            yield Case(f"store: {name} {what}", argv, _damaged(store, "st", name, damage), codes=(2, 5))


def _files_of(store: Path) -> list[str]:
    """One file of each kind, by its name without digits."""
    found = {}
    for path in sorted(store.rglob("*")):
        if path.is_file() and path.stat().st_size:
            kind = "".join(sign for sign in path.name if not sign.isdigit() and sign not in "abcdef")
            found.setdefault(
                (path.parent.name if path.parent.name.isalpha() else "", kind),
                path.relative_to(store).as_posix(),
            )
    return sorted(found.values())


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 3, len(content), max(1, len(content) // 7)):
        content[place] ^= 0x5A
    path.write_bytes(bytes(content))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "cut short": _cut,
    "emptied": lambda path: path.write_bytes(b""),
    "with bytes changed": _flip,
    "replaced by text": lambda path: path.write_text("nothing of use"),
    "replaced by a JSON list": lambda path: path.write_text("[1, 2]"),
    "that is a folder": _folder,
    "missing": Path.unlink,
}


def _damaged(sound: Path, name: str, file: str, damage: Callable[[Path], None]) -> Prepare:
    def prepare(folder: Path) -> None:
        shutil.copytree(sound, folder / name)
        damage(folder / name / file)

    return prepare
