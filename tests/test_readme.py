"""What README.md and docs/ say is so: names exist, generated pages are up to date. Blocks: tests/docs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from agents.rules import Rules
from experiments.pages.readme_results import BEGIN, END, with_results
from model.economy.initial_state import OBSERVED_TRAITS
from model.economy.regional_schema import REGIONAL
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS
from model.step import QUARTER
from tests import ROOT
from tests.support.cli import no_pictures
from viz.cli.commands import app

README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LISTED = re.compile(r"`([\w.]+(?:`, `[\w.]+)*)` `\.parquet`")


def without_blocks(text: str) -> str:
    return FENCE.sub("", text)


# ── The block of results ─────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_results_folder_is_as_the_readme_says(tmp_path):
    """It holds the files that the README lists, no others, and fills the README's block of results."""
    folder = tmp_path / "try"
    few = ["--seeds", "2", "--firms", "600", "--until", "2011", "--workers", "1"]
    with no_pictures():
        answer = CliRunner().invoke(app, ["run", *few, "--out", str(folder)])
    assert answer.exit_code == 0, answer.output
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
    paths -= {"figures/", "results/actual", ".venv/bin"}  # of a results folder, of an environment
    layout = re.search(r"## Layout\n\n```text\n(.*?)```", README, re.DOTALL)[1]
    paths |= {line.split()[0] for line in layout.splitlines()}
    assert len(paths) > 12
    missing = [path for path in sorted(paths) if not (ROOT / path).exists()]
    assert not missing


COLUMNS = {column.name for columns in REGIONAL.tables.values() for column in columns}
NAMES = COLUMNS | set(Parameters.model_fields) | set(Rules()) | set(REGIONAL.tables) | set(SCENARIOS)
NAMES |= {event.name for event in QUARTER} | {
    "balance_talent",
    "write_product",
    "write_product_in_order",
    "for_each",
}


@pytest.mark.parametrize("page", ["docs/model.md", "docs/decisions.md"])
def test_names_of_the_model_are_those_of_the_code(page):
    text = (ROOT / page).read_text(encoding="utf-8").partition("\n## The house")[0]  # which is on programs
    named = set(re.findall(r"`([a-z]+_[a-z0-9_]+)`", text))
    # Words of three letters and more after an underscore; price_m and workers_hc have subscripts.
    for line in re.findall(r"^    .+$", text, re.MULTILINE):
        named |= set(re.findall(r"\b[a-z]+(?:_[a-z]{3,})+\b", line))
    assert named
    assert not sorted(
        named - NAMES - {"first_seed", "high_rank_premium", "run_until", *OBSERVED_TRAITS.values()}
    )


def test_the_order_of_events_is_that_of_a_quarter():
    text = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    section = text.split("\n## 3 ")[1].split("\n## 4 ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [event.name for event in QUARTER]


# ── Generated pages ──────────────────────────────────────────────────────────────────────────────


# ── The command line ─────────────────────────────────────────────────────────────────────────────


def test_the_page_of_the_command_line_names_every_command_and_option():
    """Options of sweep are on its own page, which has a test of its own."""
    page = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    for name, options in commands().items():
        section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
        assert section or re.search(rf"`computeleap {name}[` ]", page), name
        for option in options - {"--help"}:
            if option.startswith("--") and name != "sweep":
                assert f"`{option}" in page, f"{name} {option}"
