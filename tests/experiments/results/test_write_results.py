"""Writing a results folder: which folders may be replaced, and what the summary says."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from agents.user_error import UserError
from experiments.results.write_results import SUMMARY, centres_per_run, checked_folder, varied, write_sources
from experiments.study.results import Results
from experiments.study.study import Study
from model import By, Parameters, Scenario, Step
from model.country.country import build_country
from model.country.synthetic import synthetic_country
from model.scenarios.parameter_paths import read_path


def test_centres_are_counted_by_the_year_in_which_they_open() -> None:
    centres = pd.DataFrame(
        {"seed": [1, 1, 2], "centre_id": ["a", "b", "a"], "opened": ["2010Q1", "2020Q1", "2010Q1"]}
    )
    assert centres_per_run(centres, 2015) == 1
    assert centres_per_run(centres, 2020) == 2
    assert centres_per_run(centres, 2009) == centres_per_run(centres[:0], 2020) == 0


def test_only_results_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    assert checked_folder(out, False) == out
    out.mkdir()
    assert checked_folder(out, False) == out
    for name in ("summary.json", "panel.parquet", "report.html"):
        (out / name).touch()
    assert checked_folder(out, False) == out
    (out / "notes.md").touch()
    with pytest.raises(UserError, match=r"also holds notes\.md, which would be lost: --force"):
        checked_folder(out, False)
    assert checked_folder(out, True) == out
    (out / "summary.json").unlink()
    with pytest.raises(UserError, match="holds files that are not results"):
        checked_folder(out, True)

    def refuse(**given: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(UserError, match=r"nothing can be written to .*: Permission denied"):
        checked_folder(tmp_path / "new" / "out", False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_short_try_does_not_replace_a_larger_study(tmp_path: Path) -> None:
    held = {"seeds": [1, 2, 3], "firms": 1000, "first_year": 2005, "last_year": 2014}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / SUMMARY).write_text(json.dumps(held))
    with pytest.raises(UserError, match=r"holds a larger study \(3 seeds, 1,000 firms, until 2014\)"):
        checked_folder(tmp_path / "out", False, 1 * 1000 * 10)
    for force, work in ((True, 1), (False, 30_000), (False, None)):
        assert checked_folder(tmp_path / "out", force, work) == tmp_path / "out"
    (tmp_path / "out" / SUMMARY).write_text("{")
    assert checked_folder(tmp_path / "out", False, 1) == tmp_path / "out"


def test_the_text_of_an_extension_stays_with_its_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "from model import Rules\n\n\ndef wage(wage):\n    return wage\n\n\nextension = Rules(wage=wage)\n"
    Path("mine.py").write_text(text, encoding="utf-8")
    study = Study({}, (1,), Parameters(), 2010, build_country(synthetic_country(12, 3)), extension="mine.py")
    Path("mine.py").write_text(text.replace("return wage", "return 2.0 * wage"), encoding="utf-8")
    write_sources(tmp_path / "out", Results(study))
    assert (tmp_path / "out" / "extensions" / "extension" / "mine.py").read_text(encoding="utf-8") == text
    (tmp_path / "out" / "summary.json").touch()
    assert checked_folder(tmp_path / "out", False) == tmp_path / "out"


def test_how_parameters_vary_in_a_scenario_is_recorded() -> None:
    assert varied(Scenario("plain", "nothing varies")) == {}
    path = By("region", {"west": Step(0.1, "2015")})
    told = varied(Scenario("later", "", varying={"tax_rate": path}))["varying"]["tax_rate"]
    assert told == {"by": "region", "west": {"to": 0.1, "at": "2015"}}
    assert read_path(told) == path
