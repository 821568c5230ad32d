"""The lists of mutants that are kept with the project: survivors with reasons, all by place."""

from __future__ import annotations

import csv
import datetime
import importlib.metadata
import json
import math
import platform
import re
from pathlib import Path
from typing import Any

from model.version import VERSION
from tests.mutation.mutants import GROUPS, ROOT, mutants_of

STORE, ALL = ROOT / "docs" / "bench" / "mutants.json", ROOT / "docs" / "bench" / "mutants.csv"
PAGE = ROOT / "docs" / "mutants.md"
ENOUGH = 0.85
COLUMNS = ("group", "module", "line", "column", "operator", "outcome", "by")

# Why nobody could notice a survivor: start of its module's path, what stood there, what stands there, reason.
REASONS: tuple[tuple[str, str, str, str], ...] = (
    ("", r"> 0\.5", ">= 0.5", "the column or parameter is 0 or 1"),
    ("", r"< 0\.5", "<= 0.5", "the column or parameter is 0 or 1"),
    ("", r"nation_(\w+)\[0\]", r"nation_\1\[-1\]", "the country is one row"),
    ("", r"== 0(\.0)?(?![.\d])", r"<= 0\1", "it is never below 0"),
    ("", r"(kind|k) == ([12])", r"\1 <= \2", "the smaller numbers were asked for before"),
    ("model/", r"== (scratch_best\[s\]|cheapest)", r"<= \1", "a lower one was asked for before"),
    ("model/", r"< low:", "<= low:", "the same number is put in its place"),
    ("model/building", r"best, most = -1,", "best, most = -2,", "any number below 0 says that there is none"),
    ("model/compute_market", r"= 0\.0", "= -1.0", "asked for only once it is above 0"),
    ("model/compute_exchange", r"step == 0", "step == -1", "the range is one number then"),
    ("model/compute_exchange", r"STEPS = 40", r"STEPS = (39|41)", "below the precision that is promised"),
    ("model/labour_market", r"\+ (\d)\)? \* cities\]", ".*", "the loop ends with the cities"),
    ("model/labour_market", r": (\d) \* cities\]", ".*", "the loop ends with the cities"),
    ("model/labour_market", r"else 0\.0", r"else (1|-1)\.0", "then nothing is near, and all products are 0"),
    ("model/labour_market", r"range\(200\)", r"range\((199|201)\)", "it has converged long before"),
    ("model/labour_market", r"break", "continue", "more rounds change the last digits alone"),
    ("model/labour_market", r"< 1e-10", ".*", "more rounds change the last digits alone"),
    (
        "model/labour_market",
        r"worst = 0\.0",
        r"worst = (1|-1)\.0",
        "more rounds change the last digits alone",
    ),
    ("model/labour_market", r"- 1\.0\)", r"(\+ 1|- [02])\.0\)", "more rounds change the last digits alone"),
    ("model/compute_exchange", r"> high", ">= high", "the same number is put in its place"),
    ("model/compute_exchange", r"< least\)", r"<= least\)", "the same number is put in its place"),
    ("model/compute_exchange", r"least > 0\.0", r"least >= 0\.0", "nothing is added"),
    ("model/compute_delivery", r"\[p\] > 0\.0", r"\[p\] >= 0\.0", "nothing is added"),
    ("model/compute_market", r"< 0\.0:", r"<= 0\.0:", "the same number is put in its place"),
    ("model/compute_market", r"offers > 0", "offers (>= 0|> -1)", "without offers nobody asks"),
    ("model/value_chain", r"\+= 1\.0", r"\+= 2\.0", "shares do not depend on the unit"),
    ("model/value_chain", r", 0\.0\)", r", -1\.0\)", "a rung is never below 0"),
    ("model/compute_market", r"> 1e-12", ">= 1e-12", "no sum comes to just this number"),
    ("model/products", r"\+ (\d)\)? \* cities\]", ".*", "the loop ends with the cities"),
    ("model/products", r": row \+ (\d) \* cities\]", ".*", "the loop ends with the cities"),
    ("model/products", r"quads = cities // 4", "quads = cities // 5", "the rest is added in the same order"),
    ("model/products", r"range\(2 \* pairs", r"range\(1 \* pairs", "rows are written again, the same"),
    ("model/value_chain", r"range\(2\)", r"range\(3\)", "looking again finds the same candidate"),
    ("model/value_chain", r"if sales > 0\.0 else 0\.0", "if sales > 0.0 else 1.0", "1·ln 1 is nothing"),
    ("agents/value_chain", r"else 0\.0", "else -1.0", "what is below 0 becomes 0 in the next line"),
    ("agents/closed_economy", r"else 0\.0", "else -1.0", "what is below 0 becomes 0 in the next lines"),
    ("experiments/", r"> 0, (\w+), 1\.0\)", r"> 0, \1, (0|2)\.0\)", "what is put in is not taken"),
    ("experiments/", r"> 1e-12, start, 1\.0\)", r"> 1e-12, start, (0|2)\.0\)", "what is put in is not taken"),
    ("experiments/inequality", r"relative, 1\.0\)", r"relative, (0|2)\.0\)", "it is multiplied by 0"),
    ("experiments/", r"strict=True", "strict=False", "the two are of one length"),
    ("experiments/clubs", r"range\(3, .*", r"range\(2, .*", "a group is tested again, with the same t"),
    ("experiments/clubs", r"start \+ 1\):", r"start \+ 2\):", "a group is tested again, with the same t"),
    (
        "experiments/clubs",
        r"- start \+ 1\):",
        r"[+*] start \+ 1\):",
        "a group is tested again, with the same t",
    ),
    ("experiments/clubs", r"max\(0\.0,", r"max\(-1\.0,", "a variance is never below 0 but by rounding"),
    ("experiments/convergence", r"initial=0\.0", r"initial=-1\.0", "sizes are never below 0"),
    ("experiments/convergence_tables", r"tables\[0\]\[0\]", r"tables\[.*", "all tables have the same rows"),
    ("experiments/metrics", r"by_seed\[0\]\[0\]", r"by_seed\[.*", "all have the same indices"),
    ("experiments/inequality", r"1e-9 \* max\(1\.0, whole\)", ".*", "what is held to it is rounding alone"),
    (
        "experiments/heterogeneity",
        r"== \"high\"",
        r"<= \"high\"",
        "the other word is low, which comes after it",
    ),
    ("experiments/heterogeneity", r"ignore_index=True", "ignore_index=False", "numbered anew by the merge"),
    (
        "experiments/mobility",
        r"classes - 1\)",
        r"classes - 0\)",
        "half a city is above the top of each class",
    ),
    ("experiments/leaps", r"> 1 for r in", ">= 1 for r in", "what does not vary has no correlation anyway"),
    ("agents/elementary", r"0x7FF8000000000000", r"9221120237041090561", "undefined either way"),
    ("agents/elementary", r"18014398509481984\.0", r"1\.8014398509481984e\+16", "the same number"),
    ("agents/", r"(draw_\w+) < ", r"\1 <= ", "a draw is just this number once in 2⁵³"),
    ("agents/closed_economy", r"price_stride > 0\.0", r"price_stride >= 0\.0", "a stride is never 0"),
    ("agents/elementary", r"800\.0", r"(801|799)\.0", "infinite, or 0, either way"),
    ("agents/firm", r"else 0\.0", "else 1.0", "without arrivals nothing is innovated"),
    ("agents/technique", r"\* sign", "/ sign", "the sign is 1 or −1"),
    ("agents/building", r"(margin|surplus) > 0\.0", r"\1 >= 0.0", "a part of nothing is nothing"),
    ("agents/building", r"behind > 0\.0", "behind >= 0.0", "a part of nothing is nothing"),
)


def reason(row: dict[str, Any]) -> str:
    """Why nobody could notice the mutant; empty if somebody could."""
    was, now = (re.sub(r"\s+", "", row.get(name) or "") for name in ("was", "is"))
    for module, old, new, why in REASONS:
        if not row["module"].startswith(module):
            continue
        for found in re.finditer(old.replace(" ", ""), was):
            kept = [re.escape(part or "") for part in found.groups()]
            expected = re.sub(r"\\(\d)", lambda one, kept=kept: kept[int(one[1]) - 1], new.replace(" ", ""))
            before, behind = re.escape(was[: found.start()]), re.escape(was[found.end() :])
            if now != was and re.fullmatch(f"{before}(?:{expected}){behind}", now):
                return why
    return ""


def estimate(parts: list[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Share of all mutants that would be killed, and its 95 % interval, from a sample of each module.

    ``parts``: (mutants of the module, tried, killed). Modules weigh by their mutants; what is tried
    of a module is drawn without replacement. A module's variance is that of one killed and one survivor
    more, so that none looks certain. [Cochran 1977, Sampling Techniques, chapter 5]
    """
    whole = sum(size for size, tried, _ in parts if tried)
    share = sum(size / whole * killed / tried for size, tried, killed in parts if tried)
    variance = 0.0
    for size, tried, killed in parts:
        if tried:
            part = (killed + 1) / (tried + 2)
            variance += (size / whole) ** 2 * part * (1.0 - part) / tried * (1.0 - tried / size)
    half = 1.959964 * math.sqrt(variance)
    return round(share, 4), round(max(0.0, share - half), 4), round(min(1.0, share + half), 4)


def counted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many were tried, killed, ended for their time or memory, and survived."""
    hung = sum(row["outcome"] == "hang" for row in rows)
    killed = hung + sum(row["outcome"] == "killed" for row in rows)
    return {"tried": len(rows), "killed": killed, "hung": hung, "survived": len(rows) - killed}


def write(group: str, rows: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    """Put a group's rows in place of the old ones in all three files; its counts."""
    stored = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {"groups": {}}
    counts = counted(rows)
    modules = {}
    for module in GROUPS[group]:
        found = [row for row in rows if row["module"] == module]
        if found:
            modules[module] = {"mutants": len(list(mutants_of(module))), **counted(found)}
    share, *interval = estimate([(m["mutants"], m["tried"], m["killed"]) for m in modules.values()])
    counts |= {
        "mutants": sum(len(list(mutants_of(module))) for module in GROUPS[group]), "seed": seed,
        "killed_share": share, "interval": interval, "enough": share >= ENOUGH,
        "version": VERSION, "date": datetime.date.today().isoformat(),
        "python": platform.python_version(), "cosmic_ray": importlib.metadata.version("cosmic-ray"),
        "modules": modules,
        "survivors": [
            {name: row.get(name, "") for name in ("module", "line", "was", "is")} | {"reason": reason(row)}
            for row in rows
            if row["outcome"] not in ("killed", "hang")
        ],
    }  # fmt: skip
    stored["groups"][group] = counts
    stored["groups"] = {name: stored["groups"][name] for name in GROUPS if name in stored["groups"]}
    STORE.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    kept = [line for line in read_all() if line["group"] != group] + [listed(group, row) for row in rows]
    with ALL.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(kept, key=lambda line: (list(GROUPS).index(line["group"]), line["module"])))
    PAGE.write_text(page(stored), encoding="utf-8")
    return {name: value for name, value in counts.items() if name not in ("modules", "survivors")}


def listed(group: str, row: dict[str, Any]) -> dict[str, Any]:
    """A mutant as a line of the table of all."""
    outcome = row["outcome"] if row["outcome"] in ("killed", "hang") else "survived"
    by = Path(str(row.get("by", "")).partition("[")[0]).name.replace(".py::", "::")
    names = ("module", "line", "column", "operator")
    return {"group": group, **{name: row[name] for name in names}, "outcome": outcome, "by": by}


def read_all() -> list[dict[str, Any]]:
    """The table of all mutants; empty if there is none yet."""
    if not ALL.exists():
        return []
    with ALL.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(stored: dict[str, Any]) -> str:
    """docs/mutants.md."""
    lines = [
        "# Mutants", "",
        "Made by `python tests/mutation/__main__.py`; what it does: [Reliability](reliability.md).",
        "Every mutant, with the test that killed it, is a line of `docs/bench/mutants.csv`. The share of a",
        "group is that of its modules, each by its number of mutants.", "",
        "| group | mutants | tried | killed | hung | survived | killed, % | 95 % interval | date, model |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for group, one in stored["groups"].items():
        ends = "–".join(f"{100 * end:.1f}" for end in one["interval"])
        lines.append(
            f"| {group} | {one['mutants']:,} | {one['tried']:,} | {one['killed']:,} | {one['hung']:,} | "
            f"{one['survived']:,} | {100 * one['killed_share']:.1f} | {ends} | "
            f"{one['date']}, version {one['version']} |"
        )
    for group, one in stored["groups"].items():
        lines += ["", f"## {group.capitalize()}", ""]
        lines += ["| module | mutants | tried | killed | % |", "|---|---|---|---|---|"]
        for module, part in one["modules"].items():
            counts = [f"{part[name]:,}" for name in ("mutants", "tried", "killed")]
            percent = 100 * part["killed"] / part["tried"]
            lines.append(f"| `{module}` | {' | '.join(counts)} | {percent:.1f} |")
        lines += ["", f"Survivors of {group}:", "", "| where | was | is | reason |", "|---|---|---|---|"]
        for row in one["survivors"]:
            was, now = (cut(row["was"], row["is"]), cut(row["is"], row["was"]))
            lines.append(f"| `{row['module']}:{row['line']}` | {was} | {now} | {row['reason']} |")
    return "\n".join(lines) + "\n"


def cut(text: str, other: str, around: int = 28) -> str:
    """The part of a line that differs from another, with some of what stands beside it, as code."""
    first = next((k for k, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), 0)
    back = next((k for k, (a, b) in enumerate(zip(text[::-1], other[::-1], strict=False)) if a != b), 0)
    start, end = max(0, first - around), min(len(text), max(first + 1, len(text) - back) + around)
    shown = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}".replace("|", "\\|")
    return f"`{shown}`" if shown else ""
