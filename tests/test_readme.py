"""What README.md and docs/ say is so: blocks run, names exist, generated pages are up to date."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from agents.rules import Rules
from experiments.reference import BEGIN, END, parameters_page, with_results
from experiments.settings import read_config
from model.parameters import Parameters
from model.scenario import SCENARIOS
from model.step import QUARTER
from model.world import REGIONAL
from viz.cli import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "docs/extending.md", "docs/closed_economy.md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COSTLY = re.compile(r"^(make|python3 -m venv|\S*pip install) ", re.MULTILINE)  # checked to exist, not run
LISTED = re.compile(r"`([\w.]+(?:`, `[\w.]+)*)` `\.parquet`")


def blocks(text: str) -> list[tuple[int, str, str]]:
    """(line, language, text) of every fenced block."""
    return [(text[: m.start()].count("\n") + 1, m[1], m[2]) for m in FENCE.finditer(text)]


def without_blocks(text: str) -> str:
    return FENCE.sub("", text)


# ── Blocks run as they stand ─────────────────────────────────────────────────────────────────────


def run_shell(text: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], env={**os.environ, "PATH": path}, capture_output=True,
        text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


def run_block(name: str, line: int, language: str, text: str) -> None:
    if language == "python":
        # A file, since rules are read as text; under the name that its first line gives it, for later blocks.
        named = re.match(r"# (\w+\.py)\n", text)
        script = Path(named[1] if named else f"{name}_{line}.py")
        script.write_text(text, encoding="utf-8")
        runpy.run_path(str(script), run_name="__main__")
    elif language == "sh" and not COSTLY.search(text):
        run_shell(text)
    elif language == "toml":
        Path("settings.toml").write_text(text, encoding="utf-8")
        read_config("settings.toml")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs(page, tmp_path, monkeypatch):
    """In order, in an empty folder: later blocks may use files of earlier ones."""
    monkeypatch.chdir(tmp_path)
    found = blocks((ROOT / page).read_text(encoding="utf-8"))
    assert {"python"} <= {language for _, language, _ in found}
    for line, language, text in found:
        run_block(Path(page).stem, line, language, text)
    if page == "README.md":
        check_results_folder(tmp_path / "results" / "try")


def check_results_folder(folder: Path) -> None:
    """It holds the files that the README lists, no others, and fills the README's block of results."""
    section = README.split("## The results folder")[1].split("\n## ")[0]
    listed = {name + ".parquet" for name in LISTED.search(section)[1].split("`, `")}
    listed |= {name.rstrip("/") for name in re.findall(r"^\| `([\w./]+)` \|", section, re.MULTILINE)}
    assert {entry.name for entry in folder.iterdir()} == listed
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    again = with_results(README, summary)
    assert labels(again) == labels(README)
    assert with_results(again, summary) == again


def labels(text: str) -> list[str]:
    """First cells of the rows in the block of results."""
    block = text.split(BEGIN)[1].split(END)[0]
    return re.findall(r"^\| (.+?) \| ", block, re.MULTILINE)


def test_the_block_of_results_is_filled():
    assert len(labels(README)) > 15
    with pytest.raises(ValueError, match="no block"):
        with_results("no such block", {})


def test_costly_lines_name_what_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", README)) - {"makes"}
    assert named
    assert named <= targets
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for extra in re.findall(r"\.\[(\w+)\]", README):
        assert f"\n{extra} = [" in project


# ── Names exist ──────────────────────────────────────────────────────────────────────────────────


def commands() -> dict[str, set[str]]:
    """Sub-commands of computeleap and their options."""
    group: Any = get_command(app)
    return {
        name: {option for item in one.params for option in item.opts} for name, one in group.commands.items()
    }


def test_commands_and_options_exist():
    known = commands()
    calls = re.findall(r"^computeleap (.+)$", README, re.MULTILINE) + re.findall(
        r"`computeleap ([^`]+)`", README
    )
    calls += [f"run {rest}" for rest in re.findall(r'make run ARGS="([^"]+)"', README)]
    assert len(calls) > 8
    for call in calls:
        name, *rest = call.split()
        assert name in known, call
        assert {word for word in rest if word.startswith("--")} <= known[name], call
    loose = set(re.findall(r"`(--[a-z-]+)[^`]*`", without_blocks(README)))
    assert loose <= set.union(*known.values())
    for scenario in re.findall(r"computeleap run ([a-z_]+)", README):
        assert scenario in SCENARIOS


def test_paths_exist():
    text = without_blocks(README)
    paths = set(re.findall(r"\]\((?!http)([^)#]+)", text))
    paths |= {
        word for word in re.findall(r"`([\w./-]+)`", text) if "/" in word or word.endswith((".cff", ".txt"))
    }
    paths -= {"figures/", "results/actual"}  # of a results folder
    house = re.search(r"## The house\n\n```\n(.*?)```", README, re.DOTALL)[1]
    paths |= {line.split()[0] for line in house.splitlines()}
    assert len(paths) > 12
    missing = [path for path in sorted(paths) if not (ROOT / path).exists()]
    assert not missing


COLUMNS = {column.name for columns in REGIONAL.tables.values() for column in columns}
NAMES = COLUMNS | set(Parameters.model_fields) | set(Rules()) | set(REGIONAL.tables) | set(SCENARIOS)
NAMES |= {event.name for event in QUARTER} | {"settle_talent"}


@pytest.mark.parametrize("page", ["docs/model.md", "docs/decisions.md"])
def test_names_of_the_model_are_those_of_the_code(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+_[a-z0-9_]+)`", text))
    # Words of three letters and more after an underscore; price_m and workers_hc have subscripts.
    for line in re.findall(r"^    .+$", text, re.MULTILINE):
        named |= set(re.findall(r"\b[a-z]+(?:_[a-z]{3,})+\b", line))
    assert named
    assert not sorted(named - NAMES - {"run_until", "high_rank_premium"})


def test_the_order_of_events_is_that_of_a_quarter():
    text = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    section = text.split("\n## 3 ")[1].split("\n## 4 ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [event.name for event in QUARTER]


# ── Generated pages ──────────────────────────────────────────────────────────────────────────────


def test_the_page_of_parameters_is_up_to_date():
    """If not: python -m experiments.reference."""
    page = (ROOT / "docs/parameters.md").read_text(encoding="utf-8")
    assert page == parameters_page()
    assert all(f"| `{name}` |" in page for name in Parameters.model_fields)


def test_the_documentation_builds(tmp_path):
    pytest.importorskip("mkdocs")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", str(tmp_path)], cwd=ROOT,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "model.html").exists()
