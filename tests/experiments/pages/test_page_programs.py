"""The commands that write pages and files of numbers, and the readers of what a study wrote."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest

from experiments.measures.effects import log_change, percent_change
from experiments.pages import __main__ as reference
from experiments.pages import claims_table as emergence
from experiments.pages import notebooks
from experiments.pages import story_numbers as stories
from experiments.questions import layouts
from experiments.questions.closed_economy_theory import (
    growth_rate,
    output_per_wealth,
    return_on_investment,
    saving_needed,
)
from experiments.validation import compute_rows as compute
from experiments.validation import record
from model import Parameters

# ── Pages ────────────────────────────────────────────────────────────────────────────────────────


def summary() -> dict:
    """Of a study, with an estimate that has no error and one that is not defined."""
    effect = {"mean": 1.234, "se": 0.567, "unit": "%"}
    return {
        "scenario": "actual", "centres": 9, "cities": 338, "firms": 10_000, "first_year": 2005,
        "last_year": 2035, "burn_in_quarters": 80, "seeds": [1, 2],
        "effects": [
            {**effect, "group": group} for group in ("host cities", "other cities", "whole country (total)")
        ],
        "channels": [{"channel": "talent", "mean": -0.5, "se": None, "unit": "%"}],
        "distance": [
            {**effect, "band_km": "0-300", "seeds": 2}, {**effect, "band_km": "300-600", "seeds": 0},
        ],
        "host_strength": [
            {**effect, "measure": "effect on innovation, %: weak hosts"},
            {**effect, "measure": "something else"},
        ],
        "gap": [
            {"index": reference.GAPS[0], "mean": None, "se": None}, {"index": "of no interest", "mean": 1.0},
        ],
    }  # fmt: skip


def test_the_readme_says_what_a_study_found():
    text = reference.results_block(summary())
    assert "9 centres, 338 cities, 10,000 firms, 2005-2035 after 80 quarters of burn-in, 2 seeds." in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert "| innovation in host cities, mean of cities | +1.23 ± 0.57 % |" in rows
    assert "| hosts: talent | −0.50 % |" in rows
    assert f"| gap between cities: {reference.GAPS[0]} | not defined % |" in rows
    assert "| innovation in the half of the hosts that is weak at first | +1.23 ± 0.57 % |" in rows
    assert len([row for row in rows if "km from the nearest centre" in row]) == 1  # no seed has the other
    assert len(rows) == 8  # with the head
    old = f"before\n{reference.BEGIN}\nold\n{reference.END}\nafter"
    assert reference.with_results(old, summary()) == f"before\n{text}\nafter"
    with pytest.raises(ValueError, match="there is no block from "):
        reference.with_results("nothing", summary())


def test_pages_are_written_where_they_belong(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "PARAMETERS_PAGE", tmp_path / "parameters.md")
    monkeypatch.setattr(emergence, "PAGE", tmp_path / "emergence.md")
    monkeypatch.setattr(emergence, "page", lambda: "what emerges")
    monkeypatch.setattr(reference, "generated_pages", lambda: {tmp_path / "rules.md": "the rules"})
    monkeypatch.setattr(reference, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text(f"{reference.BEGIN}{reference.END}", encoding="utf-8")
    (tmp_path / "summary.json").write_text(json.dumps(summary()), encoding="utf-8")
    reference.main([str(tmp_path / "summary.json")])
    assert (tmp_path / "emergence.md").read_text(encoding="utf-8") == "what emerges"
    assert (tmp_path / "rules.md").read_text(encoding="utf-8") == "the rules"
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == reference.results_block(summary())
    page = (tmp_path / "parameters.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` | " in page for name in Parameters.model_fields)


def test_a_page_of_claims_takes_its_verdicts_from_the_file():
    rows = [
        dict(id=name, scenario=scenario, measured=-12.34 if k else 1.234, se=0.05, verdict="holds")
        for k, (_, name, scenario) in enumerate(emergence.CLAIMS)
    ]
    rows = [{**row, "unit": "percentage points"} for row in rows]
    page = emergence.with_verdicts(f"a{emergence.BEGIN}old{emergence.END}b", {"rows": rows})
    assert page.startswith(f"a{emergence.BEGIN}\n| claim | row |")
    assert "| +1.23 ± 0.05 points | holds |" in page
    assert "| −12.3 ± 0.1 points | holds |" in page
    with pytest.raises(ValueError, match="there is no block from "):
        emergence.with_verdicts("nothing", {"rows": rows})
    with pytest.raises(KeyError):
        emergence.verdicts_table({"rows": rows[1:]})


def test_the_stories_are_measured_and_written_a_line_a_number(tmp_path, monkeypatch, capsys):
    asked = []

    def run_arms(plan):
        asked.append(plan)
        return "runs"

    monkeypatch.setattr(stories, "run_arms", run_arms)
    monkeypatch.setattr(stories, "of_layouts", lambda runs: {"layouts": runs})
    monkeypatch.setattr(stories, "of_technique", lambda seeds, **_: {"technique": list(seeds)})
    monkeypatch.setattr(stories, "told", lambda values: {"a": {"mean": 1.0}, "b": {"mean": len(values)}})
    monkeypatch.setattr(stories, "leap_cities", lambda seed, **_: [{"city": 3.0, "seed": float(seed)}])
    stories.main([str(tmp_path / "s.json"), "--seeds", "3", "--firms", "500"])
    (plan,) = asked
    assert plan.seeds == (1, 2, 3)
    assert plan.parameters.firms == 500
    found = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert found["numbers"] == {"a": {"mean": 1.0}, "b": {"mean": 2}}
    assert found["leap_cities"] == [{"city": 3.0, "seed": 1.0}]
    assert (found["made"]["seeds"], found["made"]["firms"]) == (3, 500)
    with pytest.raises(SystemExit) as left:
        stories.main([str(tmp_path / "s.json"), "--seeds", "1"])
    assert left.value.code == 2
    assert "--seeds cannot be 1: it must be at least 2" in capsys.readouterr().err


def test_the_page_of_the_validation_is_made_from_its_file(tmp_path, monkeypatch):
    (tmp_path / "v.json").write_text('{"rows": []}', encoding="utf-8")
    monkeypatch.setattr(record, "page", lambda contents: f"a page of {len(contents['rows'])} rows")
    monkeypatch.setattr(sys, "argv", ["record", str(tmp_path / "v.json"), str(tmp_path / "v.md")])
    record.main()
    assert (tmp_path / "v.md").read_text(encoding="utf-8") == "a page of 0 rows"


def test_every_notebook_is_run_and_kept_without_what_differs(tmp_path, monkeypatch, capsys):
    import nbformat

    folder = tmp_path / "notebooks"
    folder.mkdir()
    cell = nbformat.v4.new_code_cell("1 + 1", metadata={"when": "now"})
    made = nbformat.v4.new_notebook(cells=[cell], metadata={"machine": "mine"})
    nbformat.write(made, folder / "a.ipynb")
    monkeypatch.setattr(notebooks, "FOLDER", folder)
    monkeypatch.setattr(notebooks, "run_notebook", lambda path: nbformat.read(path, as_version=4))
    notebooks.main()
    kept = nbformat.read(folder / "a.ipynb", as_version=4)
    assert kept.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }
    assert kept.cells[0].metadata == {}
    assert "a.ipynb is run" in capsys.readouterr().err


# ── The closed economy in theory ─────────────────────────────────────────────────────────────────


def test_growth_is_defined_for_three_readings_and_shares_between_0_and_1():
    given = Parameters()
    with pytest.raises(ValueError, match="formula 'social' is unknown: it is one of "):
        return_on_investment("social", given)
    for tau in (0.0, 1.0, [0.5, 1.5]):
        with pytest.raises(ValueError, match="τ must lie between 0 and 1, both excluded"):
            growth_rate("private", given, tau)
    with pytest.raises(ValueError, match="no balanced growth with closed_external_effect above 0"):
        output_per_wealth(given.changed(closed_external_effect=0.1))
    tau = np.array([0.2, 0.5])
    needed = saving_needed("planner", given, tau)
    growth = growth_rate("planner", given, tau)
    np.testing.assert_allclose(
        needed * output_per_wealth(given, tau), growth + given.closed_depreciation, rtol=1e-12
    )


# ── Small numbers of studies ─────────────────────────────────────────────────────────────────────


def test_changes_of_nothing_are_not_defined():
    assert np.isnan(log_change(np.zeros(2), np.ones(2)))
    assert np.isnan(log_change(np.ones(2), np.zeros(2)))
    assert log_change(np.array([2.0, 2.0]), np.array([1.0, 1.0])) == pytest.approx(100.0 * np.log(2.0))
    assert np.isnan(percent_change(1.0, 0.0))
    assert percent_change(1.5, 1.0) == pytest.approx(50.0)


def test_a_layout_without_centres_has_no_power():
    none = pd.DataFrame(columns=["year", "capacity", "power_use", "served", "price", "green_power"])
    assert layouts._centres(none) == {"centres": 0.0, "capacity": 0.0, "power": 0.0}
    idle = pd.DataFrame(
        [dict(year=2030, capacity=0.0, power_use=0.0, served=0.0, price=1.0, green_power=0.0)]
    )
    assert layouts._centres(idle)["centres"] == 0.0
    dark = idle.assign(capacity=4.0, served=1.0)
    found = layouts._centres(dark)
    assert (found["use"], found["price"]) == (0.25, 1.0)
    assert np.isnan(found["green"])  # no power, no part of it


def test_why_the_share_of_hosts_is_not_met_is_said():
    frame = pd.DataFrame({"multiple": [0.5, 1.0], "utilisation": [0.9, 0.7], "contribution": [0.2, 0.1]})
    reached = compute._why_not(frame, 0.3, compute.FAILS + "?", 0.4)
    assert reached == "two standard errors reach the published range, the mean lies outside it"
    above, below = (compute._why_not(frame, value, compute.FAILS, 0.4) for value in (0.5, 0.3))
    assert above != below
    assert above.endswith("which varies with the hosts' size and capacity")
    assert "use does not fall through 80 %" in compute._why_not(frame, np.nan, compute.FAILS, 0.4)
    nothing = frame.assign(contribution=np.nan)
    assert compute._why_not(nothing, np.nan, compute.FAILS, 0.4) == (
        "no centre of the scenario opens in these cities"
    )
