"""The bundle of a study: the tables of every seed before the burn-in, and how the study is made in Python."""

import numpy as np
import pytest

from experiments.browser import browser_bundle as module
from experiments.browser.browser_bundle import MADE, browser_bundle, made_with
from experiments.study.prepare import make_study
from experiments.study.settings import merge_settings
from model import RegionalModel
from model.engine.rule_source import RuleError
from model.engine.state import State

GIVEN = {"scenario": "poor_sites_network", "cities": "synthetic:12", "seeds": 2, "until": 2012}
CHANGES = ["firms=150", "burn_in=4"]


@pytest.fixture
def settings():
    return merge_settings(None, GIVEN, CHANGES)


@pytest.fixture(autouse=True)
def no_compiler(monkeypatch):
    monkeypatch.setattr(module, "cached_module", lambda kernels, vectors: b"\0asm\1\0\0\0")


def unpacked(bundle, said):
    kind, shape = np.dtype("<" + said["type"]), tuple(said["shape"])
    if "all" in said:
        return np.full(shape, np.frombuffer(bytes.fromhex(said["all"]), kind)[0])
    return np.frombuffer(bundle.data, kind, int(np.prod(shape)), said["at"]).reshape(shape)


def arrays_of(state: State):
    found = {f"{name}.{column}": table[column] for name, table in state.tables.items() for column in table}
    return found | state.arrays


def test_every_seed_has_its_tables(settings):
    bundle = browser_bundle(settings)
    facts, study = bundle.facts, make_study(settings)
    centres = ("providers.", "offers.", "city_offers.", "route_")
    for seed in study.seeds:
        fresh = RegionalModel(study.parameters, study.scenario, seed, country=study.country).fresh_copy()
        for name, values in arrays_of(fresh.state).items():
            if name in MADE or name.startswith(centres):
                continue
            said = facts["seeds"][seed]["arrays"].get(name, facts["arrays"][name])
            assert np.array_equal(unpacked(bundle, said), values), name
        assert [one["city"] for one in facts["seeds"][seed]["openings"]] == [
            one.city for one in fresh.openings
        ]
    assert facts["arrays"]["providers.city"]["shape"] == [12]
    assert facts["program"]["calls"][0]["event"] == "intelligent_pull"


def test_a_bundle_says_how_its_study_is_made(settings):
    said = made_with(settings)
    space = {}
    exec("\n".join(said["python"]), space)
    study = make_study(settings)
    assert space["study"].scenario == study.scenario
    assert space["study"].parameters == study.parameters
    assert said["command"] == " --cities synthetic:12 --set firms=150 --set burn_in=4"


def test_the_twin_of_a_run_that_builds_centres_has_its_own_quarter():
    given = GIVEN | {"scenario": "none", "seeds": 1}
    facts = browser_bundle(merge_settings(None, given, CHANGES)).facts
    assert facts["twin"] is None
    scenario = "local_demand"
    facts = browser_bundle(merge_settings(None, given | {"scenario": scenario}, CHANGES)).facts
    run, twin = ([call["event"] for call in one["program"]["calls"]] for one in (facts, facts["twin"]))
    assert "place_orders" in run
    assert "place_orders" not in twin
    assert facts["slots"] > facts["twin"]["slots"] == 0
    numbers = [call["kernel"] for one in (facts, facts["twin"]) for call in one["program"]["calls"]]
    assert max(numbers) == len(facts["kernels"]) - 1
    assert len(set(numbers)) < len(numbers)  # what both do is compiled once


def test_an_interpreted_rule_is_named(settings, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from agents.rules import Rules\n"
        "from model.engine.rule_source import interpreted\n"
        "from model.extensions.extension import Extension\n\n\n"
        "@interpreted\ndef data(data_stock):\n    return data_stock\n\n\n"
        'extension = Extension("mine", rules=Rules(data=data))\n'
    )
    own = merge_settings(None, GIVEN | {"extension": f"{tmp_path}/mine.py:extension"}, CHANGES)
    with pytest.raises(RuleError, match=r"cannot be compiled: data .* is marked @interpreted"):
        browser_bundle(own)
