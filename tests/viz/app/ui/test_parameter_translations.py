"""Chinese names and meanings of parameters, groups and scenarios."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

from model.parameters import Parameters, describe
from viz.app.model_catalogue import adjustable_parameters, available_scenarios
from viz.app.ui.parameter_translations import FOLDER as PARAMETERS
from viz.app.ui.parameter_translations import (
    parameter_group,
    parameter_meaning,
    parameter_name,
    parameter_source,
    parameter_unit,
    scenario_meaning,
)

HAN = re.compile(r"[\u4e00-\u9fff]")


def test_every_parameter_and_group_has_a_chinese_name_and_meaning():
    file = tomllib.loads((PARAMETERS / "zh.toml").read_text(encoding="utf-8"))
    assert list(file["parameters"]) == list(Parameters.model_fields)
    assert set(file["groups"]) == {describe(name)["group"] for name in Parameters.model_fields}
    for name in Parameters.model_fields:
        assert HAN.search(parameter_name(name, "zh"))
        assert HAN.search(parameter_meaning(name, "zh")) or parameter_meaning(name, "zh") == "PUE"
        assert parameter_meaning(name, "en") == describe(name)["meaning"]
        assert HAN.search(parameter_group(describe(name)["group"], "zh"))
    # A letter of the model's equations is the same letter in both languages.
    for name in Parameters.model_fields:
        greek = re.match(r"^([α-ωA-Z]\w?):", str(describe(name)["meaning"]))
        if greek:
            assert parameter_meaning(name, "zh").startswith(greek[1])


def test_every_scenario_has_a_chinese_meaning():
    file = tomllib.loads((PARAMETERS / "zh.toml").read_text(encoding="utf-8"))
    assert list(file["scenarios"]) == list(available_scenarios())
    for name, scenario in available_scenarios().items():
        assert HAN.search(scenario_meaning(name, "zh"))
        assert scenario_meaning(name, "en") == scenario.meaning


def test_names_of_parameters_are_not_mixed_up():
    names = [parameter_name(name, "zh") for name in Parameters.model_fields]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_unit_is_chinese():
    for name in adjustable_parameters():
        assert HAN.search(parameter_unit(name, "zh")), describe(name)["unit"]
        assert parameter_unit(name, "en") == describe(name)["unit"]


def test_sources_that_are_no_reference_are_chinese():
    judged = [name for name in adjustable_parameters() if describe(name)["source"].startswith("judgement")]
    assert judged
    for name in judged:
        assert parameter_source(name, "zh").startswith("判断")
        assert parameter_source(name, "en") == describe(name)["source"]
