"""`computeleap study`: what it shows and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer.main

import viz.cli.study_command
from experiments.questions.oversupply import ACCESS
from experiments.questions.question_catalogue import QUESTIONS
from experiments.study.run_arms import INTERRUPTED
from tests import ROOT
from tests.support.cli import call
from tests.support.long_version import some
from viz.cli import study_command as command
from viz.cli.commands import app

SMALL = ("--firms", "200", "--until", "2011", "--seeds", "2", "--workers", "1")


def test_every_study_has_a_command_and_a_section_of_the_docs() -> None:
    names = [one.name for one in viz.cli.study_command.studies.registered_commands]
    assert names == list(QUESTIONS)
    page = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    for name in names:
        assert f"`computeleap study {name}`" in page
        assert call("study", name, "--help").exit_code == 0


@pytest.mark.parametrize("name", some(["splits", "layouts", "oversupply"]))
def test_a_study_shows_and_writes_its_tables_and_figures(
    name: str, cities: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for function in ("arms", "oversupply"):  # three of its eight capacities
        few = ((0.5, 1.0, 2.0), tuple(ACCESS))
        monkeypatch.setattr(f"experiments.questions.oversupply.{function}.__defaults__", few)
    answer = call("study", name, "random_hosts", "--cities", cities, *SMALL)
    assert answer.exit_code == 0, answer.output
    out = here / "results" / "studies" / name
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (told["study"], told["seeds"], told["scenarios"]) == (name, [1, 2], ["random_hosts"])
    assert told["failures"] == {}
    arms = QUESTIONS[name].arms([experiments_scenario("random_hosts")], parameters_of(told))
    assert list(told["arms"]) == list(arms)
    figures = {path.name for path in (out / "figures").iterdir()}
    assert figures == {"layouts.png" if name == "layouts" else f"{name}_random_hosts.png"}
    assert list(out.glob("*.parquet"))
    runs = len(list((here / "results" / "runs").iterdir()))
    assert 0 < runs <= 2 * len(arms)
    again = call("study", name, "random_hosts", "--cities", cities, *SMALL)  # nothing is run again
    assert again.stdout == answer.stdout
    assert len(list((here / "results" / "runs").iterdir())) == runs


@pytest.mark.parametrize(("name", "runs"), [("single_centres", 2 * (2 + 1)), ("frontier", 2 * 2 * (2 + 1))])
def test_single_centres_and_the_frontier(
    name: str, runs: int, cities: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hosts of each seed and a twin; the defaults, two points, and their twins."""
    monkeypatch.setattr("experiments.questions.frontier.POINTS", 2)
    Path("pair.toml").write_text('centres = "random"\nhosts = 2\nopens = "2006Q1"\n', encoding="utf-8")
    answer = call("study", name, "pair.toml", "--cities", cities, *SMALL)
    assert answer.exit_code == 0, answer.output
    out = here / "results" / "studies" / name
    assert {path.name for path in (out / "figures").iterdir()} == {f"{name}_pair.png"}
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (told["scenarios"], told["failures"]) == (["pair"], {})
    assert f"{runs} runs" in answer.stderr
    assert len(list((here / "results" / "runs").iterdir())) <= runs
    assert "share of the drawn points" in answer.stdout or "one centre alone" in answer.stdout


def experiments_scenario(name: str) -> object:
    from model.scenarios.scenario_catalogue import SCENARIOS

    return SCENARIOS[name]


def parameters_of(told: dict[str, object]) -> object:
    from model.parameters import Parameters

    return Parameters(**told["parameters"])  # type: ignore[arg-type]


def test_mistakes_are_answered_before_anything_is_run(cities: Path, here: Path) -> None:
    chosen = call("study", "splits", "actual", "--cities", cities, *SMALL)
    assert chosen.exit_code == 2
    assert "the hosts of actual are not drawn at random" in chosen.stderr
    unknown = call("study", "ablation", "random_host", "--cities", cities, *SMALL)
    assert unknown.exit_code == 2
    assert "did you mean random_hosts" in unknown.stderr
    assert not (here / "results").exists()


def test_an_interrupted_study_continues(cities: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    @contextmanager
    def progress(total: int, workers: int):  # type: ignore[no-untyped-def]
        ended: list[str] = []

        def finished(run: str) -> None:
            ended.append(run)
            if len(ended) == 3:
                raise KeyboardInterrupt

        yield finished

    with monkeypatch.context() as patched:
        patched.setattr(command, "progress", progress)
        answer = call("study", "splits", "--cities", cities, *SMALL)
    assert answer.exit_code == 130
    assert "interrupted: 3 of 4 runs are kept" in answer.stderr
    assert not (here / "results" / "studies").exists()
    assert len(list((here / "results" / "runs").iterdir())) == 3
    assert INTERRUPTED not in answer.output
    assert call("study", "splits", "--cities", cities, *SMALL).exit_code == 0


def test_the_page_of_commands_has_every_option_of_a_study() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition("\n## study\n")[2].partition("\n## ")[0]
    commands = typer.main.get_command(app).commands["study"].commands  # type: ignore[attr-defined]
    for name, one in commands.items():
        assert f"study {name}" in section
        options = [word for option in one.params for word in option.opts if word.startswith("--")]
        assert [word for word in options if word not in section and word != "--help"] == []
        assert f"{QUESTIONS[name].seeds} (" in section
