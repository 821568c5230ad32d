"""Known vulnerabilities of the dependencies, where a list of them is available."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests import ROOT
from tests.support.long_version import FULL, Note

WHAT = "known weaknesses of dependencies (pip-audit)"


def audit(answer: str) -> tuple[int, list[str]]:
    """Packages that were looked up, and each weakness found, in the JSON that pip-audit prints."""
    packages = json.loads(answer)["dependencies"]
    known = [package for package in packages if "skip_reason" not in package]
    found = [f"{one['name']} {one['version']}: {weak['id']}" for one in known for weak in one["vulns"]]
    return len(known), found


@pytest.mark.skipif(not FULL, reason="part of make reliability: it asks the network")
def test_no_weakness_of_a_dependency_is_known(note: Note):
    """Where the list cannot be had nothing is known, and the ledger says so; that is no failure of ours."""
    words = [
        "--requirement",
        "constraints.txt",
        "--no-deps",
        "--disable-pip",
        "--format",
        "json",
        "--timeout",
        "20",
    ]
    looked, found, why = 0, [], "no answer within 10 minutes"
    for service in ("pypi", "osv"):
        try:
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip_audit",
                    *words,
                    "--vulnerability-service",
                    service,
                    "--progress-spinner",
                    "off",
                ],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=600,
            )
            looked, found = audit(done.stdout)
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            continue
        if looked:
            break
        why = "its list could not be had"
    if not looked:
        note(what=WHAT, count=0, faults=f"not known: {why}")
        pytest.skip(why)
    note(what=WHAT, count=looked, faults=len(found))
    assert not found, "\n".join(found)


def test_an_answer_without_a_list_is_not_taken_for_a_clean_one():
    skipped = {"name": "a", "skip_reason": "Dependency not found on PyPI and could not be audited: a (1.0)"}
    clean = {"name": "b", "version": "2.0", "vulns": []}
    weak = {"name": "c", "version": "3.0", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}
    assert audit(json.dumps({"dependencies": [skipped]})) == (0, [])
    assert audit(json.dumps({"dependencies": [skipped, clean, weak]})) == (2, ["c 3.0: PYSEC-1"])
