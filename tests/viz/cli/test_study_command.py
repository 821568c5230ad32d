"""`computeleap study` and `computeleap validate`: what they show and write; the figures of the studies."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer.main
from matplotlib.backends.backend_agg import FigureCanvasAgg
from typer.testing import CliRunner, Result

import experiments.validation
import viz.cli.study_command
from experiments.measures.findings import FINDINGS, sign_verdict
from experiments.measures.heterogeneity import SPLITS
from experiments.questions.ablation import MECHANISMS, ON, outcome
from experiments.questions.oversupply import MEASURES, MULTIPLES
from experiments.questions.question_catalogue import QUESTIONS
from experiments.questions.regimes import MAPS
from experiments.study.run_arms import INTERRUPTED
from experiments.validation.rows import Row, ValidationRuns, exact_row
from tests import ROOT
from viz.cli import study_command as command
from viz.cli.commands import app
from viz.figures.study_figures import FIGURES, ablation_chart, oversupply_chart, regime_map, split_chart

SMALL = ("--firms", "200", "--until", "2011", "--seeds", "2", "--workers", "1")


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("country") / "ten.csv"
    assert call("synthetic", 12, "--out", path).exit_code == 0
    return path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ── The commands ─────────────────────────────────────────────────────────────────────────────────


def test_every_study_has_a_command_and_a_section_of_the_docs() -> None:
    names = [one.name for one in viz.cli.study_command.studies.registered_commands]
    assert names == list(QUESTIONS)
    page = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    for name in names:
        assert f"`computeleap study {name}`" in page
        assert call("study", name, "--help").exit_code == 0


@pytest.mark.parametrize("name", ["splits", "layouts", "oversupply"])
def test_a_study_shows_and_writes_its_tables_and_figures(name: str, cities: Path, here: Path) -> None:
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


def experiments_scenario(name: str) -> object:
    from model.scenarios.scenario_catalogue import SCENARIOS

    return SCENARIOS[name]


def parameters_of(told: dict[str, object]) -> object:
    from model.parameters import Parameters

    return Parameters(**told["parameters"])  # type: ignore[arg-type]


def test_mistakes_are_answered_before_anything_is_run(cities: Path, here: Path) -> None:
    chosen = call("study", "splits", "actual", "--cities", cities, *SMALL)
    assert chosen.exit_code == 2
    assert "the hosts of actual are not drawn by lot" in chosen.stderr
    unknown = call("study", "ablation", "random_host", "--cities", cities, *SMALL)
    assert unknown.exit_code == 2
    assert "did you mean random_hosts" in unknown.stderr
    assert not (here / "results").exists()


def test_an_interrupted_study_goes_on(cities: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    @contextmanager
    def progress(total: int):  # type: ignore[no-untyped-def]
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


def test_validate_shows_and_writes_rows(cities: Path, here: Path) -> None:
    words = ("validate", "--quick", "--cities", cities, *SMALL)
    answer = call(*words)
    assert answer.exit_code == 0, answer.output
    written = json.loads((here / "results" / "validation" / "validation.json").read_text(encoding="utf-8"))
    assert written["quick"]
    assert written["seeds"] == [1, 2]
    kinds = {row["kind"] for row in written["rows"]}
    assert {"invariant", "sign"} <= kinds
    for row in written["rows"]:
        assert row["id"] in answer.stdout
        assert row["verdict"] in answer.stdout
    counts = ", ".join(f"{count} {verdict}" for verdict, count in written["verdicts"].items())
    assert f"{len(written['rows'])} rows: {counts}." in answer.stdout
    other = call(*words, "--out", "v.json")
    assert other.exit_code == 0
    assert json.loads((here / "v.json").read_text(encoding="utf-8"))["rows"] == written["rows"]


def test_a_broken_identity_is_exit_code_1(cities: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(context: ValidationRuns) -> list[Row]:
        return [exact_row("INV-x", "invariant", "something", 1.0, 1e-9, "here")]

    monkeypatch.setattr(experiments.validation, "ROWS", [broken])
    monkeypatch.setattr(experiments.validation.validate, "__defaults__", ([broken],))
    answer = call("validate", "--quick", "--cities", cities, *SMALL)
    assert answer.exit_code == 1
    assert "this is a bug" in answer.stdout


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────


def texts(figure: object) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]  # type: ignore[attr-defined]


def split_table() -> pd.DataFrame:
    raw = [10.0, 10.0, -10.0, 1.0, 2.0, 3.0]
    return pd.DataFrame({
        "id": [split.id for split in SPLITS], "low": 1.0, "high": 2.0, "raw": raw, "raw_se": 2.0,
        "partial": raw[::-1], "partial_se": 2.0, "given": raw, "given_se": 2.0, "hosts": 40, "seeds": 5,
    })  # fmt: skip


def test_splits_are_coloured_by_direction_and_certainty() -> None:
    left, right = split_chart(split_table(), "random_hosts").axes
    colours = [bar.get_facecolor() for bar in left.patches]
    assert colours[0] == colours[1] != colours[2]
    assert len({colours[0], colours[2], colours[3]}) == 3
    assert colours[3] == colours[4] == colours[5]
    assert [bar.get_width() for bar in right.patches] == split_table()["partial"].tolist()


def ablation_table() -> pd.DataFrame:
    rows = []
    for one in MECHANISMS:
        for finding in FINDINGS:
            size = finding.expected * (0.0 if (one.id, finding.id) == ("M3", "C2") else 123.4)
            verdict = sign_verdict(size, 1.0, finding.expected)
            rows.append({
                "mechanism": one.id, "id": finding.id, "size": size, "verdict": verdict,
                "outcome": outcome("holds", verdict),
            })  # fmt: skip
    return pd.DataFrame(rows)


def test_the_matrix_frames_what_is_lost() -> None:
    figure = ablation_chart(ablation_table(), "random_hosts")
    (axes,) = figure.axes
    assert len(axes.texts) == len(MECHANISMS) * len(FINDINGS)
    assert len(axes.patches) == 1
    frame = axes.patches[0]
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names[int(frame.get_x())].startswith("M3:")
    assert axes.get_yticklabels()[int(frame.get_y())].get_text() == "C2 talent"
    assert names[0] == next(one.short for one in MECHANISMS if one.id == ON)


def regime_table() -> pd.DataFrame:
    of = MAPS[0]
    rows = [
        {"map": of.id, "x": x, "y": y, "id": name, "mean": 1.0 if x == of.x.values[0] else -3.0,
         "se": 0.6 if x == of.x.values[0] else 0.5, "seeds": 6}
        for name in ("C14", "C14-regions", "C14-sigma", "C13") for x in of.x.values for y in of.y.values
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_cells_that_are_not_clear_are_hatched() -> None:
    of = MAPS[0]
    figure = regime_map(regime_table(), of, "actual")
    for axes in figure.axes[:4]:
        hatched = [patch for patch in axes.patches if patch.get_hatch()]
        assert len(hatched) == len(of.y.values)
        assert {patch.get_x() for patch in hatched} == {0.0}
        assert len(axes.texts) == len(of.x.values) * len(of.y.values)
        mesh = axes.collections[0]
        assert mesh.norm.vmin == -mesh.norm.vmax


def test_blue_is_the_direction_of_the_study() -> None:
    of = MAPS[0]
    narrower, *_, farther = regime_map(regime_table(), of, "actual").axes[:4]
    gap, leap = narrower.collections[0], farther.collections[0]
    assert np.allclose(gap.cmap(gap.norm(-3.0)), leap.cmap(leap.norm(3.0)), atol=0.01)
    assert gap.cmap(gap.norm(-3.0))[2] > gap.cmap(gap.norm(-3.0))[0]  # blue over red


def curve_table(seeds: int = 8) -> pd.DataFrame:
    return pd.DataFrame([
        {"access": way, "multiple": multiple, "measure": name, "mean": multiple, "seeds": seeds,
         "se": 0.1 if seeds > 1 else np.nan}
        for way in ("network", "local") for multiple in MULTIPLES for name in MEASURES
    ])  # fmt: skip


@pytest.mark.parametrize("seeds", [1, 8])
def test_oversupply_shows_both_kinds_of_access(seeds: int) -> None:
    figure = oversupply_chart(curve_table(seeds), "actual")
    for axes in figure.axes:
        drawn = [line for line in axes.get_lines() if len(line.get_xdata()) == len(MULTIPLES)]
        assert len(drawn) == 2
        assert drawn[0].get_linestyle() != drawn[1].get_linestyle()
        assert re.search(r"fraction|ratio|%|compute", axes.get_ylabel())


def test_no_text_of_a_figure_leaves_it() -> None:
    tables = {
        "splits": {"splits": split_table()}, "ablation": {"ablation": ablation_table()},
        "regimes": {"regimes": regime_table()}, "oversupply": {"curve": curve_table()},
    }  # fmt: skip
    for study, own in tables.items():
        named = {name: table.assign(scenario="random_hosts") for name, table in own.items()}
        for name, figure in FIGURES[study](named).items():
            assert name.endswith("random_hosts")
            renderer = FigureCanvasAgg(figure).get_renderer()
            figure.draw(renderer)
            width, height = figure.bbox.size
            for axes in figure.axes:
                for text in [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels(), axes.title]:
                    if text.get_text():
                        box = text.get_window_extent(renderer)
                        assert box.x0 >= -1, (name, text)
                        assert box.y0 >= -1, (name, text)
                        assert box.x1 <= width + 1, (name, text)
                        assert box.y1 <= height + 1, (name, text)


def test_the_page_of_commands_has_every_option_of_a_study() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition("\n## study\n")[2].partition("\n## ")[0]
    commands = typer.main.get_command(app).commands["study"].commands  # type: ignore[attr-defined]
    for name, one in commands.items():
        assert f"study {name}" in section
        options = [word for option in one.params for word in option.opts if word.startswith("--")]
        assert [word for word in options if word not in section and word != "--help"] == []
        assert f"{QUESTIONS[name].seeds} (" in section
