"""The tables of a paper, row by row: estimates, and true effects where they are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.codebook import BANDS
from experiments.evaluation.estimator_registry import ESTIMATORS, interval_of
from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml
from experiments.evaluation.estimators.doubleml_adapter import (
    APPROACHES,
    many_dates,
    partially_linear,
    static_panel,
)
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.few_hosts import FEW_HOSTS, wild_bootstrap_p
from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects, fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.estimators.learners import Learner
from experiments.evaluation.estimators.omitted_variable_bias import oster_delta, sensitivity_statistics
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.placebo_tests import permutation_test, placebo_in_time
from experiments.evaluation.mechanisms import channel_evidence, splits
from experiments.evaluation.true_effects import TrueEffects
from model.files.user_tables import InputError

TableRow = dict[str, object]
NOTES = {
    "synthetic control": "errors take hosts as independent: on made-up panels they were 64 to 98 % of the "
    "spread of estimates"
}


@dataclass(frozen=True)
class PanelWithRoles:
    """A panel to evaluate, with the roles of its columns. ``truth``: None where it is unknown.

    The panel has columns city_id, year and centre. ``doubleml``: add the estimators of that package.
    """

    panel: pd.DataFrame
    outcome: str
    controls: tuple[str, ...]
    channels: Mapping[str, str]
    moderators: Mapping[str, str]
    bands: tuple[str, ...]
    truth: TrueEffects | None = None
    learner: str | Learner = "lasso+boosting"
    quick: str | Learner = "lasso"
    seed: int = 1
    doubleml: bool = False

    @property
    def settings(self) -> DoubleMLSettings:
        """Settings of the baseline."""
        return DoubleMLSettings(self.learner, seed=self.seed)

    @property
    def quick_settings(self) -> DoubleMLSettings:
        """Settings of tables with many estimations."""
        return DoubleMLSettings(self.quick, seed=self.seed)


def row_of(table: str, item: str, found: Estimate, place: int = 0, /, **more: float) -> TableRow:
    """Return one estimate as a row of a table."""
    one = found.frame().iloc[place]
    return {
        "table": table,
        "item": item,
        **{key: float(one[key]) for key in ("estimate", "se", "low", "high")},
        **more,
    }


def _interval_row(table: str, item: str, estimate: float, se: float, **more: float) -> TableRow:
    return {
        "table": table,
        "item": item,
        "estimate": estimate,
        "se": se,
        "low": estimate - 1.96 * se,
        "high": estimate + 1.96 * se,
        **more,
    }


def _true(subject: PanelWithRoles, measure: str, cities: np.ndarray | None = None) -> dict[str, float]:
    if subject.truth is None:
        return {}
    truth = subject.truth
    return {"own": truth.own_effect(measure, cities), "total": truth.total_effect(measure, cities)}


def baseline(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Compare double machine learning with the usual designs."""
    true = _true(subject, subject.outcome)
    data: dict[str, Any] = {"outcome": subject.outcome, "controls": subject.controls}
    answers: dict[str, Callable[[], Any]] = {
        "double ML": lambda: interval_of(double_ml(subject.panel, settings=subject.settings, **data)),
        "double ML, lasso": lambda: interval_of(
            double_ml(subject.panel, settings=subject.quick_settings, **data)
        ),
        "two-way fixed effects": lambda: interval_of(fixed_effects(subject.panel, subject.outcome)),
        "fixed effects, trends by traits": lambda: interval_of(fixed_effects(subject.panel, **data)),
        "difference-in-differences": lambda: interval_of(event_study(subject.panel, subject.outcome)),
        "imputation": lambda: interval_of(imputation(subject.panel, subject.outcome)),
        "imputation, trends by traits": lambda: interval_of(imputation(subject.panel, **data)),
        "Sun-Abraham": lambda: ESTIMATORS["Sun-Abraham"](subject.panel, subject.outcome),
        "synthetic control": lambda: ESTIMATORS["synthetic control"](subject.panel, subject.outcome),
        "difference of means": lambda: ESTIMATORS["difference of means"](subject.panel, subject.outcome),
    }
    yield from _answered("baseline", answers, true)


def _answered(
    table: str, answers: Mapping[str, Callable[[], Any]], true: Mapping[str, float]
) -> Iterator[TableRow]:
    """Yield a row for each estimator; one that cannot use the panel has a note instead."""
    for name, answer in answers.items():
        note = {"note": NOTES[name]} if name in NOTES else {}
        try:
            yield {"table": table, "item": name, **vars(answer()), **true, **note}
        except InputError as error:
            yield {"table": table, "item": name, "note": str(error)}


def of_doubleml(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Run the estimators of the DoubleML package on the same panel and folds."""
    data = panel_data(subject.panel, subject.outcome, "centre", subject.controls)

    def by(estimator: Callable[..., Estimate], *more: str) -> Callable[[], Any]:
        return lambda: interval_of(estimator(data, subject.quick_settings, *more))

    answers = {
        "partially linear, within city and year": by(partially_linear),
        **{f"static panel, {label}": by(static_panel, name) for name, label in APPROACHES.items()},
        "difference-in-differences, many dates": by(many_dates),
    }
    yield from _answered("doubleml", answers, _true(subject, subject.outcome))


def robustness(subject: PanelWithRoles, learners: Sequence[str] = ()) -> Iterator[TableRow]:
    """Vary learner, folds, covariance and sample. learners: those to try besides the lasso."""
    true = _true(subject, subject.outcome)
    quick = subject.quick_settings
    variants: dict[str, DoubleMLSettings] = {
        "3 folds": replace(quick, folds=3),
        "10 folds": replace(quick, folds=10),
        "5 repeats": replace(quick, repeats=5),
        "errors by city": replace(quick, cov_type="cluster"),
        "errors by city and year": replace(quick, cov_type="two-way"),
        "without trends of traits": replace(quick, trend=False),
    }
    variants = {**{f"learner: {name}": DoubleMLSettings(name) for name in learners}, **variants}
    for name, settings in variants.items():
        found = double_ml(subject.panel, subject.outcome, controls=subject.controls, settings=settings)
        yield row_of("robustness", name, found, **true)
    for name, rows in _samples(subject).items():
        part = subject.panel[rows]
        controls = [control for control in subject.controls if part[control].nunique() > 1]
        found = double_ml(part, subject.outcome, controls=controls, settings=quick)
        kept = None if subject.truth is None else np.isin(_city_ids(subject), part["city_id"].unique())
        yield row_of("robustness", name, found, **_true(subject, subject.outcome, kept))


def _city_ids(subject: PanelWithRoles) -> np.ndarray:
    """Return the city ids in the order of the truth's columns."""
    return np.asarray(subject.panel.attrs["city_order"])


def _samples(subject: PanelWithRoles) -> dict[str, pd.Series]:
    panel = subject.panel
    found = {}
    if "capital" in panel:
        found["sample: without provincial capitals"] = panel["capital"] == 0
    mean = panel.groupby("city_id")[subject.outcome].transform("mean")
    low, high = mean.quantile(0.02), mean.quantile(0.98)
    found["sample: without the 2 % of cities at either end"] = (mean >= low) & (mean <= high)
    return {
        name: rows
        for name, rows in found.items()
        if panel.loc[rows, "centre"].max() > 0 and panel.loc[rows, "city_id"].nunique() >= 20
    }


def channels(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Estimate the effect on each channel, and the effect on the outcome with the channel held fixed."""
    names = list(subject.channels)
    if not names:
        return
    found = channel_evidence(
        subject.panel, names, subject.outcome, controls=subject.controls, settings=subject.quick_settings
    )
    for one in found.itertuples():
        label = subject.channels[str(one.channel)]
        yield {
            "table": "channels",
            "item": label,
            "estimate": one.effect,
            "se": one.se,
            "low": one.low,
            "high": one.high,
            **_true(subject, str(one.channel)),
            "with_channel": one.with_channel,
            "with_channel_se": one.with_channel_se,
        }


def heterogeneity(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Estimate the six splits: low half, high half, their difference and the slope of the interaction."""
    found = splits(
        subject.panel,
        list(subject.moderators),
        subject.outcome,
        controls=subject.controls,
        settings=subject.quick_settings,
    )
    for one in found.itertuples():
        name, label = str(one.moderator), subject.moderators[str(one.moderator)]
        halves = _halves(subject, name)
        true = [_true(subject, subject.outcome, half) for half in halves]
        gap = {key: true[0][key] - true[1][key] for key in true[0]} if true and true[0] else {}
        yield _interval_row("splits", f"{label}: low half", one.low, one.low_se, **(true[0] if true else {}))
        yield _interval_row(
            "splits", f"{label}: high half", one.high, one.high_se, **(true[1] if true else {})
        )
        yield _interval_row("splits", f"{label}: low − high", one.difference, one.difference_se, **gap)
        yield _interval_row(
            "splits", f"{label}: slope per s.d.", one.slope, one.slope_se, **_true_slope(subject, name)
        )


def _trait(subject: PanelWithRoles, moderator: str) -> np.ndarray:
    """Return the trait of each city, in the order of the truth's columns."""
    of_city = subject.panel.drop_duplicates("city_id").set_index("city_id")[moderator]
    return of_city.loc[_city_ids(subject)].to_numpy(dtype=np.float64)


def _halves(subject: PanelWithRoles, moderator: str) -> list[np.ndarray]:
    if subject.truth is None:
        return []
    trait = _trait(subject, moderator)
    high = trait > np.median(trait)
    return [~high, high]


def _true_slope(subject: PanelWithRoles, moderator: str) -> dict[str, float]:
    """Return the slope of the true total effects of treated city-years on the standardised trait."""
    if subject.truth is None:
        return {}
    trait = _trait(subject, moderator)
    cells = subject.truth.treated
    score = np.broadcast_to((trait - trait.mean()) / trait.std(), cells.shape)[cells]
    if np.ptp(score) == 0.0:
        return {}
    return {"total": float(np.polyfit(score, subject.truth.total[subject.outcome][cells], 1)[0])}


def bands(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Estimate the effects of a city's own centre and of other cities' centres by distance, jointly."""
    seen = [name for name in subject.bands if subject.panel[name].nunique() > 1]
    if not seen:
        return
    found = double_ml(
        subject.panel, subject.outcome, ["centre", *seen], subject.controls, subject.quick_settings
    )
    yield row_of("bands", "own centre", found, **_true(subject, subject.outcome))
    true = {} if subject.truth is None else subject.truth.by_band(subject.outcome)
    links = {name: f"a centre {low}–{high} km away" for (low, high), name in BANDS.items()}
    for place, name in enumerate(seen, start=1):
        yield row_of(
            "bands", links.get(name, name), found, place, **({"own": true[name]} if name in true else {})
        )


def gap(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Estimate the effect of a centre on the distance of its city from the mean of all cities."""
    mean = subject.panel.groupby("year")[subject.outcome].transform("mean")
    panel = subject.panel.assign(innovation_gap=(subject.panel[subject.outcome] - mean).abs())
    found = double_ml(panel, "innovation_gap", controls=subject.controls, settings=subject.quick_settings)
    known = subject.truth is not None and subject.outcome == "log_innovations"
    yield row_of(
        "gap",
        "distance of a host from the mean of cities",
        found,
        **(_true(subject, "innovation_gap") if known else {}),
    )


def checks(subject: PanelWithRoles, draws: int = 200) -> Iterator[TableRow]:
    """Run placebo and permutation tests and the sensitivity to omitted variables."""
    data: dict[str, Any] = {"outcome": subject.outcome, "controls": subject.controls}
    found = double_ml(subject.panel, settings=subject.quick_settings, **data)
    try:
        early = placebo_in_time(subject.panel, settings=subject.quick_settings, **data)
        yield row_of("checks", "placebo: centres three years early, years before them", early)
    except InputError as error:
        yield {
            "table": "checks",
            "item": "placebo: centres three years early, years before them",
            "note": str(error),
        }
    known = panel_data(subject.panel, subject.outcome, "centre", subject.controls)
    tests: dict[str, Callable[[], float]] = {
        "event study: p of the leads": lambda: event_study(subject.panel, subject.outcome).details[
            "pretrend_p"
        ],
        "imputation: p of the leads": lambda: imputation(subject.panel, **data).details["pretrend_p"],
        f"permutation of hosts: p ({draws} draws, fixed effects)": lambda: (
            permutation_test(known, lambda one: estimate_fixed_effects(one, "cluster"), draws, subject.seed).p
        ),
    }
    if np.unique(known.city[known.treatments[:, 0] > 0]).size < FEW_HOSTS:
        tests["few hosts: p of the wild bootstrap (999 draws, fixed effects)"] = lambda: wild_bootstrap_p(
            known, seed=subject.seed
        )
    for item, test in tests.items():
        try:
            yield {"table": "checks", "item": item, "estimate": test()}
        except InputError as error:
            yield {"table": "checks", "item": item, "note": str(error)}
    strength = sensitivity_statistics(found)
    yield {"table": "checks", "item": "robustness value (Cinelli-Hazlett)", "estimate": strength.robustness}
    yield {"table": "checks", "item": "robustness value at 5 %", "estimate": strength.robustness_alpha}
    plain = fixed_effects(subject.panel, subject.outcome)
    delta = oster_delta(
        float(plain.params.iloc[0]),
        _r2(plain, 0.0),
        float(found.params.iloc[0]),
        _r2(found, float(found.details["r2"][0])),
    )
    yield {"table": "checks", "item": "Oster's δ (R² at most 1)", "estimate": delta}


def _r2(found: Estimate, by_controls: float) -> float:
    """Return the share of the outcome's within variation explained by controls and treatment."""
    left = found.details["residuals"]
    unexplained = ((left[:, 0] - left[:, 1] * float(found.params.iloc[0])) ** 2).sum() / (
        left[:, 0] ** 2
    ).sum()
    return float(1.0 - (1.0 - by_controls) * unexplained)


def event_rows(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Estimate the effects by years since the opening."""
    try:
        found = event_study(subject.panel, subject.outcome)
    except InputError:
        return
    for place, name in enumerate(found.params.index):
        if name != "mean":
            yield row_of("event_study", str(name), found, place, **_by_age(subject, int(name)))


def _by_age(subject: PanelWithRoles, age: int) -> dict[str, float]:
    """Return the true total effect ``age`` years after the opening."""
    truth = subject.truth
    if truth is None or subject.outcome not in truth.total:
        return {}
    first = np.where(truth.treated.any(axis=0), truth.treated.argmax(axis=0), -1)
    hosts = np.flatnonzero((first > 0) & (first + age >= 0) & (first + age < len(truth.treated)))
    if not len(hosts):
        return {}
    return {"total": float(truth.total[subject.outcome][first[hosts] + age, hosts].mean())}


def all_rows(subject: PanelWithRoles, close: bool = True, first: bool = True) -> list[TableRow]:
    """Return every row of one panel. close: include boosting; first: include the forest and the checks."""
    learners = [name for name, tried in (("boosting", close), ("forest", first)) if tried]
    parts: Sequence[Iterator[TableRow]] = (
        baseline(subject),
        robustness(subject, learners),
        channels(subject),
        heterogeneity(subject),
        bands(subject),
        gap(subject),
        event_rows(subject),
        checks(subject) if first else iter(()),
        of_doubleml(subject) if subject.doubleml else iter(()),
    )
    return [row for part in parts for row in part]
