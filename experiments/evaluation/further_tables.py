"""The table of further designs: other effects, counts, instruments, matching, synthetic weights, space."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from experiments.evaluation.estimators.did_adapter import (
    METHODS,
    doubly_robust,
    honest_bounds,
    matched,
    synthetic_difference,
)
from experiments.evaluation.estimators.double_ml import DoubleMLSettings
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.few_hosts import romano_wolf_p
from experiments.evaluation.estimators.fixest_adapter import (
    further_fixed_effects,
    instrumented,
    optional_package,
    poisson,
)
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.partially_linear_iv import partially_linear_iv
from experiments.evaluation.estimators.spatial_durbin import spatial_durbin
from experiments.evaluation.indirect_inference.policy_effects import MEANINGS, policy_effects
from experiments.evaluation.indirect_inference.simulated_worlds import TRUTH
from experiments.evaluation.moderated_mediation import moderated_mediation
from experiments.evaluation.paper_tables import PanelWithRoles, TableRow, row_of
from experiments.measures.number_text import estimate
from model.files.user_tables import InputError

TABLE, POLICY, MEDIATION = "further", "policy", "mediation"
PACKAGES = ("pyfixest", "diff_diff", "spreg")


@dataclass(frozen=True)
class FurtherRoles:
    """Columns that further designs use: ``instruments``, ``weights``, ``cluster`` and ``effects``.

    effects: columns, or several joined by ``^``; none: the province by year where the table has provinces.
    """

    instruments: tuple[str, ...] = ()
    weights: str | None = None
    cluster: str | None = None
    effects: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that hold numbers."""
        return (*self.instruments, *((self.weights,) if self.weights else ()))

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that hold labels."""
        named = [part for text in self.effects for part in text.split("^")]
        return tuple(dict.fromkeys(named + (self.cluster.split("+") if self.cluster else [])))


def check_further() -> None:
    """Raise InputError if a package of the extra is not installed."""
    for name in PACKAGES:
        with optional_package(name):
            pass


def further_rows(subject: PanelWithRoles, roles: FurtherRoles | None = None) -> list[TableRow]:
    """Return a row for each further design; one that cannot use the panel has a note instead."""
    roles = roles or FurtherRoles()
    rows: list[TableRow] = []
    for item, answer in _designs(subject, roles).items():
        try:
            rows += _rows(item, answer())
        except InputError as error:
            rows.append({"table": TABLE, "item": item, "note": str(error)})
    return rows + list(_honest(subject)) + list(_adjusted(subject))


def policy_rows(subject: PanelWithRoles) -> list[TableRow]:
    """Return total, own and spillover effects by indirect inference, or a note why there are none."""
    try:
        found = policy_effects(subject.panel, subject.outcome, subject.controls)
    except InputError as error:
        return [{"table": POLICY, "item": MEANINGS["total"], "note": str(error)}]
    truth = subject.truth
    true = {}
    if truth is not None:
        true = {
            "total": truth.total_effect(TRUTH),
            "own": truth.own_effect(TRUTH),
            "on_others": truth.spillover(TRUTH),
        }
    return [
        {
            "table": POLICY,
            "item": row["meaning"],
            **{name: row[name] for name in ("estimate", "low", "high")},
            **({"total": true[row["effect"]]} if true else {}),
            "note": f"90 % interval; before the panel {row['prior_low']:+.3f} to {row['prior_high']:+.3f}",
        }
        for row in found.to_dict("records")
    ]


def mediation_rows(subject: PanelWithRoles) -> list[TableRow]:
    """Return moderated mediation of every channel by every moderator.

    Raises InputError if the panel has no channels or no moderators.
    """
    if not subject.channels or not subject.moderators:
        raise InputError(["moderated mediation needs channels and moderators: name columns of the panel"])
    rows: list[TableRow] = []
    for channel, label in subject.channels.items():
        for moderator, trait in subject.moderators.items():
            item = f"{label} by {trait}"
            controls = [name for name in subject.controls if name != channel]
            try:
                found = moderated_mediation(
                    subject.panel, channel, moderator, subject.outcome, "centre", controls, seed=subject.seed
                )
            except InputError as error:
                rows.append({"table": MEDIATION, "item": item, "note": str(error)})
                continue
            for row in found.to_dict("records"):
                rows.append({"table": MEDIATION, "item": f"{item}: {row.pop('effect')}", **row})
    return rows


def _designs(subject: PanelWithRoles, roles: FurtherRoles) -> dict[str, Callable[[], Estimate]]:
    panel, outcome, controls = subject.panel, subject.outcome, subject.controls
    cluster = roles.cluster or "city_id"
    effects = ("city_id", *(roles.effects or (("province^year",) if "province" in panel else ("year",))))
    shared = "year" in "^".join(effects)
    effects = effects if shared else (*effects, "year")
    found: dict[str, Callable[[], Estimate]] = {
        f"fixed effects {', '.join(effects)}; errors by {cluster}".replace("city_id", "city")
        + (f"; weights {roles.weights}" if roles.weights else ""): lambda: further_fixed_effects(
            panel, outcome, controls=controls, effects=effects, cluster=cluster, weights=roles.weights
        )
    }
    count = outcome.removeprefix("log_")
    if count in panel and _is_count(panel[count].to_numpy(dtype=float)):
        found[f"Poisson, {count}"] = lambda: poisson(panel, count, controls=controls, cluster=cluster)
    if roles.instruments:
        names = roles.instruments
        found[f"instruments: {', '.join(names)}"] = lambda: instrumented(
            panel, names, outcome, controls=controls, cluster=cluster
        )
        by_lasso = DoubleMLSettings("lasso", seed=subject.seed, cov_type="cluster")
        found[f"instruments, controls by lasso: {', '.join(names)}"] = lambda: partially_linear_iv(
            panel, names, outcome, "centre", controls, by_lasso
        )
    for method in ("dr", "ipw"):
        found[f"difference-in-differences, {METHODS[method]}"] = partial(
            doubly_robust, panel, outcome, "centre", controls, method
        )
    found["difference-in-differences, matched cities"] = lambda: matched(panel, outcome, controls=controls)
    found["synthetic difference-in-differences"] = lambda: synthetic_difference(panel, outcome)
    found["spatial Durbin"] = lambda: spatial_durbin(panel, outcome, controls=_changing(subject, controls))
    return found


def _is_count(values: np.ndarray) -> bool:
    return bool((values >= 0).all() and (values == np.round(values)).all() and values.max() > 1)


def _changing(subject: PanelWithRoles, controls: Sequence[str]) -> tuple[str, ...]:
    changes = subject.panel.groupby("city_id")[list(controls)].nunique().gt(1).any() if controls else {}
    return tuple(name for name in controls if changes[name])


def _rows(item: str, found: Estimate) -> Iterator[TableRow]:
    if "rho" in found.details:
        for place, name in enumerate(found.params.index):
            note = "" if place else f"ρ {estimate(found.details['rho'], found.details['rho_se'], False, 2)}"
            yield {**row_of(TABLE, f"{item}, {name} effect", found, place), "note": note}
        return
    row = row_of(TABLE, item, found)
    if "first_stage_f" in found.details:
        low, high = found.details["anderson_rubin"]
        row["note"] = (
            f"first-stage F {found.details['first_stage_f']:.1f}; Anderson-Rubin: "
            f"p {found.details['anderson_rubin_p']:.3f}, 95 % set {low:.3f} to {high:.3f}"
        )
    yield row


def _honest(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Yield the event study's interval where trends differ by so many times the largest lead's step."""
    try:
        bounds = honest_bounds(event_study(subject.panel, subject.outcome))
    except InputError as error:
        yield {"table": TABLE, "item": "honest bounds of the event study", "note": str(error)}
        return
    for row in bounds.itertuples():
        yield {
            "table": TABLE,
            "item": f"honest bounds of the event study, trends off by {row.size:g} × the largest before",
            "estimate": float(row.estimate),
            "low": float(row.low),
            "high": float(row.high),
        }


def _adjusted(subject: PanelWithRoles) -> Iterator[TableRow]:
    """Yield p values of outcome and channels that hold for all at once (fixed effects with controls)."""
    if not subject.channels:
        return
    names = {subject.outcome: "outcome", **subject.channels}
    panels = {
        label: panel_data(subject.panel, name, "centre", [c for c in subject.controls if c != name])
        for name, label in names.items()
    }
    for label, p in romano_wolf_p(panels, seed=subject.seed).items():
        yield {"table": TABLE, "item": f"Romano-Wolf p, {label}", "estimate": p}
