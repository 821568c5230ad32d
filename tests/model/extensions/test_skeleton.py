"""The first files of an extension: they run, and the test of the extension passes."""

import runpy

import numpy as np
import pytest

from model.extensions.extension import ExtensionError
from model.extensions.loading import load_extension
from model.extensions.skeleton import skeleton
from tests.support.small_run import run


def test_the_extension_runs_and_an_edit_counts(country, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in skeleton("carbon_tax").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    compile((tmp_path / "test_carbon_tax.py").read_text(encoding="utf-8"), "test_carbon_tax.py", "exec")
    assert {"test_the_neutral_value_is_the_model_alone", "innovation"} <= set(
        runpy.run_path(str(tmp_path / "test_carbon_tax.py"))
    )
    first = run(country, extension="carbon_tax.py", engine="interpreted")
    neutral = run(country, extension="carbon_tax.py", engine="interpreted", carbon_tax_factor=1.0)
    assert np.array_equal(neutral.state["firms"]["quality"], run(country).state["firms"]["quality"])
    assert not np.array_equal(first.state["firms"]["quality"], neutral.state["firms"]["quality"])
    text = (tmp_path / "carbon_tax.py").read_text(encoding="utf-8")
    (tmp_path / "carbon_tax.py").write_text(text.replace("else 1.0", "else 1.1"), encoding="utf-8")
    second = run(country, extension="carbon_tax.py", engine="interpreted")
    assert second.measures()["mean_research"].iloc[-1] > first.measures()["mean_research"].iloc[-1]
    assert load_extension("carbon_tax.py")[0].neutral == {"carbon_tax_factor": 1.0}


@pytest.mark.parametrize("name", ["Carbon", "carbon-tax", "碳", "1a"])
def test_a_name_is_a_lower_case_word(name):
    with pytest.raises(ExtensionError, match="use a lower-case name such as carbon_tax"):
        skeleton(name)
