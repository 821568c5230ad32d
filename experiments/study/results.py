"""``Results``: the records of a study's runs, selections of them, and their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from experiments.study.one_run import RunRecord
from experiments.study.run_cache import read_record
from experiments.study.study import WITH, WITHOUT, Run, Study


@dataclass(frozen=True, eq=False, repr=False)
class Results:
    """The runs of a study that have ended.

    Attributes:
        study: What was to be run.
        records: Run → its record, or the folder of the cache that holds it.
        failures: Run → why it has no record.
        interrupted: Whether runs are missing because the study was interrupted.
    """

    study: Study
    records: Mapping[Run, RunRecord | Path] = field(default_factory=dict)
    failures: Mapping[Run, str] = field(default_factory=dict)
    interrupted: bool = False

    def __repr__(self) -> str:
        ended = f"{len(self.records)} of {len(self.study.runs)} runs of arms {', '.join(self.study.arms)}"
        return f"<Results: {ended}; see panel, centres, start and failures>"

    @classmethod
    def of_tables(
        cls, study: Study, panel: pd.DataFrame, centres: pd.DataFrame, start: pd.DataFrame | None = None
    ) -> Results:
        """Return results whose tables are ``panel``, ``centres`` and ``start``.

        Rows of ``centres`` and ``start`` without a column ``arm`` are those of the arms ``with`` and
        ``without``.
        """
        given = pd.DataFrame({"seed": []}) if start is None else start
        whole = (
            panel,
            centres if "arm" in centres else centres.assign(arm=WITH),
            given if "arm" in given else given.assign(arm=WITHOUT),
        )
        records = {
            Run(int(seed), str(arm)): RunRecord(
                *(
                    part[(part["seed"] == seed) & (part["arm"] == arm)].reset_index(drop=True)
                    for part in whole
                )
            )
            for seed, arm in panel[["seed", "arm"]].drop_duplicates().itertuples(index=False)
        }
        return cls(study, records)

    def record(self, seed: int, arm: str) -> RunRecord:
        """Return the record of the run of a seed and an arm, from memory or the cache. Raises KeyError."""
        found = self.records[Run(seed, arm)]
        return read_record(found) if isinstance(found, Path) else found

    def seeds(self, *arms: str) -> tuple[int, ...]:
        """Return the seeds for which all of these arms have ended."""
        return tuple(seed for seed in self.study.seeds if all((seed, arm) in self.records for arm in arms))

    def select(self, arms: Mapping[str, str]) -> Results:
        """Return the results of some arms under new names. arms: new name → name in this study."""
        runs = {Run(seed, new): Run(seed, old) for seed in self.study.seeds for new, old in arms.items()}
        return Results(
            replace(self.study, arms={new: self.study.arms[old] for new, old in arms.items()}, arms_of=None),
            {run: self.records[old] for run, old in runs.items() if old in self.records},
            {run: self.failures[old] for run, old in runs.items() if old in self.failures},
            self.interrupted,
        )

    def within(self, prefix: str) -> Results:
        """Return the arms whose names begin with a word, under the rest of their names."""
        start = f"{prefix} "
        return self.select(
            {name.removeprefix(start): name for name in self.study.arms if name.startswith(start)}
        )

    def pair(self, treated: str = WITH, control: str = WITHOUT) -> Results:
        """Return two arms as twins (``with``, ``without``): the seeds for which both have ended.

        A run whose partner is missing is left out; ``failures`` says why.
        """
        both = self.select({WITH: treated, WITHOUT: control})
        whole = {
            run: record for run, record in both.records.items() if run.seed in self.seeds(treated, control)
        }
        return replace(both, records=whole)

    def point(self, name: str) -> Results:
        """Return the twins of one of the scenarios of ``twin_arms``."""
        return self.pair(f"{name} {WITH}", f"{name} {WITHOUT}")

    @cached_property
    def panel(self) -> pd.DataFrame:
        """``RunRecord.panel`` of all runs. Raises ValueError if none has ended."""
        return self._joined(lambda record: record.panel)

    @cached_property
    def centres(self) -> pd.DataFrame:
        """``RunRecord.centres`` of all runs, with a second column ``arm``. Raises ValueError."""
        return self._joined(lambda record: record.centres)

    @cached_property
    def start(self) -> pd.DataFrame:
        """``RunRecord.start`` of all runs, with a second column ``arm``. Raises ValueError."""
        return self._joined(lambda record: record.start)

    def _joined(self, part: Callable[[RunRecord], pd.DataFrame]) -> pd.DataFrame:
        frames = []
        for seed, arm in self.study.runs:
            if (seed, arm) in self.records:
                frame = part(self.record(seed, arm))
                rest = [name for name in frame.columns if name not in ("seed", "arm")]
                frames.append(frame.assign(arm=arm)[["seed", "arm", *rest]])
        if not frames:
            raise ValueError(f"none of the runs {', '.join(self.study.arms)} has ended")
        return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
