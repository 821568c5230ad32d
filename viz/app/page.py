# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The page in the browser: choose a scenario, watch it run beside its twin without centres.

Every browser session has its own ``Session`` (viz/app/session.py) with its own pair of runs. What is drawn,
and from what, is in viz/app/panels.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import solara

from model.parameters import describe
from model.scenario import SCENARIOS
from viz.app.panels import MAPS, Snapshot, curves, load_country, picture
from viz.app.server import CITIES
from viz.app.session import FEWEST, MOST, Choice, Session
from viz.wording import number

STYLE = """
.v-navigation-drawer { min-width: 290px !important; max-width: 290px !important; }
"""

# Parameters with a slider: one or two of each mechanism, the rest is for the command line and Python.
SLIDERS = (
    "compute_weight", "substitution", "talent_mobility", "data_elasticity", "conversion_probability",
    "voucher_effort", "remote_access", "interoperability_friction", "opening_discount", "tender_rate",
)  # fmt: skip

# ── The page ─────────────────────────────────────────────────────────────────────────────────────


@solara.component
def Page() -> None:
    """The page of one browser session."""
    session = solara.use_memo(lambda: Session(load_country(os.environ.get(CITIES))), [])
    solara.use_effect(session.live, [])
    solara.Title("ComputeLeap")
    solara.Style(STYLE)
    with solara.Sidebar():
        Settings(session)
    with solara.Column(gap="8px", style={"padding": "12px 16px"}):
        Controls(session)
        if session.problem.value:
            solara.Error(session.problem.value, dense=True)
        if session.snapshot.value is None:
            if session.doing.value == "build":
                solara.ProgressLinear(True)
                solara.Text("The economy is being set up; the very first time, compiling takes some minutes.")
        else:
            Panels(session).key("panels")
    shown = session.snapshot.value
    solara.use_effect(lambda: session.note_shown(shown), [shown])


@solara.component
def Controls(session: Session) -> None:
    """Buttons that move time, and where the run stands."""
    snapshot, busy = session.snapshot.value, session.doing.value
    ready = snapshot is not None and busy == "rest"
    with solara.Row(gap="8px", style={"align-items": "center", "flex-wrap": "wrap"}):
        solara.Button("Step", on_click=session.step, disabled=not ready, color="primary")
        solara.Button("Play", on_click=session.play, disabled=not ready)
        solara.Button("Pause", on_click=session.pause, disabled=busy != "advance")
        solara.Button("Reset", on_click=session.reset, disabled=busy == "build")
        with solara.Row(gap="8px", style={"align-items": "center", "margin-left": "12px"}):
            solara.Button("Run to year", on_click=session.run_to_year, disabled=not ready)
            solara.v.TextField(
                v_model=session.until.value, on_v_model=partial(session.put, session.until), dense=True,
                hide_details=True, style_="max-width: 64px", attributes={"aria-label": "year to run to"},
            )  # fmt: skip
    if snapshot is not None and session.choice.value != session.running.value:
        solara.Info("The settings differ from those of this run: Reset begins one with them.", dense=True)
    if snapshot is not None:
        centres = int(snapshot.cities["centre"].sum())
        date = solara.v.Html(tag="b", children=[snapshot.date[:1].upper() + snapshot.date[1:]])
        text = (
            f" · {snapshot.title} · {number(snapshot.firms, 0)} firms · {centres} "
            f"{'city' if centres == 1 else 'cities'} with an open centre · {snapshot.summary}"
        )
        solara.v.Html(tag="div", children=[date, text])


@solara.component
def Panels(session: Session) -> None:
    """The map and the curves."""
    snapshot, shown = session.snapshot.value, session.map.value
    if snapshot is None:
        return
    with solara.ColumnsResponsive(default=[12], medium=[7, 5], gutters_dense=True):
        with solara.Column(gap="0px"):
            with solara.ToggleButtonsSingle(
                value=shown, on_value=partial(session.put, session.map), dense=True
            ):
                for name in MAPS:
                    solara.Button(name, value=name, text=True, style={"text-transform": "none"})
            Picture(MAPS[shown], snapshot, f"Map of cities, {shown}, {snapshot.date}.")
        Picture(curves, snapshot, f"Curves over time until the {snapshot.date}. {snapshot.summary}")


@solara.component
def Picture(draw: Callable[[Snapshot], Any], snapshot: Snapshot, text: str) -> None:
    """A figure as an image, drawn once for each snapshot; ``text`` says what it shows."""
    source = solara.use_memo(lambda: picture(draw, snapshot), [draw, snapshot])
    solara.v.Html(tag="img", attributes={"src": source, "alt": text}, style_="width: 100%; max-width: 860px")


@solara.component
def Settings(session: Session) -> None:
    """Scenario, seed, size and parameters; they take hold at Reset."""
    choice = session.choice.value
    paired = [name for name, scenario in SCENARIOS.items() if scenario.has_twin]

    def put(**values: Any) -> None:
        session.put(session.choice, replace(session.choice.peek(), **values))

    with solara.Column(gap="4px", style={"padding": "4px 8px"}):
        with solara.Tooltip(SCENARIOS[choice.scenario].meaning), solara.Div():
            solara.Select("Scenario", paired, choice.scenario, lambda name: put(scenario=name))
        solara.InputText("Seed", choice.seed, lambda text: put(seed=text))
        label = f"Number of firms ({FEWEST:,} to {MOST:,})"
        solara.InputText(label, choice.firms, lambda text: put(firms=text))
        changes = dict(choice.changes)
        for name in SLIDERS:
            value = changes.get(name, describe(name)["default"])
            Slider(name, value, partial(session.change, name))
        solara.Button(
            "Defaults", on_click=lambda: session.put(session.choice, Choice()), text=True, small=True
        )


@solara.component
def Slider(name: str, value: float, on_value: Callable[[float], None]) -> None:
    """A slider made from the description of a parameter."""
    row = describe(name)
    step = slider_step(row)
    unit = "" if row["unit"] in ("0 or 1", "0-1") else f" {row['unit']}"
    limits = f"from {row['low']:g} to {row['high']:g} ({row['unit']})"
    about = f"{row['meaning']}; default {row['default']:g}, {limits}"
    with solara.Column(gap="0px"):
        with solara.Tooltip(about), solara.Div():
            solara.Text(f"{name.replace('_', ' ')}: {value:g}{unit}", style={"font-size": "13px"})
        solara.v.Slider(
            v_model=value, on_v_model=lambda number: on_value(round(number, 6)), min=row["low"],
            max=row["high"], step=step, dense=True, hide_details=True,
            attributes={"aria-label": name.replace("_", " ")},
        )  # fmt: skip


def slider_step(row: dict[str, Any]) -> float:
    """The largest of 1, 0.5, 0.1, 0.05, ... that parts the range in 50 or more and meets the default."""
    if row["unit"] == "0 or 1":
        return 1.0
    for step in (10.0**-power * part for power in range(7) for part in (1.0, 0.5)):
        places = (row["default"] - row["low"]) / step
        if (row["high"] - row["low"]) / step >= 50 and abs(places - round(places)) < 1e-6:
            return step
    return 1e-6
