"""`computeleap sweep sensitivity`, `discover`, `calibrate` and `optimise`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.sweep import open_store
from tests.support.sweep_commands import call


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of sixty points, sampled over two factors of which one drives innovation."""
    folder = tmp_path_factory.mktemp("sampled")
    file = folder / "sampled.toml"
    file.write_text(
        'name = "sampled"\nscenario = "none"\ncities = "synthetic:12"\nuntil = 2005\n'
        "parameters = {firms = 100, burn_in = 0}\n"
        '[design]\nkind = "lhs"\nn = 60\nfactors.base_intensity = {low = 0.05, high = 0.5}\n'
        "factors.home_reach = {low = 50, high = 500}\n[run]\nchunk = 60\n",
        encoding="utf-8",
    )
    assert call("run", str(file), "--workers", "0", "--store", str(folder / "store")).exit_code == 0
    return folder / "store"


def test_sensitivity_is_shown_and_drawn(sampled: Path, tmp_path: Path) -> None:
    answer = call("sensitivity", str(sampled), "innovation", "--figure", str(tmp_path / "a.png"))
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.index("base_intensity") < answer.stdout.index("home_reach")
    assert "60 points used" in answer.stderr
    assert (tmp_path / "a.png").stat().st_size > 10_000
    assert call("sensitivity", str(sampled), "inovation").exit_code == 2


def test_discovery_is_shown_and_drawn(sampled: Path, tmp_path: Path) -> None:
    half = open_store(sampled).finals["innovation"].median()
    answer = call("discover", str(sampled), f"innovation > {half}", "--figure", str(tmp_path / "a.png"))
    assert answer.exit_code == 0, answer.stderr
    assert "30 of 60 runs are cases" in answer.stderr
    assert '"base_intensity" between' in answer.stdout
    assert (tmp_path / "a.png").stat().st_size > 10_000
    none = call("discover", str(sampled), "innovation < 0")
    assert none.exit_code == 2
    assert "holds for 0 of 60 runs" in none.stderr


def test_calibration_is_shown_drawn_and_written(sampled: Path, tmp_path: Path) -> None:
    middle = open_store(sampled).finals["innovation"].median()
    targets = tmp_path / "targets.toml"
    targets.write_text(f"[targets.innovation]\nvalue = {middle}\nse = {0.05 * middle}\n", encoding="utf-8")
    words = ("calibrate", str(sampled), "--targets", str(targets), "--truths", "5")
    files = ("--out", str(tmp_path / "out"), "--figure", str(tmp_path / "a.png"))
    answer = call(*words, *files)
    assert answer.exit_code == 0, answer.stderr
    for said in ("Posterior of the factors", "base_intensity", "Fit of the targets", "Known truths inside"):
        assert said in answer.stdout
    assert "of 60 points" in answer.stderr
    assert "is not seen at all" in answer.stderr
    posterior = pd.read_csv(tmp_path / "out" / "posterior.csv").set_index("factor")
    assert posterior.loc["base_intensity", "narrowed"] > 0.5
    assert posterior.loc["base_intensity", "p05"] > 0.05
    names = {path.stem for path in (tmp_path / "out").iterdir()}
    assert names == {"posterior", "targets", "correlations", "coverage", "points", "sample"}
    assert (tmp_path / "a.png").stat().st_size > 10_000
    again = call(*words, *files)
    assert again.exit_code == 2
    assert "--force replaces it" in again.stderr
    missing = call("calibrate", str(sampled), "--targets", str(tmp_path / "none.toml"))
    assert missing.exit_code == 2
    assert "none.toml cannot be read" in missing.stderr


def test_a_front_is_shown_drawn_and_written(sampled: Path, tmp_path: Path) -> None:
    aims = "innovation:max,theil:min,research_spending:min"
    files = ("--out", str(tmp_path / "out"), "--figure", str(tmp_path / "a.svg"))
    answer = call("optimise", str(sampled), "--objectives", aims, *files)
    assert answer.exit_code == 0, answer.stderr
    assert "points are on the front" in answer.stderr
    front = pd.read_csv(tmp_path / "out" / "front.csv")
    assert len(front) == 60
    best = front["innovation"].idxmax()
    assert front.loc[best, "front"]
    assert (tmp_path / "a.svg").stat().st_size > 10_000
    wrong = call("optimise", str(sampled), "--objectives", "inovation:max,theil:min")
    assert wrong.exit_code == 2
    assert "did you mean innovation" in wrong.stderr
