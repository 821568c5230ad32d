"""The lists of mutants are of this model, enough are killed, and the runner tells a gap from a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="needs cosmic-ray: pip install 'computeleap[reliability]'")

from model.version import VERSION
from tests.mutation import mutant_list
from tests.mutation.mutants import GROUPS, mutants_of

RENEW = "run python tests/mutation/__main__.py"
HERE = Path(__file__).parent
RULES = "tests/agents/test_centre_investment.py::test_rule_by_hand"
STRIDES = "tests/agents/test_closed_economy.py::test_worked_by_hand"
# In a process of its own: a place where tests fork is no place for the rest of the tests.
THREE = f"""
import json, sys
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1])!r}]
import mutant_runs, mutation
wanted = json.loads(sys.argv[1])
mutants = [one for module in sorted({{at[0] for at in wanted}}) for one in mutation.mutants_of(module)]
lines = [mutation.original(one.module).splitlines()[one.line - 1].strip() for one in mutants]
chosen = [one for one, line in zip(mutants, lines) if [one.module, one.operator, line] in wanted]
rows = []
mutant_runs.run("rules", chosen, 1, 5.0, lambda one, found: rows.append([one.module, one.operator, found]),
                lambda said: None, ({RULES!r}, {STRIDES!r}), keep=False)
print("rows", json.dumps(rows))
"""


@pytest.fixture(scope="module")
def stored():
    return json.loads(mutant_list.STORE.read_text(encoding="utf-8"))["groups"]


@pytest.mark.parametrize("group", GROUPS)
def test_enough_mutants_are_killed(stored, group):
    one = stored[group]
    assert one["version"] == VERSION, f"the list of mutants is of another version of the model: {RENEW}"
    parts = [(m["mutants"], m["tried"], m["killed"]) for m in one["modules"].values()]
    assert [one["killed_share"], *one["interval"]] == list(mutant_list.estimate(parts))
    assert one["killed_share"] >= mutant_list.ENOUGH, f"too many survive: {RENEW}"
    assert one["tried"] >= 300
    assert set(one["modules"]) == {
        module for module in GROUPS[group] if any(True for _ in mutants_of(module))
    }


@pytest.mark.parametrize("group", GROUPS)
def test_the_lists_agree(stored, group):
    one = stored[group]
    lines = [line for line in mutant_list.read_all() if line["group"] == group]
    survived = [line for line in lines if line["outcome"] == "survived"]
    assert (len(lines), len(survived)) == (one["tried"], one["survived"])
    assert len(one["survivors"]) == one["survived"] == one["tried"] - one["killed"]
    assert all(line["by"] for line in lines if line["outcome"] == "killed")


def test_the_page_lists_every_survivor(stored):
    assert mutant_list.PAGE.read_text(encoding="utf-8") == mutant_list.page({"groups": stored})


def test_modules_weigh_by_their_mutants():
    # a tenth of each is known; of the third nothing
    share, low, high = mutant_list.estimate([(1000, 100, 90), (100, 10, 5), (7, 0, 0)])
    assert share == pytest.approx((10 * 0.9 + 0.5) / 11, abs=5e-5)
    part = 91 / 102
    variance = (10 / 11) ** 2 * part * (1 - part) / 100 * 0.9 + (1 / 11) ** 2 * 0.25 / 10 * 0.9
    assert (low, high) == pytest.approx(
        (share - 1.96 * variance**0.5, share + 1.96 * variance**0.5), abs=1e-4
    )


def test_what_was_tried_in_full_is_known():
    assert mutant_list.estimate([(20, 20, 18)]) == (0.9, 0.9, 0.9)


def test_a_gap_is_seen_and_a_good_test_kills():
    """A quotient made a product, a constant outside functions, a comparison that makes no difference."""
    wanted = {
        (
            "agents/centre_investment.py", "ReplaceBinaryOperator_Div_Mul",
            "busy = local_utilisation / target_utilisation",
        ),
        ("agents/closed_economy.py", "NumberReplacer", "QUARTER_YEARS = 0.25"),
        (
            "agents/centre_investment.py", "ReplaceComparisonOperator_Gt_GtE",
            "margin = margin * (1.0 - surplus_share) if margin > 0.0 else margin",
        ),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", THREE, json.dumps(sorted(wanted))],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    line = next((line for line in done.stdout.splitlines() if line.startswith("rows ")), None)
    assert line, done.stderr
    outcomes = sorted((operator, row["outcome"]) for _, operator, row in json.loads(line[5:]))
    assert outcomes == [
        ("NumberReplacer", "killed"), ("NumberReplacer", "killed"),
        ("ReplaceBinaryOperator_Div_Mul", "killed"), ("ReplaceComparisonOperator_Gt_GtE", "survived"),
    ]  # fmt: skip
