"""Identity of a store: whether it was made by this experiment, model, rules and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.storage.provenance import provenance
from experiments.study.run_key import model_fingerprint, rules_fingerprint
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment
from experiments.sweep.factors import load_rules
from experiments.sweep.store import Store
from model.country.country import load_country
from model.extensions.source_hash import content_mark

GROWING = ("rules", "data", "scenarios")  # of which a store may get more


def fingerprints_of(experiment: Experiment, design: pd.DataFrame) -> dict[str, object]:
    """Return hashes of the model, and of every set of rules, country and scenario file that it names."""

    def used(factor: str, common: str) -> list[str]:
        return sorted(map(str, design[factor].unique())) if factor in design else [common]

    rules = {
        name: rules_fingerprint(load_rules(name, experiment.folder))
        for name in used("rules", experiment.rules)
    }
    data = {
        name: load_country(name, experiment.centres, experiment.links).fingerprint
        for name in used("cities", experiment.cities)
    }
    found: dict[str, Any] = {"model": model_fingerprint(), "rules": rules, "data": data}
    named = {*used("scenario", experiment.scenario), *(used("layout", "") if "layout" in design else ())}
    files = [name for name in sorted(named) if Path(name).suffix in (".toml", ".py") and Path(name).is_file()]
    if files:
        found["scenarios"] = {name: content_mark([Path(name)]) for name in files}
    extension = experiment.extended.fingerprint
    return {**found, "extension": extension} if extension else found


def check_same(store: Store, experiment: Experiment, now: Mapping[str, Any], allow_change: bool) -> None:
    """Refuse a store of another experiment, and of another model unless the change is allowed."""
    differing = differences(store.frozen.experiment.identity(), experiment.identity())
    if differing:
        raise SweepError(
            f"{store.folder} holds another experiment: it differs in {', '.join(differing)}; name another "
            "folder with --store" + _extend_hint(store.folder, differing)
        )
    known = store.frozen.known
    changed = [key for key in differences(known, now) if not _is_new(key, known)]
    if changed and not allow_change:
        kinds = dict.fromkeys(key.split(".")[0] for key in changed)
        raise SweepError(
            f"the {' and the '.join(kinds)} changed since {store.folder} was begun, so new runs would not "
            "match the stored ones: name another folder with --store, set the stored runs aside with "
            f"computeleap sweep recompute {store.folder}, or continue with --allow-change"
        )
    if changed:
        entry = {"fingerprints": dict(now), "provenance": provenance()}
        store.rewrite(replace(store.frozen, changes=(*store.frozen.changes, entry)))
    elif any(set(now[kind]) - set(known.get(kind, ())) for kind in GROWING if kind in now):
        # The store has grown by sets of rules, countries or scenario files.
        more = {kind: {**known.get(kind, {}), **now[kind]} for kind in GROWING if kind in now}
        changes = tuple(store.frozen.changes)
        if changes:
            entry = {**changes[-1], "fingerprints": {**known, **more}}
            store.rewrite(replace(store.frozen, changes=(*changes[:-1], entry)))
        else:
            store.rewrite(replace(store.frozen, fingerprints={**known, **more}))


def _is_new(key: str, known: Mapping[str, Any]) -> bool:
    kind, _, name = key.partition(".")
    return kind in GROWING and name not in known.get(kind, {})


def _extend_hint(folder: Path, differing: Sequence[str]) -> str:
    grows = all(key in ("seeds", "design.n") or key.startswith("design.factors.") for key in differing)
    return f", or add to this one: computeleap sweep extend {folder}" if grows else ""


def differences(before: Mapping[str, object], after: Mapping[str, object], above: str = "") -> list[str]:
    """Return the keys at which two nested tables differ, such as ``design.n``."""
    found: list[str] = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += differences(old, new, f"{above}{key}.")
        elif old != new:
            found.append(above + key)
    return found
