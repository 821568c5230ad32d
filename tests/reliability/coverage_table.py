"""How much of the code the tests run: lines and branches, by file, and the committed table of it.

``python tests/reliability/coverage_table.py --write`` runs all tests under coverage.py (half an hour on two
cores) and writes docs/bench/coverage.json. ``make reliability`` does so too. What is measured, and what is
left out, stands in pyproject.toml under ``tool.coverage``.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / "docs" / "bench" / "coverage.json"
PACKAGES = ("model", "agents", "experiments")
ENOUGH = 95.0  # percent of the lines and branches of each package
COUNTS = ("lines", "branches", "lines_run", "branches_run")
PARTS = ("packages", "files")
CALLED = {
    "lines": "num_statements", "branches": "num_branches",
    "lines_run": "covered_lines", "branches_run": "covered_branches",
}  # fmt: skip


def measure(arguments: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run all tests under coverage.py, in processes of their own; the report as coverage.py writes it.

    Raises:
        RuntimeError: a test fails; its last words are in the sentence.
    """
    with tempfile.TemporaryDirectory(prefix="coverage-") as folder:
        environment = {**os.environ, "COVERAGE_FILE": f"{folder}/data", "PYTHONPATH": str(ROOT)}
        # The short version of the tests, as the long one would measure itself, and what only this measures.
        environment["RELIABILITY"] = "measured"
        for name in ("RELIABILITY_LEDGER", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
            environment.pop(name, None)
        coverage = [sys.executable, "-m", "coverage"]
        tests = ["-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider"]
        tests += ["--ignore=tests/reliability/test_coverage.py", *arguments]  # it looks at the old table
        for what in (["run", *tests], ["combine", "--quiet"], ["json", "--quiet", "-o", f"{folder}/report"]):
            done = subprocess.run(
                [*coverage, *what], cwd=ROOT, env=environment, capture_output=True, text=True
            )
            if done.returncode:
                raise RuntimeError(f"coverage {what[0]}: {done.stdout[-4000:]}{done.stderr[-2000:]}")
        report: dict[str, Any] = json.loads(Path(folder, "report").read_text(encoding="utf-8"))
        return report


def table(report: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a report: counts of every file, and which lines and branches no test runs."""
    files = {}
    for path, found in sorted(report["files"].items()):
        missing = [str(line) for line in found["missing_lines"]]
        unseen = set(found["missing_lines"])
        # A branch of a line that never ran says nothing more.
        missing += [f"{a}->{'exit' if b < 0 else b}" for a, b in found["missing_branches"] if a not in unseen]
        files[path.replace(os.sep, "/")] = {name: found["summary"][CALLED[name]] for name in COUNTS} | {
            "not_run": ", ".join(missing)
        }
    return {
        "version": VERSION,
        "date": datetime.date.today().isoformat(),
        "python": sys.version.split()[0],
        "coverage": report["meta"]["version"],
        "packages": {name: counted(files, name) for name in PACKAGES},
        "files": files,
    }


def counted(files: Mapping[str, Mapping[str, Any]], package: str) -> dict[str, float]:
    """Counts of a package: the sums over its files, and the percent of lines and branches that were run."""
    of = [counts for path, counts in files.items() if path.startswith(f"{package}/")]
    sums = {name: sum(int(counts[name]) for counts in of) for name in COUNTS}
    whole = sums["lines"] + sums["branches"]
    return {**sums, "percent": round(100.0 * (sums["lines_run"] + sums["branches_run"]) / max(1, whole), 2)}


def sources() -> set[str]:
    """Every file of the three packages, as the table names it."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix() for path in found}


def wrong(known: Mapping[str, Any]) -> list[str]:
    """What is wrong with a table: of another version, a file unknown or gone, a package not run enough."""
    found = []
    if known["version"] != VERSION:
        found.append(f"it is of version {known['version']}, the model is version {VERSION}")
    found += [f"{path} is not in it" for path in sorted(sources() - set(known["files"]))]
    found += [f"{path} is gone" for path in sorted(set(known["files"]) - sources())]
    for package in PACKAGES:
        percent = counted(known["files"], package)["percent"]
        if percent != known["packages"][package]["percent"]:
            found.append(f"{package}: the files give {percent} percent, the table says otherwise")
        if percent < ENOUGH:
            found.append(f"{package}: {percent} percent of lines and branches were run, not {ENOUGH:g}")
    return found


def read() -> dict[str, Any]:
    """The committed table."""
    known: dict[str, Any] = json.loads(STORE.read_text(encoding="utf-8"))
    return known


def write(known: Mapping[str, Any]) -> None:
    """Write the table, a line a package and a file, so that a change of one is a change of its line."""
    lines = [f' "{name}": {json.dumps(value)}' for name, value in known.items() if name not in PARTS]
    for part in PARTS:
        rows = ",\n".join(f'  "{name}": {json.dumps(counts)}' for name, counts in known[part].items())
        lines.append(f' "{part}": {{\n{rows}\n }}')
    STORE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/reliability/coverage_table.py --write")
    write(table(measure()))
