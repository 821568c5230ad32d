"""The tool for mutation testing: it tells a gap from a test, and its score is that of the modules."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests import ROOT
from tests.mutation import score

RULES = "tests/agents/test_centre_investment.py::test_rule_by_hand"
STRIDES = "tests/agents/test_closed_economy.py::test_worked_by_hand"


def test_modules_weigh_by_their_mutants():
    # a tenth of each is known; of the third nothing
    share, low, high = score.estimate([(1000, 100, 90), (100, 10, 5), (7, 0, 0)])
    assert share == pytest.approx((10 * 0.9 + 0.5) / 11, abs=5e-5)
    part = 91 / 102
    variance = (10 / 11) ** 2 * part * (1 - part) / 100 * 0.9 + (1 / 11) ** 2 * 0.25 / 10 * 0.9
    assert (low, high) == pytest.approx(
        (share - 1.96 * variance**0.5, share + 1.96 * variance**0.5), abs=1e-4
    )


def test_what_was_tried_in_full_is_known():
    assert score.estimate([(20, 20, 18)]) == (0.9, 0.9, 0.9)


def test_the_artefact_keeps_the_other_groups(tmp_path):
    rows = [
        {"module": "agents/a.py", "line": 1, "outcome": "killed"},
        {"module": "agents/a.py", "line": 2, "outcome": "hang"},
        {"module": "agents/a.py", "line": 3, "outcome": "survived", "was": "a < b", "is": "a <= b"},
    ]
    found = score.summary(rows, {"agents/a.py": 3, "agents/b.py": 2}, seed=1)
    assert (found["tried"], found["killed"], found["hung"], found["survived"], found["mutants"]) == (
        3,
        2,
        1,
        1,
        5,
    )
    assert found["survivors"] == [{"module": "agents/a.py", "line": 3, "was": "a < b", "is": "a <= b"}]
    assert score.line("rules", found) == (
        "mutants of rules: 66.7 % killed (2 of 3 tried, 5 in all; 95 % interval 66.7 to 66.7 %)"
    )
    for group in ("rules", "markets"):
        score.write(group, found, tmp_path / "mutants.json")
    assert set(json.loads((tmp_path / "mutants.json").read_text(encoding="utf-8"))) == {"rules", "markets"}


def test_every_group_has_modules_and_tests():
    mutants = needs_cosmic_ray()
    for group, modules in mutants.GROUPS.items():
        assert all((ROOT / module).exists() for module in modules)
        assert modules
        assert all((ROOT / tests).exists() for tests in mutants.TESTS[group])


def needs_cosmic_ray():
    pytest.importorskip("cosmic_ray", reason="needs cosmic-ray: pip install 'computeleap[reliability]'")
    from tests.mutation import mutants

    return mutants


def test_a_gap_is_seen_and_a_good_test_kills():
    """A quotient made a product, a constant outside functions, a comparison that makes no difference."""
    needs_cosmic_ray()
    wanted = [
        (
            "agents/centre_investment.py",
            "ReplaceBinaryOperator_Div_Mul",
            "busy = local_utilisation / target_utilisation",
        ),
        ("agents/closed_economy.py", "NumberReplacer", "QUARTER_YEARS = 0.25"),
        (
            "agents/centre_investment.py",
            "ReplaceComparisonOperator_Gt_GtE",
            "margin = margin * (1.0 - surplus_share) if margin > 0.0 else margin",
        ),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.programs.chosen_mutants", RULES, STRIDES],
        cwd=ROOT,
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("rows ")), None)
    assert line, done.stderr
    assert json.loads(line[5:]) == [
        ["NumberReplacer", "killed"],
        ["NumberReplacer", "killed"],
        ["ReplaceBinaryOperator_Div_Mul", "killed"],
        ["ReplaceComparisonOperator_Gt_GtE", "survived"],
    ]
