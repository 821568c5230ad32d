"""The sentence of what the centres did."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from viz.app.explore.frame_stream import FrameStream
from viz.app.explore.headline import HeadlineBar, headline, parameter_ranges, ranges_note, seeds_note
from viz.app.explore.run_options import ALL, RunOptions
from viz.app.explore.seed_spread import national
from viz.app.learn.stories import STORIES
from viz.app.ui.translations import translator

EN = translator("en")


def test_the_sentence_has_the_numbers_of_the_last_quarter(played) -> None:
    shot = played.snapshot(ALL)
    said = headline(shot, EN)
    for measure in ("innovation", "gdp"):
        assert national(shot, measure).text(2) in said
    assert EN.date(shot.date) in said
    assert EN("headline.same") in said  # one seed has no interval that lies above or below zero


def test_before_the_first_quarter_there_is_nothing_to_tell(played) -> None:
    shot = played.snapshot(ALL)
    assert headline(replace(shot, quarter=0), EN) == EN(f"headline.nothing_{shot.against}")


def test_few_seeds_are_told(played) -> None:
    shot = played.snapshot(ALL)
    count = len(shot.seed_pairs)
    assert seeds_note(shot, EN) == EN("headline.few", own=shot.seed, seeds=count)
    seeds = [SimpleNamespace(pair=SimpleNamespace(seed=seed)) for seed in (3, 4, 7)]
    many: Any = SimpleNamespace(seed_pairs=seeds, seed=3)
    assert seeds_note(many, EN) == EN("headline.note", own=3, seeds=3, last=7)


def test_clicks_replay_the_run_and_tell_a_story() -> None:
    asked: list[object] = []
    session: Any = SimpleNamespace(
        tr=EN,
        frames=FrameStream(),
        language=solara.reactive("en"),
        ready=solara.reactive(True),
        doing=solara.reactive("rest"),
        story=solara.reactive(None),
        side=solara.reactive("ranks"),
        set=lambda state, value: setattr(state, "value", value),
        replay=lambda: asked.append("replay"),
        show_tab=asked.append,
        load=asked.append,
    )
    box, found = solara.render(HeadlineBar(session), handle_error=False)
    (widget,) = box.children
    assert widget.ready
    assert [story["key"] for story in widget.stories] == list(STORIES)
    widget.vue_replay(None)
    widget.vue_tell("no such story")
    assert asked == ["replay"]
    assert session.story.value is None
    for name, story in STORIES.items():
        asked.clear()
        widget.vue_tell(name)
        assert session.story.value == (name, 0)
        step = story.steps[0]
        assert asked == (["explore"] if step.options is None else ["explore", step.options])
    session.doing.value = "play"
    assert not box.children[0].ready
    found.close()


def test_ranges_over_parameters_stand_where_they_belong(played) -> None:
    shot = played.snapshot(ALL)
    late = replace(shot, date="2028 Q2")
    said = ranges_note(RunOptions(), False, late, EN)
    assert parameter_ranges()["hosts"] in said
    assert ranges_note(RunOptions(), False, replace(shot, date="2015 Q2"), EN) == ""
    assert ranges_note(RunOptions(), True, late, EN) == ""
    assert ranges_note(RunOptions(scenario="random_hosts"), False, late, EN) == ""
    assert ranges_note(RunOptions(changes=(("tax_rate", 0.2),)), False, late, EN) == ""
