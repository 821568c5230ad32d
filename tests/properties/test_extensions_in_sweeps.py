"""Extensions in sweeps: part of a run's key, loaded by name elsewhere."""

from __future__ import annotations

import pytest

from experiments.sweep import SweepError, load
from experiments.sweep.chunk import StoreContext
from model.extensions.extended_model import extended
from tests import ROOT

FILE = ROOT / "tests" / "support" / "university.py"


NAME = f"{FILE}:extension"


SWEEP = """
name = "learned"
extension = "own.py:extension"
seeds = 2
twin = true
cities = "synthetic:10:3"
until = 2005
scenario = "learned"
parameters = { firms = 60, burn_in = 1 }
[design.factors]
graduation_rate = [0.0, 0.1]
university_scale = [1, 2]
[scales]
learning_scale = ["graduation_rate"]
[run]
chunk = 4
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.py").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("quick_workers")
def test_a_sweep_varies_parameters_of_an_extension(folder):
    sweep = load(folder / "sweep.toml", folder / "store")
    status = sweep.run(workers=1)
    assert (status.done, status.failed) == (8, 0)
    finals = sweep.finals
    assert set(finals["graduation_rate"]) == {0.0, 0.1}
    # Nobody of the model reads what universities do.
    assert finals.groupby("replication")["innovation"].nunique().eq(1).all()
    assert sweep.runs["key"].nunique() == 8
    again = sweep.rerun(3)
    assert again.finals["innovation"] == finals.set_index("run").loc[3, "innovation"]


def test_another_text_of_an_extension_is_another_run(folder):
    sweep = load(folder / "sweep.toml", folder / "store")
    sweep._prepare(1, False)
    first = StoreContext(str(folder / "store")).key(0)
    text = FILE.read_text(encoding="utf-8").replace("graduation_rate * size", "2.0 * graduation_rate * size")
    (folder / "own.py").write_text(text, encoding="utf-8")
    with pytest.raises(SweepError, match=r"the extension changed since .* was begun"):
        load(folder / "sweep.toml", folder / "store").run()
    assert StoreContext(str(folder / "store")).key(0) != first


def test_mistakes_in_a_sweep_are_sentences(folder):
    file = folder / "sweep.toml"
    for old, new, said in (
        ("graduation_rate = [0.0, 0.1]", "graduation_rat = [0.0]", "did you mean graduation_rate"),
        ("graduation_rate = [0.0, 0.1]", "graduation_rate = [2.0]", "graduation_rate cannot be 2.0"),
        ("own.py:extension", "own.py:extention", "has no extention; did you mean extension"),
    ):
        file.write_text(SWEEP.replace(old, new), encoding="utf-8")
        with pytest.raises(ValueError, match=said):
            load(file).plan()


def test_the_line_beats_the_file(folder):
    (folder / "sweep.toml").write_text(SWEEP.replace("own.py:extension", "none.py"), encoding="utf-8")
    sweep = load(folder / "sweep.toml", extension=[NAME])
    assert sweep.experiment.extended is extended(NAME)
