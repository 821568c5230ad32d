"""Stories: steps, texts and options."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


from viz.app.explore.run_options import RunOptionsError
from viz.app.learn.stories import STORIES, Measurements, measurements
from viz.app.ui.translations import LANGUAGES, translator

MEASURED = measurements()


STEPS = [(story, step) for story in STORIES.values() for step in story.steps]


NAMES = [f"{story.key} {step.key}" for story, step in STEPS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("story", "step"), STEPS, ids=NAMES)
def test_every_step_says_what_happens_where_to_look_and_whence_it_comes(language, story, step):
    tr = translator(language)
    start = f"learn.{story.key}.{step.key}"
    for part in ("title", "happens", "look", "source"):
        text = tr(f"{start}.{part}", **MEASURED.texts())
        assert text
        assert "{" not in text
    assert step.key == "question" or f"{start}.why" in tr.texts


def test_no_number_of_the_model_is_written_into_a_text():
    """Numbers come from the measurements: a text may hold years, counts and sources, no ± or decimals."""
    allowed = {"0.3", "0.7", "0.5", "0.1", "0.94"}  # parameters, and a published correlation (E9)
    for language in LANGUAGES:
        for key, text in translator(language).texts.items():
            if key.startswith("learn."):
                assert "±" not in text, key
                assert set(re.findall(r"\d+\.\d+", text)) <= allowed, key


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_has_four_to_six_steps_a_question_and_what_does_not_come_out(story):
    assert 4 <= len(story.steps) <= 6
    assert story.steps[-1].key == "question"
    assert sum(step.options is not None for step in story.steps) >= 4
    for language in LANGUAGES:
        assert translator(language)(f"learn.{story.key}.honest", **MEASURED.texts())


@pytest.mark.parametrize(
    ("story", "step"),
    [(a, b) for a, b in STEPS if b.options],
    ids=[f"{a.key} {b.key}" for a, b in STEPS if b.options],
)
def test_what_a_step_loads_can_be_run(story, step):
    parameters, scenario, seed = step.options.checked()
    assert parameters.firms == 10_000
    assert scenario.name == step.options.scenario
    assert seed == int(step.options.seed)
    for name, value in step.options.changes:
        assert scenario.parameters[name] == value


def test_numbers_are_told_with_two_digits_of_their_error():
    row = {"mean": 76.3568, "se": 3.095, "unit": "%", "seeds": 12}
    numbers = {
        "a": row,
        "b": {**row, "mean": -0.6449, "se": 0.0371, "unit": "log points"},
        "c": {**row, "mean": 25.374, "se": 0.5204, "unit": "% of pairs"},
    }
    measured = Measurements({}, numbers)
    assert [measured.text(name) for name in "abc"] == ["+76.4 ± 3.1 %", "−0.645 ± 0.037", "25.37 ± 0.52 %"]


def test_options_of_a_step_that_are_invalid_are_refused():
    options = replace(STORIES["gap"].steps[0].options, scenario="unheard_of")
    with pytest.raises(RunOptionsError):
        options.checked()
