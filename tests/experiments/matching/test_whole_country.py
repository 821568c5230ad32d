"""Members are run again in the whole country, and a run that was kept is not repeated."""

import pytest

from experiments.ensemble.reduced_country import reduced_country
from experiments.matching import whole_country
from experiments.matching.waves import Waves
from experiments.matching.whole_country import run_whole
from model.country.country import shipped_country
from model.parameters import Parameters


def test_members_are_run_in_the_whole_country_once(
    tiny_waves: Waves, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = reduced_country(shipped_country(), 36)
    monkeypatch.setattr(whole_country, "shipped_country", lambda: small)
    monkeypatch.setattr(Parameters.model_fields["firms"], "default", 200)
    told: list[str] = []
    assert run_whole(tiny_waves, until=0.0, report=told.append) == []
    found = run_whole(tiny_waves, until=1e12, report=told.append)
    assert [one["point"] for one in found] == [one["point"] for one in tiny_waves.members]
    assert {"effect_hosts", "effect_hosts_median", "C13"} <= set(found[0]["effects"])
    # The country is the same here, so the figures are those of the waves.
    assert found[-1]["figures"]["X4-entry"] == tiny_waves.points[-1]["figures"]["X4-entry"]
    again = run_whole(tiny_waves, until=1e12, report=told.append)
    assert [one["point"] for one in again] == [one["point"] for one in found]
    assert len(told) == len(found)
    (tiny_waves.folder / whole_country.RUNS).unlink()
