"""The numbers of the article, each read from a committed file of results and given as text.

The text of the article holds calls of these functions and no digit of a result.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.ensemble.parameter_range import IDENTIFIED, WEAKLY, effect_ranges, identifiability, range_of
from experiments.evaluation.audit import coverage_error
from experiments.measures.number_text import estimate, number
from experiments.validation.facts.card_page import LEAST
from experiments.validation.forecast.contest import MODEL, RAW
from experiments.validation.forecast.contest_page import LOST, WON, outcome

Plain = dict[str, Any]  # of a file: plain values by name
WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class ArticleNumbers:
    """The files of results of a folder of documentation, and the functions that the article calls."""

    def __init__(self, docs: Path, found: Ensemble | None = None) -> None:
        self.docs = docs
        self.ensemble = found or shipped_ensemble()

    def _file(self, name: str) -> Plain:
        return dict(json.loads((self.docs / name).read_text(encoding="utf-8")))

    @cached_property
    def validation(self) -> Plain:
        """``validation.json``."""
        return self._file("validation/validation.json")

    @cached_property
    def card(self) -> Plain:
        """``scorecard.json``."""
        return self._file("validation/scorecard.json")

    @cached_property
    def small_card(self) -> Plain:
        """``scorecard_small.json``."""
        return self._file("validation/scorecard_small.json")

    @cached_property
    def audit(self) -> Plain:
        """``audit.json``."""
        return self._file("bench/audit.json")

    @cached_property
    def forecast(self) -> Plain:
        """``forecast.json``."""
        return self._file("bench/forecast.json")

    @cached_property
    def parts(self) -> Plain:
        """``decomposition.json``."""
        return self._file("../experiments/ensemble/data/decomposition.json")

    @cached_property
    def indices(self) -> Plain:
        """``sensitivity.json``."""
        return self._file("bench/sensitivity.json")

    @cached_property
    def ranks(self) -> Plain:
        """``ranks.json``."""
        return self._file("bench/ranks.json")

    @cached_property
    def held_out(self) -> Plain:
        """``coverage.json``."""
        return self._file("bench/coverage.json")

    @cached_property
    def ranges(self) -> pd.DataFrame:
        """The ranges of all effects over members, by effect."""
        return effect_ranges(self.ensemble).set_index("effect")

    def functions(self) -> Mapping[str, Callable[..., str]]:
        """Return the functions that the text may call, by name."""
        given: list[Callable[..., str]] = [self.value, self.measured, self.verdict, self.readme, self.span]
        given += [self.typical, self.same_sign, self.seeds_share, self.passed, self.cell, self.part]
        given += [self.index, self.audit_cell, self.rmse, self.covered, self.contests, self.about]
        given += [self.said, self.far_share]
        return {one.__name__: one for one in given}

    def value(self, identity: str, scenario: str = "actual", kind: str | None = None) -> str:
        """Return mean ± standard error of a row of the validation."""
        row = self._row(identity, scenario, kind)
        return str(estimate(row["measured"], row["se"]))

    def measured(self, identity: str, decimals: int, scenario: str = "actual", factor: float = 1.0) -> str:
        """Return the mean of a row of the validation."""
        return str(number(factor * self._row(identity, scenario)["measured"], decimals))

    def verdict(self, identity: str, scenario: str = "actual") -> str:
        """Return the verdict of a row of the validation."""
        return str(self._row(identity, scenario)["verdict"])

    def _row(self, identity: str, scenario: str, kind: str | None = None) -> Plain:
        for row in self.validation["rows"]:
            if (row["id"], row["scenario"]) == (identity, scenario) and kind in (None, row["kind"]):
                return dict(row)
        raise KeyError(f"no row {identity} of {scenario}")

    def span(self, effect: str) -> str:
        """Return the 90 % range of an effect over parameters."""
        row = self.ranges.loc[effect]
        return f"{number(row['low'], 2, True)} to {number(row['high'], 2, True)}"

    def typical(self, effect: str, which: str = "median") -> str:
        """Return the median of an effect over parameters, or its value at the defaults (``default``)."""
        return str(number(self.ranges.loc[effect][which], 2, True))

    def same_sign(self, effect: str) -> str:
        """Return the share of members, %, that have the sign of the default."""
        row = self.ranges.loc[effect]
        return str(number(100.0 * (row["above_zero"] if row["default"] > 0 else 1.0 - row["above_zero"]), 0))

    def seeds_share(self, effect: str) -> str:
        """Return the seeds' share of the variance of one run, %."""
        return str(number(100.0 * self.ranges.loc[effect]["seeds_share"], 0))

    def passed(self, which: str, small: bool = False) -> str:
        """Return the share of passes, %, of the ``claimed`` facts or of ``all``, with its error over seeds.

        small: of the smaller run.
        """
        card = self.small_card if small else self.card
        share, error = (100.0 * card[f"{name}_{which}"] for name in ("pass", "error"))
        return str(estimate(share, error, signed=False, decimals=1))

    def cell(self, first: str, row: str, column: str) -> str:
        """Return a cell of the table of docs/experiments.md whose first heading and row begin so."""
        lines = (self.docs / "experiments.md").read_text(encoding="utf-8").splitlines()
        heads: list[str] = []
        for line in lines:
            cells = [part.strip().replace("**", "").replace("`", "") for part in line.strip("|").split("|")]
            if not line.startswith("|"):
                heads = []
            elif not heads:
                heads = cells
            elif heads[0] == first and column in heads and cells[0] == row:
                return cells[heads.index(column)]
        raise KeyError(f"no cell {row}, {column} in a table that begins with {first!r}")

    def readme(self, measure: str) -> str:
        """Return mean ± standard error of a line of the results in README.md, without its unit."""
        for line in (self.docs.parent / "README.md").read_text(encoding="utf-8").splitlines():
            if line.startswith(f"| {measure} | "):
                return line.strip("| ").split("|")[1].strip().removesuffix(" %")
        raise KeyError(f"README.md has no line on {measure}")

    def far_share(self) -> str:
        """Return the share of members, %, in which far cities gain more than near ones (C13)."""
        members, defaults = (
            rows["C13"].to_numpy(dtype=float) for rows in (self.ensemble.members, self.ensemble.defaults)
        )
        return str(number(100.0 * range_of(members, float(np.nanstd(defaults, ddof=1)))["above_zero"], 0))

    def part(self, effect: str, mechanism: str, which: str = "share") -> str:
        """Return the median part of a mechanism, in % of an effect (``share``) or in %, with its range."""
        row = _one(self.parts["rows"], effect=effect, mechanism=mechanism)
        low, high = ("share_low", "share_high") if which == "share" else ("low", "high")
        factor, digits = (100.0, 0) if which == "share" else (1.0, 2)
        middle, *ends = (number(factor * row[name], digits) for name in (which, low, high))
        return f"{middle} [{ends[0]} to {ends[1]}]"

    def index(self, effect: str, group: str) -> str:
        """Return the total index of a group of parameters, with its interval."""
        row = _one(self.indices["rows"], effect=effect, group=group)
        return f"{number(row['total'])} [{number(row['low'])} to {number(row['high'])}]"

    def audit_cell(
        self, estimator: str, sites: str, what: str, data: str = "counts", spill: str = "usual"
    ) -> str:
        """Return coverage in %, with its Monte Carlo error, or bias of an estimator in the audit."""
        row = _one(self.audit["scores"], estimator=estimator, sites=sites, data=data, spillover=spill)
        if what == "coverage":
            error = 100.0 * coverage_error(row)
            return str(estimate(100.0 * row["coverage"], error, signed=False, decimals=0))
        return str(number(row[what], 3, what == "bias"))

    def rmse(self, contest: str, forecast: str = MODEL) -> str:
        """Return the root mean square error of a forecast."""
        return str(number(_one(self._contest(contest)["scores"], forecast=forecast)["rmse"], 3))

    def covered(self, contest: str, which: str = "covered") -> str:
        """Return the share of units, %, within the predictive 90 % interval of the model, if it has one."""
        share = _one(self._contest(contest)["scores"], forecast=MODEL)[which]
        return "none given" if share is None else str(number(100.0 * share, 0))

    def _contest(self, name: str) -> Plain:
        return _one(self.forecast["contests"], name=name)

    def contests(self, which: str) -> str:
        """Return how many comparisons with benchmarks were ``won``, ``lost``, ``drawn`` or all."""
        rows = [
            row
            for one in self.forecast["contests"]
            for row in one["scores"]
            if row["forecast"] not in (MODEL, RAW)
        ]
        results = [outcome(row) for row in rows]
        counts = {"won": results.count(WON), "lost": results.count(LOST), "all": len(results)}
        return in_words(counts.get(which, len(results) - counts["won"] - counts["lost"]))

    def about(self, what: str) -> str:
        """Return a fact of how the results were made, such as the number of ``members``."""
        told = identifiability(self.ensemble)["told"]
        about = self.ensemble.about
        explained = [row["explained"] for row in self.indices["rows"]]
        known: dict[str, object] = {
            "members": len(self.ensemble.members),
            "points": about["points"],
            "factors": len(self.ensemble.factors),
            "figures": len(about["matched"]),
            "small_cities": about["cities"],
            "small_firms": f"{about['firms']:,}",
            "identified": in_words(int((told == IDENTIFIED).sum())),
            "weakly": in_words(int((told == WEAKLY).sum())),
            "unidentified": int((~told.isin([IDENTIFIED, WEAKLY])).sum()),
            "most_identified": identifiability(self.ensemble).iloc[0]["factor"],
            "rules": self.validation["rules"],
            "version": self.validation["versions"]["computeleap"],
            "date": self.validation["date"],
            "seeds": len(self.validation["seeds"]),
            "cities": self.validation["cities"],
            "last_year": self.validation["last_year"],
            "holds": self.validation["verdicts"]["holds"],
            "fails": self.validation["verdicts"]["fails"],
            "undecided": self.validation["verdicts"]["undecided"],
            "truths": self.ranks["truths"],
            "ranks_below": in_words(self.ranks["below_level"]),
            "smallest_p": number(self.ranks["smallest_p"], 2),
            "part_members": len(self.parts["members"]),
            "bootstraps": self.indices["samples"],
            "correlation": number(self.indices["correlation"], 2),
            "explained_low": number(min(explained), 2),
            "explained_high": number(max(explained), 2),
            "audit_panels": self.audit["panels"],
            "audit_default_panels": max(
                row["panels"] for row in self.audit["scores"] if row["estimator"] == "double ML"
            ),
            "audit_version": self.audit["versions"]["computeleap"],
            "audit_date": self.audit["date"],
            "facts": len(self.card["rows"]),
            "facts_claimed": sum(row["claimed"] for row in self.card["rows"]),
            "card_seeds": self.card["seeds"],
            "card_firms": f"{self.card['firms']:,}",
            "small_card_firms": f"{self.small_card['firms']:,}",
            "forecast_members": self.forecast["members"],
        }
        return str(known[what])

    def said(self, which: str) -> str:
        """Return the causes of facts of a group that fewer than nine in ten seeds pass, with their number.

        A cause that only names parameters is left out.
        """
        rows = [row for row in self.card["rows"] if row["passed"] < LEAST and row["group"] == which]
        causes = Counter(str(row["cause"]).removesuffix(".").split(" (docs/")[0] for row in rows)
        return "; ".join(
            f"{cause} ({in_words(count)} {'fact' if count == 1 else 'facts'})"
            for cause, count in causes.items()
            if len(cause.split()) > 3 and "_" not in cause
        )


def in_words(count: int) -> str:
    """Return a small number as a word; none is ``none``."""
    return WORDS[count] if 0 <= count < len(WORDS) else str(count)


def _one(rows: list[Plain], **wanted: str) -> Plain:
    for row in rows:
        if all(row[name] == value for name, value in wanted.items()):
            return row
    raise KeyError(f"no row with {wanted}")
