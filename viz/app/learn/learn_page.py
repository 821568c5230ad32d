# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The tour: three stories, step by step, each with a scenario to load and the numbers to expect."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd
import solara

from viz.app.learn.stories import STORIES, Load, Measurements, Step, Story, measurements
from viz.app.results.chart_style import BLUE, GREY, ORANGE, Option, safe
from viz.app.results.line_options import Estimates, axis, frame, intervals
from viz.app.results.result_widgets import STYLE, Figure, Heading, Note, tag
from viz.app.results.run_charts import city_name, unit_name, whisker_words
from viz.app.ui.parameter_translations import scenario_name
from viz.app.ui.translations import Words, words_of

PARTS = ("happens", "look", "why", "source")


@solara.component
def Learn(session: Any) -> None:
    """The page. Of the session ``language``, ``begin``, ``show``, ``put`` and ``side`` are used."""
    words = words_of(session.language.value)
    measured = measurements()
    chosen, set_chosen = solara.use_state(next(iter(STORIES)))
    with solara.Div():
        solara.Style(STYLE)
        with solara.v.Html(tag="div", class_="cs-tour"):
            Heading(words("learn.title"), 2)
            Note(words("learn.about"))
            with solara.v.Html(
                tag="nav", class_="cs-stories", attributes={"aria-label": words("learn.title")}
            ):
                for key in STORIES:
                    on = key == chosen
                    with solara.v.Html(tag="div", class_="cs-story" + (" cs-on" if on else "")):
                        solara.Button(
                            children=[
                                tag("b", words(f"learn.{key}.title")),
                                tag("span", words(f"learn.{key}.lead")),
                            ],
                            text=True,
                            on_click=lambda key=key: set_chosen(key),
                            attributes={"aria-pressed": str(on).lower()},
                        )
            Told(session, STORIES[chosen], measured, words).key(chosen)


@solara.component
def Told(session: Any, story: Story, measured: Measurements, words: Words) -> None:
    """A story: one step at a time, beside the numbers to expect."""
    with solara.v.Html(tag="div", class_="cs-told"):
        with solara.v.Html(tag="div", class_="cs-main"):
            Steps(session, story, measured, words)
            if story.key == "leapfrog":
                Figure(
                    words,
                    words("learn.leapfrog.scatter"),
                    scatter(measured, words),
                    "computeleap-leapfrog-places",
                    lambda: pd.DataFrame(measured.leap_cities),
                    height="330px",
                    note=words("learn.leapfrog.scatter_note"),
                )
        with solara.v.Html(tag="div"):
            Figure(
                words,
                words(f"learn.{story.key}.chart"),
                expected(story, measured, words),
                f"computeleap-{story.key}",
                lambda: told_table(story, measured),
                height="310px",
                note=words("learn.measured", **measured.texts()),
            )
            tag("div", words(f"learn.{story.key}.honest", **measured.texts()), classes="cs-honest")


@solara.component
def Steps(session: Any, story: Story, measured: Measurements, words: Words) -> None:
    """The numbered steps, the text of one, and the buttons under it."""
    place, set_place = solara.use_state(0)
    steps = story.steps
    load = steps[place].load
    with solara.v.Html(tag="section", class_="cs-card", attributes={"aria-live": "polite"}):
        with solara.v.Html(tag="div", class_="cs-steps"):
            for k, one in enumerate(steps):
                title = words(f"learn.{story.key}.{one.key}.title")
                solara.Button(
                    str(k + 1),
                    on_click=lambda k=k: set_place(k),
                    small=True,
                    outlined=k != place,
                    depressed=True,
                    color="primary",
                    attributes={
                        "aria-label": words("learn.step", number=k + 1, title=title),
                        "aria-current": "step" if k == place else "false",
                        "title": title,
                    },
                )
        Text(story, steps[place], measured, words)
        with solara.v.Html(tag="div", class_="cs-go"):
            if load is not None:
                solara.Button(
                    words("learn.load"),
                    icon_name="mdi-play-circle-outline",
                    color="primary",
                    depressed=True,
                    on_click=lambda: begin(session, load),
                )
            solara.Button(
                words("learn.back"),
                text=True,
                disabled=place == 0,
                on_click=lambda: set_place(max(0, place - 1)),
            )
            solara.Button(
                words("learn.next"),
                text=True,
                disabled=place == len(steps) - 1,
                on_click=lambda: set_place(min(place + 1, len(steps) - 1)),
            )
        if load is not None:
            Note(in_words(load, words))


@solara.component
def Text(story: Story, step: Step, measured: Measurements, words: Words) -> None:
    """What happens, where to look, why, and the source."""
    start = f"learn.{story.key}.{step.key}"
    Heading(words(f"{start}.title"), 3)
    with solara.v.Html(tag="dl", class_="cs-step"):
        for part in PARTS:
            if f"{start}.{part}" in words.texts:
                tag("dt", words(f"learn.part.{part}"))
                tag("dd", words(f"{start}.{part}", **measured.texts()), classes=f"cs-{part}")


def in_words(load: Load, words: Words) -> str:
    """What a button loads."""
    from viz.app.results.sweep_charts import factor_name

    text = words(
        "learn.loads",
        scenario=scenario_name(load.scenario, words),
        seed=load.seed,
        firms=f"{int(load.firms):,}",
        until=load.until,
    )
    return text + "".join(f" {factor_name(name, words)}: {value:g}." for name, value in load.changes)


def begin(session: Any, load: Load) -> None:
    """Load the scenario into Explore, run it to the step's year, and show it."""
    from viz.app.explore.run_options import Choice

    session.begin(Choice(**load.chosen()))
    session.put(session.side, load.side)
    session.show("explore")


def expected(story: Story, measured: Measurements, words: Words) -> Option:
    """The story's numbers, with 95 % intervals over seeds."""
    rows = [measured.numbers[name] for name in story.told]
    unit = unit_name(story.unit, words)
    return intervals(
        [words(f"learn.number.{name.replace('.', '_')}") for name in story.told],
        [Estimates(words("learn.mean"), [(row["mean"], row["se"], row["seeds"]) for row in rows], BLUE)],
        f"{words(f'learn.{story.key}.axis')}, {unit}",
        words("learn.number.what"),
        upright=False,
        units=[unit] * len(rows),
        words=whisker_words(words),
    )


def scatter(measured: Measurements, words: Words) -> Option:
    """Places before and after, of every city: with a new technique, and without one."""
    names = {int(row["city_id"]): city_name(row, words) for row in _cities()}
    series: list[Option] = []
    for column, colour, symbol in (("without", GREY, "circle"), ("after", ORANGE, "diamond")):
        label = words(
            "learn.leapfrog.scatter_without" if column == "without" else "learn.leapfrog.scatter_with"
        )
        series.append(
            {
                "type": "scatter",
                "name": label,
                "symbol": symbol,
                "symbolSize": 6 if column == "without" else 8,
                "itemStyle": {"color": colour, "opacity": 0.75},
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
        **frame(legend=[one["name"] for one in series]),
        "series": series,
        "xAxis": axis(words("learn.leapfrog.before"), min=1, inverse=True),
        "yAxis": axis(words("learn.leapfrog.after"), gap=38, min=1, inverse=True),
    }


@functools.cache
def _cities() -> list[dict[str, Any]]:
    from model.country.geography import load_cities

    return load_cities()[["city_id", "name_en", "name_zh"]].to_dict("records")


def told_table(story: Story, measured: Measurements) -> pd.DataFrame:
    """The same as a table, one row a number and seed."""
    return pd.DataFrame(
        [
            {"number": name, "unit": measured.numbers[name]["unit"], "seed": seed, "value": value}
            for name in story.told
            for seed, value in enumerate(measured.numbers[name]["values"], start=1)
        ]
    )
