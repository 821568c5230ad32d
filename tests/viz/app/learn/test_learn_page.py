"""The Learn tab: its stories, their numbers against a quick run of the model, and the page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify
import solara

from experiments.measures.chain_upgrading import ARRIVAL, FEWEST_FIRMS, NEVER, order_of, technique_run
from experiments.measures.twin_pairs import mean_and_se
from experiments.pages.story_numbers import (
    CLAIMS,
    LEAP_UNTIL,
    OVERTAKES,
    SEEDS,
    as_text,
    claim_rows,
    layout_numbers,
    layout_study,
    leap_cities,
    technique_numbers,
)
from experiments.study.run_arms import run_arms
from model.country.city_tables import load_cities
from model.parameters import Parameters
from tests.support.rendered_page import texts_of
from viz.app.learn.learn_page import PARTS, Learn, expected, scatter, story_table
from viz.app.learn.stories import STORIES, measurements
from viz.app.ui.translations import LANGUAGES, translator

MEASURED = measurements()
STEPS = [(story, step) for story in STORIES.values() for step in story.steps]
CLAIMED = {claim.key: claim for claim in CLAIMS}
TOLD = (
    *(f"poor_sites_network.{name}" for name in ("weakest", "theil", "talent", "others", "near", "leapers")),
    "poor_sites_local.hosts",
    "due_to_centres.sales",
    "hosts_by_lot.places",
    *(
        f"{of}.theil{part}"
        for of in ("local_demand", "cross_region", "cross_region_trading")
        for part in ("", "_regions")
    ),
)


# ── The committed numbers ────────────────────────────────────────────────────────────────────────


def test_what_is_told_was_measured_with_ten_seeds_or_more():
    assert MEASURED.made["seeds"] == SEEDS >= 10
    assert MEASURED.made["firms"] == 10_000
    for name, row in MEASURED.numbers.items():
        found = mean_and_se(row["values"])
        assert row["mean"] == pytest.approx(found["mean"], rel=1e-3, abs=1e-9), name
        assert row["se"] == pytest.approx(found["se"], rel=1e-3, abs=1e-9), name
        assert row["seeds"] == SEEDS
    assert set(MEASURED.numbers) == set(CLAIMED)


@pytest.mark.parametrize("key", sorted(CLAIMED))
def test_the_signs_of_the_texts_are_those_of_the_numbers(key):
    claim, row = CLAIMED[key], MEASURED.numbers[key]
    assert (row["unit"], row["sign"]) == (claim.unit, claim.sign)
    if claim.sign:
        clear = abs(row["mean"]) > 2.0 * row["se"]
        assert clear, "a text may not claim what is indistinguishable from zero"
        assert np.sign(row["mean"]) == claim.sign


def test_numbers_whose_text_claims_no_sign_have_one_in_the_text():
    """A text that leaves the sign open gives the number itself, with its sign and error."""
    for language in LANGUAGES:
        told = "".join(text for key, text in translator(language).texts.items() if key.startswith("learn."))
        for key, claim in CLAIMED.items():
            if claim.sign is None and key in TOLD:
                assert f"{{{key.replace('.', '_')}}}" in told, (language, key)


def test_what_the_texts_say_without_a_number_is_so():
    of = {name: row["mean"] for name, row in MEASURED.numbers.items()}
    assert of["poor_sites_local.use"] < 0.25 * of["poor_sites_network.use"]  # "idle centres"
    assert of["new_technique.sales"] > 2 * of["no_new_technique.sales"]
    assert of["common_experience.sales"] < 2 * of["no_new_technique.sales"]  # "little more than without it"


def test_the_seed_on_the_screen_shows_the_story():
    for story, step in STEPS:
        if step.options is None or step.options.seed not in {str(seed) for seed in range(1, SEEDS + 1)}:
            continue
        for name in story.numbers:
            if name.split(".")[0] == step.options.scenario and not step.options.changes:
                value = MEASURED.numbers[name]["values"][int(step.options.seed) - 1]
                assert np.sign(value) == (CLAIMED[name].sign or np.sign(value)), (name, step.options.seed)


def test_cities_of_the_scatter_turn_round_with_the_technique_alone():
    before, after, without = (
        np.array([row[column] for row in MEASURED.leap_cities]) for column in ("before", "after", "without")
    )
    assert len(before) > 100
    assert sorted(before) == sorted(after) == sorted(without)
    kept, turned = (np.corrcoef(before, later)[0, 1] for later in (without, after))
    assert kept > 0.7  # firms grow at random: places are not kept to the last one
    assert turned < min(0.5, kept - 0.5)


# ── The model again, small ───────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_quick_run_has_the_main_signs():
    small = layout_study(
        (1,), Parameters(firms=2000), load_cities(), 2016, ("poor_sites_network", "poor_sites_local")
    )
    values = layout_numbers(run_arms(small))
    assert values["poor_sites_network.data"][0] > 0.0
    assert values["poor_sites_network.use"][0] > 4 * values["poor_sites_local.use"][0] > 0.0


@pytest.mark.slow
def test_a_new_technique_turns_the_order_round():
    label = OVERTAKES["sales"]
    given = {"parameters": Parameters(firms=6000), "cities": load_cities()}
    technique, null = (
        order_of(technique_run(1, arrival, LEAP_UNTIL, **given), ARRIVAL, LEAP_UNTIL)[label]
        for arrival in (ARRIVAL, NEVER)
    )
    assert technique > 2 * null > 0


def test_numbers_of_a_technique_are_differences_of_its_cases(country):
    given = {"parameters": Parameters(firms=1500, burn_in=4), "cities": country}
    one = {key: found[0] for key, found in technique_numbers((1,), until=2018, **given).items()}
    assert one["beyond_null.sales"] == pytest.approx(
        one["new_technique.sales"] - one["no_new_technique.sales"]
    )
    assert one["due_to_centres.sales"] == pytest.approx(one["new_technique.sales"] - one["no_centres.sales"])
    assert 0.0 <= one["new_technique.taken_up"] <= 100.0
    assert -12.0 < one["hosts_by_lot.places"] < 12.0


def test_the_file_holds_what_was_measured(country):
    values = {
        "poor_sites_network.hosts": [1.0, 3.0],
        "poor_sites_network.near": [-1.0, 2.0],
        "unknown": [1.0],
    }
    rows = claim_rows(values)
    assert set(rows) == {"poor_sites_network.hosts", "poor_sites_network.near"}
    assert rows["poor_sites_network.hosts"]["mean"] == 2.0
    assert rows["poor_sites_network.hosts"]["se"] == pytest.approx(1.0)
    assert rows["poor_sites_network.near"]["share"] == 0.5
    cities = leap_cities(1, ARRIVAL + 6, parameters=Parameters(firms=20 * FEWEST_FIRMS * 12), cities=country)
    assert all(set(row) == {"city_id", "before", "after", "without"} for row in cities)
    import json

    again = json.loads(as_text({"seeds": 2}, rows, cities))
    assert again == {"made": {"seeds": 2}, "numbers": rows, "leap_cities": cities}


# ── The charts ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_chart_of_a_story_has_all_its_numbers(story, language):
    tr = translator(language)
    option = expected(story, MEASURED, tr)
    assert len(option["series"][0]["data"]) == len(story.numbers)
    assert option["xAxis"]["name"].strip()
    assert option["yAxis"]["name"].strip()
    assert len(story_table(story, MEASURED)) == SEEDS * len(story.numbers)
    assert {MEASURED.numbers[name]["unit"] for name in story.numbers} == {story.unit}
    assert all(axis["name"] for axis in (scatter(MEASURED, tr)["xAxis"], scatter(MEASURED, tr)["yAxis"]))


# ── The page, without a browser ──────────────────────────────────────────────────────────────────


def visitor() -> Any:
    begun: list[Any] = []
    one = SimpleNamespace(
        language=solara.reactive("en"),
        side=solara.reactive("country"),
        story=solara.reactive(None),
        begun=begun,
        shown=[],
    )
    one.load, one.show_tab = begun.append, one.shown.append
    one.set = lambda reactive, value: setattr(reactive, "value", value)
    return one


def click(found: Any, text: str) -> None:
    next(b for b in found.find(ipyvuetify.Btn).widgets if text in texts_of(b)).click()


def test_a_visitor_walks_through_a_story_and_loads_its_scenario():
    session = visitor()
    box, found = solara.render(Learn(session), handle_error=False)
    assert "A country, twice" in texts_of(box)
    click(found, "Leapfrogging")
    assert "Learning by doing" in texts_of(box)
    for _ in range(2):
        click(found, "Next")
    assert "Overtaking" in texts_of(box)
    assert MEASURED.text("new_technique.sales") in texts_of(box)
    click(found, "Load into Explore")
    assert session.shown == ["explore"]
    assert (session.begun[0].scenario, session.begun[0].until) == ("paradigm", "2035")
    assert session.side.value == "ranks"
    assert session.story.value == ("leapfrog", 2)  # its text stays next to the map
    session.language.value = "zh"
    assert "蛙跳" in texts_of(box)
    found.close()


def test_every_step_is_shown_in_both_languages():
    session = visitor()
    box, found = solara.render(Learn(session), handle_error=False)
    for language in LANGUAGES:
        session.language.value = language
        tr = translator(language)
        for story in STORIES.values():
            click(found, tr(f"learn.{story.key}.lead"))
            for number, step in enumerate(story.steps, start=1):
                next(b for b in found.find(ipyvuetify.Btn).widgets if b.children == [str(number)]).click()
                for part in PARTS:
                    key = f"learn.{story.key}.{step.key}.{part}"
                    if key in tr.texts:
                        assert tr(key, **MEASURED.texts()) in texts_of(box)
    found.close()
