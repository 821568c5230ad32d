"""Broken inputs, several hundred of them: tables, settings, scenarios, experiments, command lines, results.

Each `Case` makes its files in an empty folder and names the command that must refuse them. `tables`, `files`,
`lines` and `stored` yield the cases of one kind; contents that are plain text are in the folder broken/.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.robustness.broken_tables import QUICK, Case, Prepare, tables, write

__all__ = ["Case", "files", "lines", "stored", "tables"]

BROKEN = Path(__file__).with_name("broken")

# ── Settings, scenarios, experiments ─────────────────────────────────────────────────────────────

NOT_TOML = {
    "not TOML": "this is not TOML",
    "unclosed": 'scenario = "actual',
    "a key twice": "seeds = 1\nseeds = 2\n",
    "zero bytes": "\0",
    "Latin letters": "name = 'Orl\xe9ans'".encode("latin-1"),
    "UTF-16": "seeds = 1".encode("utf-16"),
    "deep": "a = " + "[" * 20_000,
    "a date": "seeds = 2010-02-30",
    "JSON": '{"seeds": 1}',
    "YAML": "seeds: 1",
}


def corpus(name: str) -> dict[str, Any]:
    """Read broken/NAME.toml: what is wrong → content of a file, or words of a command line."""
    return tomllib.loads((BROKEN / f"{name}.toml").read_text(encoding="utf-8"))


SETTINGS: dict[str, str] = corpus("settings") | {
    "a seed of 400 digits": "first_seed = " + "9" * 400,
    "a number of 10^5 digits": "seeds = " + "1" * 100_000,
}
SCENARIOS: dict[str, str] = corpus("scenarios")
EXPERIMENTS: dict[str, str] = corpus("experiments")


def _billion_laughs() -> str:
    """Aliases of aliases, nine times at each of eight levels."""
    names = "abcdefghi"
    levels = [f"{name}: &{name} [{','.join([f'*{of}'] * 9)}]\n" for of, name in pairwise(names)]
    return "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(levels)


def files() -> Iterator[Case]:
    """Settings, scenarios and experiments."""
    for what, content in {**NOT_TOML, **SETTINGS}.items():
        named = "zero" if what == "an endless device" else "s.toml"  # the table that they ask for
        argv = ("run", "--config", "s.toml", *QUICK[6:])
        yield Case(f"settings: {what}", argv, write("s.toml", content), named)
    for what, content in {**NOT_TOML, **SCENARIOS}.items():
        yield Case(f"scenario: {what}", ("run", "s.toml", *QUICK), write("s.toml", content), "s.toml")
    for what, content in corpus("scripts").items():
        yield Case(f"scenario in Python: {what}", ("run", "s.py", *QUICK), write("s.py", content), "s.py")
    for what, content in {**NOT_TOML, **EXPERIMENTS}.items():
        yield Case(f"experiment: {what}", ("sweep", "plan", "e.toml"), write("e.toml", content), "e.toml")
    for what, content in (corpus("yaml") | {"a billion laughs": _billion_laughs()}).items():
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
        "no rows": "substitution\n",
        "an unknown factor": "substituton\n1.1\n",
        "a blank cell": 'substitution\n\n""\n',
        "text": "substitution\nhigh\n",
        "beyond the range": "substitution\n1e9\n",
        "ragged": "substitution,tender_rate\n1.1\n",
        "zero bytes": "substitution\n\0\n",
        "empty": "",
    }.items():

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


def lines() -> Iterator[Case]:
    """Command lines."""
    more = {
        "out with a very long name": ["run", *QUICK[:8], "--out", "n" * 5000],
        "a lone surrogate": ["run", "\udcff"],
    }
    for what, argv in (corpus("command_lines") | more).items():
        yield Case(f"command line: {what}", tuple(argv))


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
