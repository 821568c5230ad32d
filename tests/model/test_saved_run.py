"""A run on disk: it continues with the bits of the run, holds no code, and refuses other rules."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from model import RegionalModel, Rules
from model.run_copies import CopyError
from tests.model.extensions.test_agent_links import banking
from tests.support.small_run import SMALL, assert_same, run


@pytest.fixture(scope="module")
def saved(country, tmp_path_factory):
    begun = run(country, 4, extension=banking(), engine="interpreted")
    begun.remark = {"seen": [1, 2.5, None], "place": (3, np.float64(0.1))}
    path = tmp_path_factory.mktemp("runs") / "four.run"
    begun.save(path)
    return begun, path


def test_a_saved_run_with_links_continues_with_the_bits_of_the_run(saved):
    begun, path = saved
    other = RegionalModel.load(path, extension=begun.extended.extensions[0])
    straight = begun.fork()
    for one in (other, straight):
        one.run_until(7)
    assert_same(straight, other)
    assert other.panel().equals(straight.panel())
    assert other.measures().equals(straight.measures())
    assert other.remark == begun.remark
    assert other.country.fingerprint == begun.country.fingerprint
    assert other.time == other.quarter == 7
    assert other.fork(tax_rate=0.3).parameters.tax_rate == 0.3


def test_other_rules_than_the_runs_are_refused(saved):
    begun, path = saved
    with pytest.raises(CopyError, match=r"is a run with extensions banking: .* none was given"):
        RegionalModel.load(path)
    with pytest.raises(CopyError, match="banking was given, or was edited since"):
        RegionalModel.load(path, extension=banking(measures=()))

    class Mine(RegionalModel):
        pass

    with pytest.raises(CopyError, match=r"call RegionalModel.load, not Mine.load"):
        Mine.load(path, extension=begun.extended.extensions[0])


def test_what_is_no_data_cannot_be_saved(country, tmp_path):
    begun = RegionalModel(SMALL, "none", 5, cities=country, engine="interpreted")
    begun.policy = Rules()
    with pytest.raises(CopyError, match="it holds a Rules in policy, which is no data"):
        begun.save(tmp_path / "x.run")
    del begun.policy
    with pytest.raises(CopyError, match="cannot be written"):
        begun.save(tmp_path / "no" / "x.run")
    with pytest.raises(CopyError, match="cannot be read"):
        RegionalModel.load(tmp_path / "x.run")


class Trap:
    """An object that would write a file if it were unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_file_from_others_is_data_or_refused(saved, tmp_path):
    begun, path = saved
    trap, sprung = tmp_path / "trap.run", tmp_path / "sprung"
    with np.load(path) as archive:
        good = {name: archive[name] for name in archive.files}
    content = json.loads(good["manifest"].tobytes())

    def manifest(**changes):
        return np.frombuffer(json.dumps({**content, **changes}).encode(), np.uint8)

    bad = {
        "pickle": pickle.dumps(Trap(sprung)),
        "nothing": b"nothing",
        "half": path.read_bytes()[:1000],
    }
    for name, text in bad.items():
        trap.write_bytes(text)
        with pytest.raises(CopyError, match="holds no run of this version"):
            RegionalModel.load(trap, extension=begun.extended.extensions[0])
        assert not sprung.exists(), name
    arrays = [
        {**good, "a0": np.array([Trap(sprung)], dtype=object)},
        {**good, "manifest": manifest(country={"of": "Extension", "with": {}})},
    ]
    for one in arrays:
        np.savez(tmp_path / "trap.npz", **one)
        with pytest.raises(CopyError, match="holds no run of this version"):
            RegionalModel.load(tmp_path / "trap.npz", extension=begun.extended.extensions[0])
        assert not sprung.exists()
    np.savez(tmp_path / "old.npz", **{**good, "manifest": manifest(version="1.0")})
    with pytest.raises(CopyError, match=r"holds a run of version 1.0 of the model"):
        RegionalModel.load(tmp_path / "old.npz")
