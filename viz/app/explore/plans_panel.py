"""The panel of plans: their centres, their curves and differences on one chart, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import solara

from agents.compute_provider import KINDS
from model.scenarios.scenario import Place
from viz.app.explore.live_chart import (
    band_edges,
    empty_remark,
    legend,
    live_option,
    quarter_axis,
    quarter_range,
    rounded_or_gap,
    top_axis,
)
from viz.app.explore.plan_sample import MEASURES, plan_accounts, plan_effects
from viz.app.explore.plan_state import PLANS
from viz.app.explore.run_options import RunOptions
from viz.app.explore.seed_spread import FEWEST_SEEDS, Spread, city_means, spread
from viz.app.explore.session import Session
from viz.app.explore.settings_form import is_stale, scenario_groups
from viz.app.explore.snapshot import Snapshot, Totals
from viz.app.explore.use_frames import use_frames
from viz.app.ui.chart_options import Option, line
from viz.app.ui.echart import Chart
from viz.app.ui.event_filters import Form, form, natural_number, signal
from viz.app.ui.parameter_translations import parameter_name, scenario_name
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import CityTable, JsonObject, PlanEditor, Tools
from viz.palette import BLUE, GREEN, GREY, PURPLE, RED

COLOURS, OF_DIFFERENCES = (BLUE, RED, GREEN), (PURPLE, GREY)
PLAN_PARTS = 3  # changed parameters that the line of a plan names
TITLES = {"innovation": "innovation_effect", "gdp": "gdp_effect", "recent_theil": "gap_effect"}
TEXTS = (
    "label",
    "copy",
    "add",
    "choose",
    "drop",
    "undo",
    "redo",
    "stale",
    "centres",
    "city",
    "kind",
    "size",
    "opens",
    "add_centre",
)
ACCOUNTS = ("spent", "power", "green", "carbon")


@solara.component
def Plans(session: Session) -> None:
    """Editor, chart and table of the plans."""
    tr, measure = session.tr, solara.use_reactive(MEASURES[0])
    count = len(session.plans.value)
    with solara.Div():
        Editor(session)
        Tools(
            label=tr("plans.measure"),
            items=[
                {
                    "type": "select",
                    "key": "measure",
                    "label": tr("plans.measure"),
                    "value": measure.value,
                    "options": [(name, tr(f"chart.{TITLES[name]}")) for name in MEASURES],
                }
            ],
            event_set=form(lambda event: choose(measure, event.get("value"))),
        )
        PlanChart(session, measure.value, count).key(f"{measure.value} {count}")
        PlanTable(session, count).key(str(count))


def choose(measure: solara.Reactive[str], name: object) -> None:
    """Show another measure of the chart."""
    if isinstance(name, str) and name in MEASURES:
        measure.value = name


# ── The editor ───────────────────────────────────────────────────────────────────────────────────


@solara.component
def Editor(session: Session) -> None:
    """Choice of the plan, its centres, undo and redo."""
    tr, options, running = session.tr, session.options.value, session.running.value
    _ = session.plans.value, session.plan.value
    made = session.plan_set
    cities = session.country.cities
    names = solara.use_memo(lambda: (cities["name_en"] + " " + cities["name_zh"]).tolist(), [cities])
    date = tr.date(session.now.date) if session.now and session.now.date else ""
    settings = tr.section("settings", ("take_back", "put_back"))
    apply = tr("plans.apply", date=date) if date else tr("settings.reset_now")
    PlanEditor(
        texts=tr.section("plans", TEXTS) | settings | {"apply": apply},
        plans=[
            {"letter": PLANS[k], "text": plan_text(one, tr), "shown": k == made.shown}
            for k, one in enumerate(made.plans)
        ],
        free=len(made.plans) < len(PLANS),
        scenarios=scenario_groups(tr),
        centres=[centre_fields(session, place, tr) for place in session.own_centres],
        kinds=[(kind, tr(f"kind.{kind}")) for kind in KINDS],
        cities=names,
        cost=tr("plans.cost", cost=number_or_less(cost_share(session, options))),
        stale=session.ready.value and is_stale(options, running),
        ready=session.doing.value != "build",
        undo=bool(session.past.value),
        redo=bool(session.future.value),
        event_show=natural_number(session.show_plan),
        event_add=form(lambda event: session.add_plan(str(event.get("scenario") or ""))),
        event_drop=natural_number(session.drop_plan),
        event_undo=signal(session.undo),
        event_redo=signal(session.redo),
        event_put=form(lambda event: put(session, event)),
        event_take_back=natural_number(session.toggle_centre),
        event_apply=signal(session.rerun),
    )


def put(session: Session, event: Form) -> None:
    """Add a centre, or change the one of that number."""
    filled = {key: value for key, value in event.items() if key in ("city", "kind", "size", "opens")}
    number = event.get("number")
    if number is None or (isinstance(number, int) and not isinstance(number, bool)):
        session.put_centre(filled, number)


def plan_text(options: RunOptions, tr: Translator) -> str:
    """Return a plan in a line: scenario, own centres, changed parameters."""
    parts = [scenario_name(options.scenario, tr)]
    if options.centres:
        parts.append(tr("plans.own", count=len(options.centres)))
    changes = [f"{parameter_name(name, tr.language)} = {value:g}" for name, value in options.changes]
    return " · ".join([*parts, *changes[:PLAN_PARTS], *(["…"] if len(changes) > PLAN_PARTS else [])])


def centre_fields(session: Session, place: Place, tr: Translator) -> JsonObject:
    """Return the fields of one of the plan's centres, and whether the next run adds or removes it."""
    cities = session.country.cities
    row = cities[cities["city_id"] == place.city]
    name = str(row[tr.city_column].iloc[0]) if len(row) else str(place.city)
    state = session.centre_state(place)
    return {
        "city": name,
        "kind": place.kind,
        "size": f"{place.size:g}",
        "opens": place.opens,
        "state": state,
        "note": tr(f"plans.{state}") if state else "",
        "text": f"{name} · {tr(f'kind.{place.kind}')} · {place.size:g} · {place.opens}",
    }


def cost_share(session: Session, options: RunOptions) -> float:
    """Return the cost of building a plan's own centres, % of a year's GDP; 0: it cannot be run."""
    if session.now is None:
        return 0.0
    try:
        return 100.0 * session.plan_cost(options) / (4.0 * session.now.run.totals.income[0])
    except ValueError:
        return 0.0


def number_or_less(value: float) -> str:
    """Return three significant digits, without an exponent."""
    return f"{float(f'{value:.3g}'):.6f}".rstrip("0").rstrip(".") if value else "0"


# ── Chart ────────────────────────────────────────────────────────────────────────────────────────


def plan_names(count: int) -> list[str]:
    """Return the names of the curves: the plans, then what each differs from the first."""
    return [*PLANS[:count], *(f"{name} − {PLANS[0]}" for name in PLANS[1:count])]


@solara.component
def PlanChart(session: Session, measure: str, count: int, height: str = "260px", scale: float = 1.0) -> None:
    """The curves of all plans and their differences: means over seeds, with 95 % bands."""
    tr = session.tr
    option = solara.use_memo(lambda: plan_option(tr, measure, count), [tr.language])
    title = tr(f"chart.{TITLES[measure]}")
    element = Chart(
        option=option,
        height=height,
        scale=scale,
        text=tr("plans.chart", what=title),
        unavailable=tr("chart.unavailable"),
    )

    def frame(snapshot: Snapshot) -> Option:
        ready = ready_of(session, snapshot)
        plans = "; ".join(
            f"{PLANS[k]}: {plan_text(one, session.tr)}" for k, one in enumerate(session.compared_plans())
        )
        seeds = session.tr("plans.few", seeds=len(ready))
        note = f"{plans} · {session.tr.date(snapshot.date)} · {seeds}"
        return {"option": plan_frame(ready, snapshot, session.tr, measure, count), "note": note}

    use_frames(session, "plans", element, frame)


def ready_of(session: Session, snapshot: Snapshot) -> list[list[Totals]]:
    """Return the seeds of the comparison that have come to the date of the page."""
    sample = session.comparison
    if sample is None or sample.plans != session.compared_plans():
        return []
    return sample.ready(snapshot.quarter)


def plan_option(tr: Translator, measure: str, count: int) -> Option:
    """Return the chart of this many plans."""
    names, series = plan_names(count), []
    for k, name in enumerate(names):
        colour = COLOURS[k] if k < count else OF_DIFFERENCES[k - count]
        dash = "solid" if k < count else "dashed"
        series += [*band_edges(colour, f"band {k}", 0.18), line(name, colour, dash, z=4)]
    unit = "axis.gap_effect" if measure == "recent_theil" else "axis.effect"
    return live_option(
        tr("plans.chart", what=tr(f"chart.{TITLES[measure]}")),
        tr,
        legend=legend(*names),
        xAxis=quarter_axis(),
        yAxis=top_axis(tr(unit), splitNumber=4),
        series=series,
    )


def plan_frame(
    ready: Sequence[Sequence[Totals]], snapshot: Snapshot, tr: Translator, measure: str, count: int
) -> Option:
    """Return the frame: three series for each curve, ends of its band and its mean."""
    empty: list[Option] = [{"data": []} for _ in range(3 * len(plan_names(count)))]
    frame: Option = {"xAxis": quarter_range(snapshot), "series": empty}
    if not ready or not snapshot.quarter or len(ready[0]) != count + 1:
        return frame | {"graphic": empty_remark(snapshot, tr, False, tr("plans.waiting"))}
    series: list[Option] = []
    for values in curves(ready, measure, snapshot.quarter):
        mean, low, high = city_means(list(values))
        series += [{"data": rounded_or_gap(one)} for one in (low, high - low, mean)]
    few = len(ready) < FEWEST_SEEDS
    remark = tr("plans.few", seeds=len(ready)) if few else ""
    return frame | {"series": series, "graphic": empty_remark(snapshot, tr, not few, remark)}


def curves(ready: Sequence[Sequence[Totals]], measure: str, quarter: int) -> list[np.ndarray]:
    """Return the effect of each plan, then the differences from the first, (S, T) each."""
    effects = plan_effects(ready, measure, quarter)
    return [*effects, *(one - effects[0] for one in effects[1:])]


# ── Table ────────────────────────────────────────────────────────────────────────────────────────


@solara.component
def PlanTable(session: Session, count: int) -> None:
    """Effects, costs, electricity and CO2 of the plans at the date of the page."""
    tr = session.tr
    names = plan_names(count)
    table = CityTable(
        title=tr("plans.table"),
        heads=["", *names],
        numbers=list(range(1, len(names) + 1)),
        empty=tr("plans.waiting"),
    )
    note = tr("plans.note")
    solara.v.Html(tag="p", class_="cl-note", children=[note])
    use_frames(session, "plan table", table, lambda snapshot: {"rows": plan_rows(session, snapshot, count)})


def plan_rows(session: Session, snapshot: Snapshot, count: int) -> list[list[str]]:
    """Return the rows of the table."""
    tr, ready = session.tr, ready_of(session, snapshot)
    if not ready or not snapshot.quarter or len(ready[0]) != count + 1:
        return []
    rows = []
    for measure in MEASURES:
        by_curve = curves(ready, measure, snapshot.quarter)
        rows.append([tr(f"plans.{measure}"), *(spread(values[:, -1]).text(2) for values in by_curve)])
    built = [cost_share(session, one) for one in session.compared_plans()]
    rows.append([tr("plans.building"), *(number_or_less(one) for one in built), *differences(built)])
    by_plan = [plan_accounts(ready, k, snapshot.quarter) for k in range(count)]
    for name in ACCOUNTS:
        means = [one[name].mean for one in by_plan]
        shown = [account_text(one[name]) for one in by_plan]
        rows.append([tr(f"plans.{name}"), *shown, *differences(means)])
    return rows


def differences(values: Sequence[float]) -> list[str]:
    """Return what each plan has more than the first."""
    apart = [value - values[0] for value in values[1:]]
    return [
        "–"
        if not np.isfinite(one)
        else ("+" if one > 0 else "−" if one < 0 else "") + number_or_less(abs(one))
        for one in apart
    ]


def account_text(one: Spread) -> str:
    """Return the mean of an account over seeds, three digits."""
    return number_or_less(one.mean) if np.isfinite(one.mean) else "–"
