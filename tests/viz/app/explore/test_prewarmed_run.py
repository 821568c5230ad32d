"""The run that is set up before the first visitor comes is claimed once, by who asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore import prewarmed_run
from viz.app.explore.run_options import RunOptions


@dataclass
class Made:
    country: Any
    options: RunOptions
    quarter: int = 0
    start_year: int = 2005

    def step(self) -> None:
        self.quarter += 1


FIRST = RunOptions(until="2030")


@pytest.fixture
def prewarmed(monkeypatch: pytest.MonkeyPatch) -> prewarmed_run.PrewarmedRun:
    monkeypatch.setattr(prewarmed_run, "Simulation", Made)
    monkeypatch.setattr(prewarmed_run, "SeedSample", Made)
    monkeypatch.setattr(prewarmed_run.SEEDS, "follow", lambda sample: sample)
    return prewarmed_run.PrewarmedRun()


def test_the_first_who_asks_gets_it(prewarmed: prewarmed_run.PrewarmedRun) -> None:
    country: Any = object()
    assert prewarmed.claim(country, FIRST) is None  # nothing was prepared
    prewarmed.prepare(country)
    made = prewarmed.claim(country, FIRST)
    assert made == Made(country, RunOptions(), 104)
    assert prewarmed.claim(country, FIRST) is None


def test_another_country_or_other_options_do_not(prewarmed: prewarmed_run.PrewarmedRun) -> None:
    country: Any = object()
    prewarmed.prepare(country)
    assert prewarmed.claim(object(), FIRST) is None  # type: ignore[arg-type]
    prewarmed.prepare(country)
    assert prewarmed.claim(country, replace(FIRST, seed="7")) is None
