"""The Learn tab: three stories, step by step, each with scenarios to load and the numbers to expect."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd
import solara

from viz.app.explore.run_options import RunOptions
from viz.app.explore.session import Session
from viz.app.explore.story_strip import PARTS, tell
from viz.app.learn.stories import STORIES, Measurements, Story, StoryStep, measurements
from viz.app.results.chart_numbers import safe
from viz.app.results.line_options import Estimates, intervals
from viz.app.results.result_widgets import STYLE, Figure, Heading, Note, tag
from viz.app.results.run_charts import city_name, interval_captions, unit_name
from viz.app.ui.chart_options import Option, axis, base_option
from viz.app.ui.parameter_translations import scenario_name
from viz.app.ui.translations import Translator, translator
from viz.palette import BLUE, GREY, ORANGE


@solara.component
def Learn(session: Session) -> None:
    """The tab."""
    tr = translator(session.language.value)
    measured = measurements()
    chosen, set_chosen = solara.use_state(next(iter(STORIES)))
    with solara.Div():
        solara.Style(STYLE)
        with solara.v.Html(tag="div", class_="cs-tour"):
            Heading(tr("learn.title"), 2)
            Note(tr("learn.about"))
            with solara.v.Html(tag="nav", class_="cs-stories", attributes={"aria-label": tr("learn.title")}):
                for key in STORIES:
                    on = key == chosen
                    with solara.v.Html(tag="div", class_="cs-story" + (" cs-on" if on else "")):
                        solara.Button(
                            children=[
                                tag("b", tr(f"learn.{key}.title")),
                                tag("span", tr(f"learn.{key}.lead")),
                            ],
                            text=True,
                            on_click=lambda key=key: set_chosen(key),
                            attributes={"aria-pressed": str(on).lower()},
                        )
            StoryPanel(session, STORIES[chosen], measured, tr).key(chosen)


@solara.component
def StoryPanel(session: Session, story: Story, measured: Measurements, tr: Translator) -> None:
    """A story: one step at a time, with the numbers to expect at its right."""
    with solara.v.Html(tag="div", class_="cs-story-panel"):
        with solara.v.Html(tag="div", class_="cs-main"):
            Steps(session, story, measured, tr)
            if story.key == "leapfrog":
                Figure(
                    tr,
                    tr("learn.leapfrog.scatter"),
                    scatter(measured, tr),
                    "computeleap-leapfrog-places",
                    lambda: pd.DataFrame(measured.leap_cities),
                    height="330px",
                    note=tr("learn.leapfrog.scatter_note"),
                    ran=tr("learn.measured", **measured.texts()),
                )
        with solara.v.Html(tag="div"):
            Figure(
                tr,
                tr(f"learn.{story.key}.chart"),
                expected(story, measured, tr),
                f"computeleap-{story.key}",
                lambda: story_table(story, measured),
                height="310px",
                note=tr("learn.measured", **measured.texts()),
                ran=tr("learn.measured", **measured.texts()),
            )
            tag("div", tr(f"learn.{story.key}.honest", **measured.texts()), classes="cs-honest")


@solara.component
def Steps(session: Session, story: Story, measured: Measurements, tr: Translator) -> None:
    """The numbered steps, the text of one, and the buttons below it."""
    place, set_place = solara.use_state(0)
    steps = story.steps
    step = steps[place]
    with solara.v.Html(tag="section", class_="cs-card", attributes={"aria-live": "polite"}):
        with solara.v.Html(tag="div", class_="cs-steps"):
            for k, one in enumerate(steps):
                title = tr(f"learn.{story.key}.{one.key}.title")
                solara.Button(
                    str(k + 1),
                    on_click=lambda k=k: set_place(k),
                    small=True,
                    outlined=k != place,
                    depressed=True,
                    color="primary",
                    attributes={
                        "aria-label": tr("learn.step", number=k + 1, title=title),
                        "aria-current": "step" if k == place else "false",
                        "title": title,
                    },
                )
        Text(story, step, measured, tr)
        with solara.v.Html(tag="div", class_="cs-go"):
            if step.options is not None:
                solara.Button(
                    tr("learn.load"),
                    icon_name="mdi-play-circle-outline",
                    color="primary",
                    depressed=True,
                    on_click=lambda: tell(session, story.key, place),
                )
            solara.Button(
                tr("learn.back"),
                text=True,
                disabled=place == 0,
                on_click=lambda: set_place(max(0, place - 1)),
            )
            solara.Button(
                tr("learn.next"),
                text=True,
                disabled=place == len(steps) - 1,
                on_click=lambda: set_place(min(place + 1, len(steps) - 1)),
            )
        if step.options is not None:
            Note(load_sentence(step.options, tr))


@solara.component
def Text(story: Story, step: StoryStep, measured: Measurements, tr: Translator) -> None:
    """The text of a step: what happens, where to look, why, and the source."""
    start = f"learn.{story.key}.{step.key}"
    Heading(tr(f"{start}.title"), 3)
    with solara.v.Html(tag="dl", class_="cs-step"):
        for part in PARTS:
            if f"{start}.{part}" in tr.texts:
                tag("dt", tr(f"learn.part.{part}"))
                tag("dd", tr(f"{start}.{part}", **measured.texts()), classes=f"cs-{part}")


def load_sentence(options: RunOptions, tr: Translator) -> str:
    """Return the sentence on what a step loads."""
    from viz.app.results.sweep_charts import factor_name

    text = tr(
        "learn.loads",
        scenario=scenario_name(options.scenario, tr),
        seed=options.seed,
        firms=f"{int(options.firms):,}",
        until=options.until,
    )
    return text + "".join(f" {factor_name(name, tr)}: {value:g}." for name, value in options.changes)


def expected(story: Story, measured: Measurements, tr: Translator) -> Option:
    """Return the chart of the story's numbers, with 95 % intervals over seeds."""
    rows = [measured.numbers[name] for name in story.numbers]
    unit = unit_name(story.unit, tr)
    return intervals(
        [tr(f"learn.number.{name.replace('.', '_')}") for name in story.numbers],
        [Estimates(tr("learn.mean"), [(row["mean"], row["se"], row["seeds"]) for row in rows], BLUE)],
        f"{tr(f'learn.{story.key}.axis')}, {unit}",
        tr("learn.number.what"),
        upright=False,
        units=[unit] * len(rows),
        captions=interval_captions(tr),
    )


def scatter(measured: Measurements, tr: Translator) -> Option:
    """Return the chart of every city's place before and after, with a new technique and without one."""
    names = {int(row["city_id"]): city_name(row, tr) for row in _cities()}
    series: list[Option] = []
    for column, colour, symbol in (("without", GREY, "circle"), ("after", ORANGE, "diamond")):
        label = tr("learn.leapfrog.scatter_without" if column == "without" else "learn.leapfrog.scatter_with")
        series.append(
            {
                "type": "scatter",
                "name": label,
                "symbol": symbol,
                "symbolSize": 6 if column == "without" else 8,
                "itemStyle": {"color": colour, "opacity": 0.75 if column == "without" else 1.0},
                "data": [
                    {
                        "value": [row["before"], row[column]],
                        "tooltip": {
                            "formatter": f"<b>{safe(names.get(int(row['city_id']), ''))}</b><br>"
                            f"{row['before']:g} → {row[column]:g}<br>{label}"
                        },
                    }
                    for row in measured.leap_cities
                ],
            }
        )
    return {
        **base_option(names=[str(one["name"]) for one in series]),
        "series": series,
        "xAxis": axis(tr("learn.leapfrog.before"), min=1, inverse=True),
        "yAxis": axis(tr("learn.leapfrog.after"), gap=38, min=1, inverse=True),
    }


@functools.cache
def _cities() -> list[dict[str, Any]]:
    from model.country.city_tables import load_cities

    return load_cities()[["city_id", "name_en", "name_zh"]].to_dict("records")


def story_table(story: Story, measured: Measurements) -> pd.DataFrame:
    """Return the story's numbers, one row for each number and seed."""
    return pd.DataFrame(
        [
            {"number": name, "unit": measured.numbers[name]["unit"], "seed": seed, "value": value}
            for name in story.numbers
            for seed, value in enumerate(measured.numbers[name]["values"], start=1)
        ]
    )
