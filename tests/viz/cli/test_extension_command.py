"""Extensions on the command line: loaded, shown, checked; what is wrong is a sentence and exit code 2."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from experiments import extension_check
from experiments.evaluation.rerun import read_repeatable
from model.extensions.extended_model import extended
from model.files.user_tables import InputError
from tests import ROOT
from tests.support.cli import call
from viz.app import model_catalogue

FILE = ROOT / "tests" / "support" / "university.py"
WRONG = """
from model import Extension
def innovation_probability(own_intensty):
    return own_intensty
def supply(quality):
    return quality / (quality - quality)
misspelt = Extension("misspelt", rules=innovation_probability)
infinite = Extension("infinite", rules=supply)
"""


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "wrong.py"
    file.write_text(WRONG, encoding="utf-8")
    return file


def test_parameters_and_scenarios_of_an_extension_are_shown():
    shown = call("parameters", "graduation_rate", "--extension", FILE)
    assert shown.exit_code == 0
    assert "Extension university" in shown.output
    assert "graduates per unit of talent" in shown.output
    table = call("parameters", "--csv", "--extension", FILE).output.splitlines()
    assert table[-1].startswith("university_scale,Extension university,1,0,10,int")
    schema = json.loads(call("parameters", "--json-schema", "--extension", FILE).output)
    assert schema["properties"]["graduation_rate"]["maximum"] == 1.0
    last = call("scenarios", "--extension", FILE).output.rstrip().splitlines()[-1]
    assert last.split() == ["learned", "many", "graduates"]
    assert "graduation_rate" not in call("parameters", "--csv").output


def test_a_run_with_an_extension_says_so_in_its_results(cities: Path, tmp_path: Path):
    out = tmp_path / "out"
    words = f"run learned --extension {FILE}:extension --set graduation_rate=0.25 --set burn_in=2"
    words += " --seeds 1 --firms 60 --until 2011 --workers 1"
    done = call(*words.split(), "--cities", cities, "--out", out)
    assert done.exit_code == 0, done.output
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    (one,) = summary["extensions"]
    assert one["name"] == "university"
    assert one["source"] == f"{FILE}:extension"
    assert one["parameters"] == {"graduation_rate": 0.25, "university_scale": 1}
    assert summary["parameters_changed"]["graduation_rate"] == 0.25
    assert "graduates per unit of talent" in (out / "report.html").read_text(encoding="utf-8")
    # Who evaluates the folder later runs the model with the same extension, or not at all.
    study = read_repeatable(out).study
    assert study.parameters.graduation_rate == 0.25
    assert [one.name for one in extended(study.extension).extensions] == ["university"]
    one["hash"] = "0" * 16
    (out / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(InputError, match="was made with another source of extension university"):
        read_repeatable(out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--extension", "nosuch.py"], "nosuch.py: there is no such file"),
        (["--extension", "nosuchmodule:x"], "there is no module nosuchmodule"),
        (["--extension", "wrong.py:mispelt"], "has no mispelt; did you mean misspelt"),
        (
            ["--extension", "wrong.py:misspelt"],
            "wrong.py:3) reads an unknown name, own_intensty; did you mean own_intensity",
        ),
        (["--extension", "wrong.py:infinite"], "wrong.py:5) gives no finite number for row"),
        (["--extension", FILE, "--set", "graduation_rate=2"], "graduation_rate cannot be 2"),
        (["--extension", FILE, "--extension", FILE], "two extensions have this name"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(wrong, cities, monkeypatch, words, said):
    monkeypatch.chdir(wrong.parent)
    done = call("run", "none", *words, "--seeds", 1, "--firms", 60, "--until", 2006, "--cities", cities)
    assert done.exit_code == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("computeleap: ")]
    assert len(lines) == 1
    assert said in lines[0]
    assert "Traceback" not in done.output
    assert not (wrong.parent / "results").exists()


def test_check_leaves_with_0_or_1_or_2(wrong, cities, monkeypatch):
    monkeypatch.chdir(wrong.parent)
    monkeypatch.setattr(extension_check, "MANY_FIRMS", 200)
    monkeypatch.setattr(extension_check, "TIMED_FIRMS", 80)
    small = ("--firms", 60, "--quarters", 5, "--cities", cities)
    fine = call("extension", "check", FILE, *small)
    assert fine.exit_code == 0, fine.output
    assert "All checks passed." in fine.output
    bad = call("extension", "check", "wrong.py:infinite", *small)
    assert bad.exit_code == 1
    assert "1 of 2 checks failed." in bad.output
    assert call("extension", "check", "wrong.py:misspelt", *small).exit_code == 2
    assert call("extension", "check", FILE, *small, "--set", "graduation_rat=1").exit_code == 2


def test_pages_are_told_which_extensions_were_chosen(monkeypatch):
    monkeypatch.setenv(model_catalogue.EXTENSIONS, "")
    assert model_catalogue.served_model().extensions == ()
    made = model_catalogue.serve_extensions([str(FILE)])
    assert os.environ[model_catalogue.EXTENSIONS] == f"{FILE}:extension"
    assert model_catalogue.served_model() is made
    assert "graduation_rate" in model_catalogue.served_model().parameters.model_fields


def test_a_new_extension_is_written_once_and_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = call("new-extension", "carbon_tax")
    assert done.exit_code == 0, done.output
    assert "carbon_tax.py and test_carbon_tax.py are written" in done.output
    assert extended("carbon_tax.py").extensions[0].name == "carbon_tax"
    again = call("new-extension", "carbon_tax")
    assert (again.exit_code, "carbon_tax.py exists already" in again.stderr) == (2, True)
    wrong = call("new-extension", "Carbon-Tax")
    assert (wrong.exit_code, "use a lower-case name such as carbon_tax" in wrong.stderr) == (2, True)
