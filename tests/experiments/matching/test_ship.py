"""The two files of an ensemble, from the folder of its waves."""

from pathlib import Path

from experiments.ensemble.members import read_ensemble
from experiments.matching.ship import write_ensemble
from experiments.matching.waves import Waves


def test_the_files_of_an_ensemble_hold_members_and_how_they_were_made(
    tiny_waves: Waves, tmp_path: Path
) -> None:
    write_ensemble(tiny_waves, tmp_path)
    found = read_ensemble(tmp_path)
    assert found.is_current
    assert (len(found.members), len(found.defaults)) == (2, 2)
    assert found.factors == tiny_waves.factors
    assert (found.about["cities"], found.about["firms"], found.about["last_year"]) == (36, 200, 2030)
    kept = found.members.iloc[0]
    assert abs(kept["effect_hosts"] - tiny_waves.members[2]["effects"]["effect_hosts"]) < 1e-4
    assert kept["C13"] == kept["C13-far"] - kept["C13-near"] or kept["C13"] != kept["C13"]
    assert {one["id"] for one in found.about["matched"]} == {one.id for one in tiny_waves.figures}
