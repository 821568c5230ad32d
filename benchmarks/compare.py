"""The reduced economy timed in every tool, side by side: ``python -m benchmarks.compare``.

Every tool first passes the equivalence gate. Then each has one process for each size, alive
through all rounds; in every round the processes take turns in random order, one at a time, so that a busy
moment of the machine does not fall on one tool. The metric is time of the process per firm and step (ns), on
one core; setting up the first state is not counted. Slow tools run fewer steps and rounds; the table says
how many.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import random  # noqa: TID251  (shuffles the order of the rounds, not a draw of a model)
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import REFERENCE, TOOLS, YARDSTICK
from benchmarks.equivalence_gate import FIRMS, REFERENCE_SEEDS, SEEDS, failures, judge
from benchmarks.tool_process import Worker, WorkerError, cores
from benchmarks.tools.reduced_economy import MOVE_EVERY, STEPS
from experiments.storage.json_file import json_text

COLUMNS = (
    "tool",
    "label",
    "firms",
    "steps",
    "rounds",
    "ns_min",
    "ns_median",
    "wall_ns_median",
    "ratio",
    "peak_mb",
    "first_seconds",
    "import_seconds",
    "lines",
    "status",
)


@dataclass
class Racer:
    """One tool at one size, with what was measured of it."""

    tool: str
    firms: int
    worker: Worker
    steps: int = 0
    rounds: int = 0
    first_seconds: float = 0.0
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)

    def round(self, seed: int) -> None:
        """Run once more."""
        found = self.worker.ask("round", firms=self.firms, steps=self.steps, seed=seed)
        self.cpu.append(found["cpu"])
        self.wall.append(found["wall"])
        self.whole.append(found["whole"])
        self.peak.append(found["peak_mb"])

    def warm_up(self, steps: int, rounds: int, budget: float) -> None:
        """Compile, and find how many steps and rounds the budget of seconds allows."""
        short = min(steps, MOVE_EVERY)
        first = self.worker.ask("round", firms=self.firms, steps=short, seed=0)
        again = (
            self.worker.ask("round", firms=self.firms, steps=short, seed=0)
            if first["whole"] < budget
            else first
        )
        spent = max(0.0, first["whole"] - again["whole"])
        each, around = again["wall"] / short, again["whole"] - again["cpu"]
        affordable = int((budget / rounds - around) / each) if each > 0.0 else steps
        self.steps = steps if affordable >= steps else max(short, affordable // short * short)
        cost = each * self.steps + around
        self.rounds = max(min(3, rounds), min(rounds, int(budget / cost))) if cost > 0.0 else rounds
        if self.steps != short and spent > 0.1:
            # Tools that compile do so for a number of steps; the cost reported is that of the one in use.
            longer = self.worker.ask("round", firms=self.firms, steps=self.steps, seed=0)
            spent = max(spent, longer["whole"] - cost)
        self.first_seconds = spent

    def row(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """The table's text."""
        unit = 1e9 / (self.firms * self.steps)
        return {
            "steps": self.steps,
            "rounds": len(self.cpu),
            "ns_min": min(self.cpu) * unit,
            "ns_median": statistics.median(self.cpu) * unit,
            "wall_ns_median": statistics.median(self.wall) * unit,
            "peak_mb": max(self.peak),
            "first_seconds": self.first_seconds,
            "import_seconds": about["import_seconds"],
            "lines": about["lines"],
            "status": "timed",
        }


def machine() -> dict[str, Any]:
    """The conditions of the measurement: processor, cores, memory, system, compiler, packages, load, date."""
    found: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor() or "unknown",
        "cores": len(cores()),
        "memory_gib": round(int((_first("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 2**20, 1),
        "system": f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}",
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 1),
        "numpy": version("numpy"),
    }
    try:
        from benchmarks.tools import c_model

        found["gcc"] = c_model.gcc_version()
        found["gcc_flags"] = " ".join(c_model.flags())
    except (ImportError, OSError):
        found["gcc"] = "not installed"
    return found


def _first(path: str, key: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def say(text: str) -> None:
    """Report progress on standard error."""
    print(text, file=sys.stderr, flush=True)


def admit(names: Sequence[str], core: int) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Status of each tool, "passed" or why it is not timed, and what its worker says about itself."""
    reference: Mapping[str, list[float]] | None = None
    status: dict[str, str] = {}
    about: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys((REFERENCE, *names)):
        reason = TOOLS[name].missing()
        if reason:
            status[name] = f"skipped: {reason}"
        else:
            worker = Worker(name, core)
            try:
                about[name] = worker.ask("about")
                if reference is None:
                    asked = dict(seeds=REFERENCE_SEEDS, firms=FIRMS, steps=STEPS)
                    reference = worker.ask("gate", **asked)["sample"]
                found = worker.ask("gate", seeds=SEEDS, firms=FIRMS, steps=STEPS)["sample"]
                wrong = failures(judge(reference, found))
                status[name] = f"failed the gate: {wrong}" if wrong else "passed"
            except WorkerError as error:
                status[name] = f"failed: {error}"
            finally:
                worker.close()
        say(f"gate: {name}: {status[name]}")
    return {name: status[name] for name in names}, about


def race(
    names: Sequence[str], firms: int, given: argparse.Namespace, about: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Time the tools at one size: tool → row."""
    rows: dict[str, dict[str, Any]] = {}
    racers: list[Racer] = []
    for name in names:
        if firms > TOOLS[name].most_firms:
            rows[name] = {"status": f"too slow to be timed above {TOOLS[name].most_firms:,} firms"}
            continue
        racer = Racer(name, firms, Worker(name, given.core))
        try:
            racer.warm_up(given.steps, given.rounds, given.budget)
            racers.append(racer)
            say(f"{firms:,} firms: {name}: {racer.steps} steps, {racer.rounds} rounds")
        except WorkerError as error:
            rows[name] = {"status": f"failed: {error}"}
            racer.worker.close()
    order = random.Random(0)
    for k in range(given.rounds):
        turn = [racer for racer in racers if k < racer.rounds and racer.tool not in rows]
        order.shuffle(turn)
        for racer in turn:
            try:
                racer.round(seed=k + 1)
            except WorkerError as error:
                rows[racer.tool] = {"status": f"failed: {error}"}
    for racer in racers:
        racer.worker.close()
        rows.setdefault(racer.tool, racer.row(about[racer.tool]) if racer.cpu else {"status": "not timed"})
    base = rows.get(YARDSTICK, {}).get("ns_min")
    for row in rows.values():
        if base and "ns_min" in row:
            row["ratio"] = row["ns_min"] / base
    return rows


def markdown(table: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """The table for people, with all that is needed to judge it."""
    sizes = sorted(table["firms"].unique())
    head = ["tool", *(f"{size:,} firms" for size in sizes), f"ratio to C at {sizes[-1]:,}"]
    head += [f"peak MB at {sizes[-1]:,}", "first call, s", "lines"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    notes = []
    for name in table["tool"].unique():
        rows = table[table["tool"] == name].set_index("firms")
        timed = rows[rows["status"] == "timed"]
        for status in rows.loc[rows["status"] != "timed", "status"].unique():
            notes.append(f"- {rows['label'].iloc[0]}: {status}.")
        if timed.empty:
            continue
        short = timed[(timed["steps"] < about["steps"]) | (timed["rounds"] < about["rounds"])]
        for size, row in short.iterrows():
            notes.append(
                f"- {row['label']} at {size:,} firms: {row['rounds']:.0f} rounds of {row['steps']:.0f} steps."
            )
        cells = [
            f"{timed.loc[size, 'ns_min']:.1f} / {timed.loc[size, 'ns_median']:.1f}"
            if size in timed.index
            else "–"
            for size in sizes
        ]
        last = timed.loc[sizes[-1]] if sizes[-1] in timed.index else None
        cells += ["–", "–"] if last is None else [f"{last['ratio']:.2f}", f"{last['peak_mb']:.0f}"]
        cells += [f"{timed['first_seconds'].max():.1f}", f"{timed['lines'].iloc[0]:.0f}"]
        lines.append(f"| {timed['label'].iloc[0]} | " + " | ".join(cells) + " |")
    facts = [f"- {key.replace('_', ' ')}: {value}" for key, value in about.items() if key != "gate"]
    gate = [f"- {name}: {status}" for name, status in about["gate"].items()]
    return "\n".join(
        [
            "# The reduced economy, side by side",
            "",
            "Time of the process in ns per firm and step, min / median, on one core. The ratio is of",
            "minima; the peak is above the process after its imports; the first call is the time that",
            "compiling adds; lines are those a modeller writes. Sorted by the largest size.",
            "",
            *lines,
            "",
            *notes,
            "",
            "## Machine and versions",
            "",
            *facts,
            "",
            f"## Equivalence gate ({FIRMS:,} firms, {STEPS} steps, {len(SEEDS)} seeds)",
            "",
            *gate,
            "",
        ]
    )


def write(folder: Path, name: str, table: pd.DataFrame, about: Mapping[str, Any], text: str) -> None:
    """Write ``name``.parquet, .json and .md."""
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / f"{name}.parquet", index=False)
    rows = json.loads(table.to_json(orient="records"))
    (folder / f"{name}.json").write_text(json_text({"about": about, "rows": rows}), encoding="utf-8")
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Time every tool at every size and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    parser.add_argument("--firms", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument(
        "--budget", type=float, default=60.0, help="seconds for all rounds of a tool at one size"
    )
    parser.add_argument("--core", type=int, default=cores()[-1], help="core on which the workers run")
    given = parser.parse_args(arguments)
    about = machine()
    status, described = admit(given.tools, given.core)
    versions = {name: text for tool in described.values() for name, text in tool["versions"].items()}
    about |= {**versions, "steps": given.steps, "rounds": given.rounds, "gate": status}
    admitted = [name for name in given.tools if status[name] == "passed"]
    rows = []
    for firms in sorted(given.firms):
        timed = race(admitted, firms, given, described)
        for name in given.tools:
            row = timed.get(name, {"status": status[name]})
            rows.append({"tool": name, "label": TOOLS[name].label, "firms": firms, **row})
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    size = table["firms"].max()
    at_largest = table[table["firms"] == size].set_index("tool")["ns_min"]
    at_smallest = table[table["firms"] == table["firms"].min()].set_index("tool")["ns_min"]
    place = at_largest.fillna(at_smallest * 1e6)  # those that do not reach the largest size come last
    table["place"] = table["tool"].map(place)
    table = table.sort_values(["place", "firms"], kind="stable").drop(columns="place")
    about["load_at_end"] = round(os.getloadavg()[0], 1)
    text = markdown(table, about)
    write(given.out, "compare", table, about, text)
    print(text)


if __name__ == "__main__":
    main()
