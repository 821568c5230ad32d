"""The tests run nearly all lines and branches of the model, the agents and the experiments."""

from __future__ import annotations

import copy
import time

import coverage_table
import pytest
from common import FULL, Note

RENEW = "run python tests/reliability/coverage_table.py --write"


def test_the_committed_table_is_of_this_version_and_every_package_has_enough():
    assert not coverage_table.wrong(coverage_table.read()), RENEW


def test_a_table_of_too_little_is_refused():
    known = copy.deepcopy(coverage_table.read())
    known["version"] = "0"
    known["files"].pop("model/draws.py")
    known["files"]["model/of_old.py"] = dict.fromkeys(coverage_table.COUNTS, 0)
    known["files"]["agents/firm.py"]["lines_run"] -= 400
    said = coverage_table.wrong(known)
    assert said[0].startswith("it is of version 0")
    assert said[1:3] == ["model/draws.py is not in it", "model/of_old.py is gone"]
    assert any("agents" in one and "were run" in one for one in said)
    assert not any(one.startswith("experiments") for one in said)


def test_a_report_becomes_counts_and_the_places_that_were_not_run():
    summary = dict(num_statements=10, num_branches=4, covered_lines=8, covered_branches=2)
    found = dict(summary=summary, missing_lines=[7, 8], missing_branches=[[3, -1], [7, 9]])
    made = coverage_table.table({"files": {"agents/firm.py": found}, "meta": {"version": "7"}})
    counts = dict(lines=10, branches=4, lines_run=8, branches_run=2)
    assert made["files"] == {"agents/firm.py": {**counts, "not_run": "7, 8, 3->exit"}}
    assert made["packages"]["agents"] == {**counts, "percent": 71.43}


def test_a_table_is_written_a_line_a_file_and_read_again(tmp_path, monkeypatch):
    known = coverage_table.read()
    monkeypatch.setattr(coverage_table, "STORE", tmp_path / "coverage.json")
    coverage_table.write(known)
    assert coverage_table.read() == known
    lines = (tmp_path / "coverage.json").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('  "model/') for line in lines) == sum(
        path.startswith("model/") for path in known["files"]
    )


@pytest.mark.skipif(not FULL, reason="part of make reliability: it runs all tests")
@pytest.mark.parametrize("package", coverage_table.PACKAGES)
def test_nearly_all_is_run(measured, package, note: Note):
    counts, seconds = measured["packages"][package], measured["seconds"]
    enough = counts["percent"] >= coverage_table.ENOUGH
    note(
        what=f"coverage: lines and branches, {package}",
        count=counts["lines"] + counts["branches"],
        share=counts["percent"],
        faults=int(not enough),
        seconds=seconds,
    )
    assert enough, counts


@pytest.fixture(scope="module")
def measured():
    """The table made anew, and how long that took: all tests, once for the three packages."""
    began = time.monotonic()
    made = coverage_table.table(coverage_table.measure())
    coverage_table.write(made)
    return {**made, "seconds": round(time.monotonic() - began)}
