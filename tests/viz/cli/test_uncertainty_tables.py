"""The tables of --uncertainty: the shipped effects of the default study, members of any other."""

from types import SimpleNamespace

import pandas as pd
import pytest

from experiments.ensemble.headline_ranges import LABELS, headlines
from experiments.ensemble.members import Ensemble, shipped_ensemble
from viz.cli import uncertainty_tables as module
from viz.cli.uncertainty_tables import range_tables, show_ranges


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """A table for every headline, each +1.5 ± 0.1."""
    found: dict[str, list[dict[str, object]]] = {}
    for table, label, _ in headlines():
        row = {LABELS[table]: label, "mean": 1.5, "se": 0.1, "seeds": 8, "measure": "real_gdp"}
        found.setdefault(table, []).append(row)
    return {name: pd.DataFrame(rows) for name, rows in found.items()}


def test_the_default_study_needs_no_runs(
    tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Ensemble, "applies_to", lambda self, study: True)
    found = range_tables(1, None, SimpleNamespace(study=None), tables)  # type: ignore[arg-type]
    ranges = found["uncertainty"].set_index("effect")
    assert len(ranges) >= 25
    assert ranges.loc["effect_hosts", "low"] < ranges.loc["effect_hosts", "high"]
    assert ranges.loc["effect_hosts", "verdict"] == "holds"
    assert set(found["drivers"]["effect"]) == set(ranges.index[ranges["members"] > 0])
    show_ranges({**tables, **found})
    out, err = capsys.readouterr()
    assert "90 % over parameters" in out
    assert "other cities, 0-150 km" in out
    behind = out.partition("Parameters that explain")[2]
    assert behind.count("whole country (total), real GDP") < behind.count("whole country (total)")
    assert f"{len(shipped_ensemble().members)} members" in err
    show_ranges(tables)
    assert capsys.readouterr().out == ""


def test_another_study_runs_members(tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def run(results, shipped, count, workers, finished):  # type: ignore[no-untyped-def]
        asked.append(count)
        return shipped

    monkeypatch.setattr(Ensemble, "applies_to", lambda self, study: False)
    monkeypatch.setattr(module, "study_ensemble", run)
    results = SimpleNamespace(study=None)
    range_tables(1, None, results, tables)  # type: ignore[arg-type]
    range_tables(1, 25, results, tables)  # type: ignore[arg-type]
    assert asked == [40, 25]
    assert module.percent(0.5) == "50 %"


def test_a_study_shows_what_holds_and_what_is_fragile(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        "label": "a · gap",
        "mean": -1.0,
        "se": 0.1,
        "low": -2.0,
        "median": -1.0,
        "high": 0.5,
        "members": 40,
    }
    frame = pd.DataFrame(
        [
            {**row, "above_zero": 0.2, "verdict": "fragile"},
            {**row, "label": "b · gap", "above_zero": 0.0, "verdict": "holds"},
            {**row, "label": "c · gap", "above_zero": 0.5, "verdict": "undecided"},
        ]
    )
    monkeypatch.setattr(module, "study_ranges", lambda *given: {"uncertainty": frame})
    prepared = SimpleNamespace(study=SimpleNamespace(arms={"with": 1, "without": 2}), workers=1)
    tables = module.ranges_of_study(prepared, None, None, {})  # type: ignore[arg-type]
    module.show_study_ranges(tables)
    out, err = capsys.readouterr()
    assert "40 members of the ensemble, each with 2 arms" in err
    assert "80 %" in out
    assert "c · gap" not in out
    assert "2 of 3 estimates are beyond two standard errors; of these 1 have" in " ".join(out.split())
    module.show_study_ranges({})
    assert capsys.readouterr().out == ""
