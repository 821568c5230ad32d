"""One sentence of what the centres did, with numbers and intervals."""

from __future__ import annotations

import functools

import numpy as np
import solara

from experiments.ensemble.members import shipped_ensemble
from experiments.ensemble.parameter_range import effect_ranges
from experiments.measures.number_text import number
from experiments.measures.twin_pairs import WINDOW_YEARS
from model.country.country import shipped_country
from viz.app.explore.run_options import RunOptions
from viz.app.explore.seed_spread import FEWEST_SEEDS, national, over_seeds
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.story_strip import tell
from viz.app.explore.use_frames import use_frames
from viz.app.learn.stories import STORIES
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import one_of, signal
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import Headline

TEXTS = (
    *("label", "replay", "stories", "twin", "share", "copied", "present"),
    *("keep", "keep_hint", "open", "open_hint", "wrong_file"),
)
RANGED = {"hosts": "effect_hosts", "country": "effect_national", "gdp": "effect_gdp", "gap": "change_theil"}


def headline(snapshot: Snapshot, tr: Translator) -> str:
    """Return the sentence on the effects at the end of a quarter."""
    if not snapshot.run.names and not snapshot.run.centres["opens"].size:
        return tr("headline.no_centres")
    if not snapshot.quarter or not len(snapshot.treated):
        return tr(f"headline.nothing_{snapshot.against}")
    hosts = over_seeds(
        snapshot,
        lambda one: one.pair.group_effect(one.pair.hosts) if len(one.pair.hosts) else float("nan"),
    )
    gap = national(snapshot, "recent_theil")
    way = {1: "wider", -1: "narrower"}.get(gap.sign, "same")
    return tr(
        f"headline.effect_{snapshot.against}",
        date=tr.date(snapshot.date),
        centres=len(snapshot.run.open) if snapshot.against == "all" else len(snapshot.own),
        hosts=hosts.text(1),
        country=national(snapshot, "innovation").text(2),
        gdp=national(snapshot, "gdp").text(2),
        gap=gap.text(2),
        way=tr(f"headline.{way}"),
    )


def seeds_note(snapshot: Snapshot, tr: Translator) -> str:
    """Return what the brackets and lines mean, and how many seeds there are so far."""
    seeds = [one.pair.seed for one in snapshot.seed_pairs]
    if len(seeds) < FEWEST_SEEDS:
        return tr("headline.few", own=snapshot.seed, seeds=len(seeds))
    return tr("headline.note", own=snapshot.seed, seeds=len(seeds), last=int(np.max(seeds)))


@functools.cache
def parameter_ranges() -> dict[str, str]:
    """Return the 90 % ranges over parameters of the shipped ensemble as text, or nothing if rules differ."""
    found = shipped_ensemble()
    if not found.is_current:
        return {}
    rows = effect_ranges(found).set_index("effect")
    return {
        name: f"{number(rows.loc[effect, 'low'], 1, True)} … {number(rows.loc[effect, 'high'], 1, True)}"
        for name, effect in RANGED.items()
    }


def ranges_note(options: RunOptions, own_country: bool, snapshot: Snapshot, tr: Translator) -> str:
    """Return the ranges over parameters, at the dates and for the settings to which the ensemble belongs."""
    plain = RunOptions()
    same = (options.scenario, options.changes, options.centres) == (plain.scenario, (), ())
    year = int(snapshot.date[:4] or 0)
    if own_country or not same or year < shipped_ensemble().about["last_year"] - WINDOW_YEARS + 1:
        return ""
    ranges = parameter_ranges()
    return f" {tr('headline.ranges', **ranges)}" if ranges else ""


@solara.component
def HeadlineBar(session: Session) -> None:
    """The sentence, what its numbers are, replay, and the three stories."""
    tr = session.tr
    element = Headline(
        texts=tr.section("headline", TEXTS),
        stories=[{"key": key, "text": tr(f"learn.{key}.title")} for key in STORIES],
        ready=session.ready.value and session.doing.value == "rest",
        event_replay=lambda _: session.replay(),
        event_present=signal(lambda: session.present(True)),
        event_tell=one_of(STORIES, lambda story: tell(session, story)),
    )

    def frame(snapshot: Snapshot) -> Option:
        own = session.country is not shipped_country()
        ranges = ranges_note(session.options.peek(), own, snapshot, session.tr)
        return {"text": headline(snapshot, session.tr), "note": seeds_note(snapshot, session.tr) + ranges}

    use_frames(session, "headline", element, frame)
