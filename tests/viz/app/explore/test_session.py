"""The page without a browser: choices, runs in step, frames, what its buttons and forms do."""

from __future__ import annotations

import re
import socket
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

solara = pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.effects import Pair, distance_profile, finite_mean  # noqa: E402
from experiments.measures.inequality import sigma, theil  # noqa: E402
from model import Parameters, RegionalModel  # noqa: E402
from model.country.synthetic import synthetic_country  # noqa: E402
from model.parameters import ParameterError, describe  # noqa: E402
from model.scenarios.scenario import Place  # noqa: E402
from model.scenarios.scenario_catalogue import find_scenario  # noqa: E402
from viz.app import page as app_page  # noqa: E402
from viz.app.explore import session  # noqa: E402
from viz.app.explore.city_card import facts, neighbour_rows, provider_rows  # noqa: E402
from viz.app.explore.country_charts import COUNTRY, channel_effects, effect_by_band  # noqa: E402
from viz.app.explore.frame_stream import FrameStream  # noqa: E402
from viz.app.explore.city_map import MEASURES, Scales, look_of, map_frame, nice, rounded  # noqa: E402
from viz.app.explore.rank_changes import RANKS, gains, mover_rows, signed  # noqa: E402
from viz.app.explore.run_options import ALL, OWN, RunOptions, RunOptionsError, adjustable_parameters, available_scenarios, parse_centre  # noqa: E402
from viz.app.explore.session import Session, View  # noqa: E402
from viz.app.explore.settings_form import parameter_groups, slider_step  # noqa: E402
from viz.app.explore.simulation import RUN, Simulation, make_country  # noqa: E402
from viz.app.explore.snapshot import Country, Snapshot  # noqa: E402
from viz.app.server import server  # noqa: E402
from viz.app.server import session_slots as limits  # noqa: E402
from viz.app.ui.translations import translator  # noqa: E402
from viz.terminal import UserError  # noqa: E402

WORDS = translator("en")
SMALL = RunOptions(scenario="random_hosts", firms="500", seed="3")


def wait_for(condition: Callable[[], object], seconds: float = 300.0) -> None:
    """Long: the first run of a fresh checkout compiles."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def land() -> Country:
    return make_country(synthetic_country(30, 4))


@pytest.fixture(scope="module")
def played(land) -> Simulation:
    """Three years after the hosts' centres opened, with one of one's own."""
    made = Simulation(land, SMALL)
    for _ in range(24):
        made.step()
    made.open_centre(int(land.cities["city_id"].iloc[7]), "super", 2.0)
    for _ in range(8):
        made.step()
    return made


# ── Choices ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": "-1"}, "the seed must be a whole number"),
        ({"firms": "20001"}, "from 500 to 20,000, not '20001'"),
        ({"firms": "1e4"}, "not '1e4'"),
        ({"scenario": "closed_economy"}, "there is no scenario 'closed_economy' on this page"),
        ({"scenario": "/etc/passwd.toml"}, "there is no scenario"),
        ({"changes": (("talent_mobility", 9.0),)}, "talent_mobility must be a number from 0 to 0.5, not 9"),
        ({"changes": (("start_year", 2000),)}, "'start_year' cannot be changed on this page"),
        ({"changes": (("building_slots", 1000),)}, "from 0 to 200"),
        ({"centres": (Place(1, "basic", "2010Q1"),) * 41}, "at most 40 centres"),
    ],
)
def test_bad_choices_are_answered(changes, sentence):
    with pytest.raises((RunOptionsError, ParameterError), match=re.escape(sentence)):
        RunOptions(**changes).checked()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "fast", "size": 1}, "must be one of basic"),
        ({"kind": "basic", "size": 0}, "a number above 0, at most 1,000,000, not '0'"),
        ({"kind": "basic", "size": "1"}, "a number above 0"),
        ({"kind": "basic", "size": float("nan")}, "a number above 0"),
        ({"kind": "basic", "size": 1, "industry": "farming"}, "industry of a centre"),
    ],
)
def test_bad_centres_are_answered(said, sentence):
    with pytest.raises(RunOptionsError, match=sentence):
        parse_centre(said)


@pytest.mark.parametrize("name", adjustable_parameters())
def test_sliders_reach_default_and_both_ends(name):
    row = next(r for group in parameter_groups(adjustable_parameters()) for r in group["rows"] if r["name"] == name)
    assert row["step"] == slider_step({**describe(name), "high": row["high"]})
    places = (row["default"] - row["low"]) / row["step"]
    assert places == pytest.approx(round(places), abs=1e-5)
    other = row["high"] if row["default"] != row["high"] else row["low"]
    changed = RunOptions().changed(name, other)
    assert changed.value(name) == other
    assert changed.changed(name, row["default"]) == RunOptions()


def test_a_layouts_own_value_is_its_default():
    options = RunOptions("cross_region")
    assert options.value("building_slots") == 100
    assert options.changed("building_slots", 100.0) == options
    assert options.changed("building_slots", 0).build_scenario().parameters["building_slots"] == 0


@pytest.mark.parametrize("scenario", ["random_hosts", "cross_region"])
def test_the_file_gives_the_bits_that_the_page_showed(land, tmp_path, scenario):
    options = RunOptions(scenario, "7", "500").changed("talent_mobility", 0.05)
    shown = Simulation(land, options)
    opened = []
    for quarter in range(30):
        if quarter in (22, 26):
            city = int(land.cities["city_id"].iloc[quarter])
            opened.append(
                shown.open_centre(city, "intelligent", 0.3, "components" if quarter == 26 else None)
            )
        shown.step()
    options = replace(options, centres=tuple(opened))
    path = tmp_path / "page.toml"
    path.write_text(options.file(2012), encoding="utf-8")
    assert "--firms 500 --first-seed 7 --seeds 1 --until 2012" in path.read_text(encoding="utf-8")
    again = RegionalModel(
        Parameters(firms=500), find_scenario(str(path)), 7,
        cities=land.cities, centres=land.centres, network=land.network,
    )  # fmt: skip
    again.run_until(30)
    for table in ("cities", "firms", "providers"):
        for name, values in again.state[table].columns.items():
            assert np.array_equal(values, shown.runs[RUN].state[table][name]), name


@pytest.mark.parametrize("scenario", available_scenarios())
def test_every_scenario_can_be_written_and_read(tmp_path, scenario):
    options = RunOptions(scenario, centres=(Place('Xi\'an "x"', "basic", "2011Q2", 0.5),))
    path = tmp_path / "any.toml"
    path.write_text(options.file(2020), encoding="utf-8")
    read, meant = find_scenario(str(path)), options.build_scenario()
    assert (read.centres, read.hosts, read.opens, read.industry) == (
        meant.centres, meant.hosts, meant.opens, meant.industry,
    )  # fmt: skip
    assert (dict(read.parameters), read.places, read.meaning) == (
        meant.parameters,
        meant.places,
        meant.meaning,
    )
    assert tomllib.loads(path.read_text(encoding="utf-8"))


# ── Runs in step ─────────────────────────────────────────────────────────────────────────────────


def test_twins_are_the_same_until_a_centre_makes_the_difference(land):
    made = Simulation(land, SMALL)
    for _ in range(20):
        made.step()
    before = {against: made.snapshot(against) for against in (OWN, ALL)}
    for shot in before.values():
        assert not np.nan_to_num(shot.effect()).any()
        assert shot.run.totals["theil"][:21] == shot.twin.totals["theil"][:21]
        assert len(shot.treated) == 0
    for _ in range(6):
        made.step()
    own, every = made.snapshot(OWN), made.snapshot(ALL)
    assert not np.nan_to_num(own.effect()).any()
    assert np.nan_to_num(every.effect()).any()
    assert list(every.treated) == list(every.run.hosts)
    assert len(own.treated) == 0
    made.open_centre(int(land.cities["city_id"].iloc[7]), "basic", 3.0)
    assert made.snapshot(OWN).own == ((7, 0, 26),)
    for _ in range(5):
        made.step()
    assert np.nan_to_num(made.snapshot(OWN).effect()).any()
    assert list(made.snapshot(OWN).treated) == [7]


def test_snapshots_cannot_change_and_stay_as_they_were(played):
    before = played.snapshot()
    copies = {name: array.copy() for name, array in before.run.cities.items()}
    effect, frame = before.effect(), COUNTRY["innovation"].frame(before, WORDS)
    played.step()
    for name, array in before.run.cities.items():
        assert not array.flags.writeable
        assert np.array_equal(array, copies[name])
    assert np.array_equal(before.effect(), effect, equal_nan=True)
    assert COUNTRY["innovation"].frame(before, WORDS) == frame
    with pytest.raises(AttributeError):
        before.quarter = 7  # type: ignore[misc]


def study_pair(shot: Snapshot) -> Pair:
    """The snapshot's last four quarters as experiments.measures.effects takes them: one year, and so one window."""
    arms = [
        {
            name: np.array([np.mean(arm.past[name][shot.quarter - 4 : shot.quarter], axis=0)])
            for name in arm.past
        }
        for arm in (shot.run, shot.twin)
    ]
    return Pair(3, np.array([2012]), shot.treated, *arms)


def test_bands_and_channels_are_those_of_the_metrics(played):
    shot = played.snapshot(ALL)
    pair = study_pair(shot)
    means, sizes = effect_by_band(shot)
    wanted = distance_profile([pair], shot.country.cities)
    assert means[1:] == pytest.approx(wanted["mean"].tolist(), nan_ok=True)
    assert sizes[1:] == wanted["cities"].astype(int).tolist()
    assert means[0] == pytest.approx(finite_mean(pair.effect()[pair.hosts]))
    assert sum(sizes) == len(shot.country.cities)
    talent = finite_mean(pair.effect("talent")[pair.hosts])
    assert channel_effects(shot, shot.treated)[1] == pytest.approx(talent)


def test_totals_are_those_of_the_cities(played):
    shot = played.snapshot()
    innovation = shot.run.cities["innovation"]
    assert shot.run.totals["innovation"][shot.quarter] == pytest.approx(innovation.sum())
    assert shot.run.totals["theil"][shot.quarter] == theil(innovation)
    assert shot.run.totals["sigma"][shot.quarter] == sigma(innovation)
    assert shot.run.totals["ranks"][shot.quarter][int(np.argmax(innovation))] == 1


def test_flows_are_the_largest_between_two_cities(played):
    state = played.runs[RUN].state
    flows = played.flows("tasks", 5)
    assert [amount for *_, amount in flows] == sorted((amount for *_, amount in flows), reverse=True)
    origin, seat, amount = flows[0]
    sold = state["offers"]["provider"]
    bought = state["city_offers"]["flow"].reshape(30, -1)[origin]
    assert amount == pytest.approx(bought[state["providers"]["city"][sold] == seat].sum())
    assert origin != seat
    home, work, people = played.flows("talent", 5)[0]
    assert state["city_pairs"]["workers"][home * 30 + work] == people


# ── Frames ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("effect", [False, True])
def test_the_map_shows_every_measure_with_its_unit(played, name, effect):
    view, shot = View(name, effect), played.snapshot(ALL)
    frame = map_frame(shot, view, Scales(), shot.run)
    assert len(frame["values"]) == len(frame["firms"]) == 30
    assert frame["low"] < frame["high"]
    if effect:
        assert frame["low"] == -frame["high"]
    look = look_of(view, WORDS)
    assert look["label"].endswith(look["unit"])


def test_the_map_knows_kinds_and_whose_centres(played):
    shot = played.snapshot(OWN)
    found = {city: (kinds, own) for city, kinds, own in map_frame(shot, View(), Scales(), shot.run)["open"]}
    assert found[7][0] & 4
    assert found[7][1] == 4
    assert set(found) == set(shot.run.hosts)
    others = map_frame(shot, View(), Scales(), shot.twin)["open"]
    assert all(own == 0 for _, _, own in others)


def test_scales_only_grow_and_numbers_are_short():
    assert rounded(np.array([1.23456, -0.000123456, np.nan, 0.0])) == [1.235, -0.0001235, None, 0.0]
    assert [nice(x) for x in (0.01, 0.13, 2.0, 4.1, 63.0)] == [0.1, 0.2, 2.0, 5.0, 100.0]
    scales = Scales()
    assert scales.widened("x", -1.0, 2.0) == (-1.0, 2.0)
    assert scales.widened("x", 0.0, 3.0) == (-1.0, 3.0)


def axes_of(option: dict) -> list[dict]:
    return [axis for side in ("xAxis", "yAxis") for axis in np.ravel([option[side]])]


@pytest.mark.parametrize(("name", "kind"), [*COUNTRY.items(), ("ranks", RANKS)])
def test_every_axis_of_numbers_has_a_name_with_its_unit(played, name, kind):
    option, frame = kind.option(WORDS, ALL), kind.frame(played.snapshot(ALL), WORDS)
    for axis in axes_of(option):
        assert axis["type"] == "category" or axis["name"]
    assert len(frame["series"]) == len(option["series"])
    assert any(series["data"] for series in frame["series"])


def test_the_card_of_a_city(played):
    shot = played.snapshot(OWN)
    told = facts(shot, WORDS, 7)
    assert told["name"] == shot.country.cities["name_en"].iloc[7]
    assert told["facts"][0][1] == f"{shot.run.totals['ranks'][shot.quarter][7]:g}"
    rows = provider_rows(shot, WORDS, 7)["rows"]
    assert ["supercomputing", "2011Q1"] in [row[1:3] for row in rows]
    near = neighbour_rows(shot, WORDS, 7)
    assert 7 not in near["links"]
    latencies = [float(row[2]) for row in near["rows"]]
    assert latencies == sorted(latencies)


def test_movers_gain_what_they_gain(played):
    shot = played.snapshot(ALL)
    table, gain = mover_rows(shot, WORDS), gains(shot)
    assert gain.sum() == pytest.approx(0.0)
    for row, (_, without, with_, gained, _) in zip(table["links"], table["rows"], strict=True):
        assert float(gained.replace("−", "-")) == float(without) - float(with_) == gain[row]


class Widget:
    frame: object = None


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.0"), (-0.01, "0.0"), (0.04, "0.0"), (-0.06, "−0.1"), (12.34, "+12.3")]
)
def test_a_difference_has_a_sign_unless_it_is_nothing(value, text):
    assert signed(value, ".1f") == text


def test_the_stage_waits_for_a_browser_that_is_behind(played):
    stage, widget, other, calm = FrameStream(), Widget(), Widget(), threading.Event()
    leave = stage.register("map", widget, lambda shot: {"quarter": shot.quarter}, answers=True)
    stage.register("chart", other, lambda shot: {})
    shot = played.snapshot()
    for _ in range(3):
        stage.push(shot)
    assert widget.frame == {"number": 3, "quarter": shot.quarter}
    assert other.frame == {"number": 0}
    waited = threading.Thread(target=stage.wait, args=(calm,))
    waited.start()
    time.sleep(0.1)
    assert waited.is_alive()
    stage.acknowledge(2)  # one frame may be under way
    waited.join(5.0)
    assert not waited.is_alive()
    leave()
    began = time.monotonic()
    stage.wait(calm)
    assert time.monotonic() - began < 1.0


# ── A session and its page ───────────────────────────────────────────────────────────────────────


def within(widget: object) -> Iterator[object]:
    yield widget
    for child in getattr(widget, "children", None) or ():
        if not isinstance(child, str):
            yield from within(child)


class Rendered:
    """A page as a browser session has it, without a browser."""

    def __init__(self) -> None:
        self.box, self.found = solara.render(app_page.Page(), handle_error=False)

    def part(self, trait: str) -> object:
        return next(widget for widget in within(self.box) if widget.has_trait(trait))

    @property
    def time(self) -> object:
        return self.part("speeds")

    @property
    def date(self) -> str:
        return (self.time.frame or {}).get("date", "")

    def wait(self, date: str) -> None:
        wait_for(lambda: self.date == date and self.time.doing == "rest")

    @property
    def said(self) -> str:
        return " ".join(
            str(widget.children)
            for widget in within(self.box)
            if "cl-said" in str(getattr(widget, "class_", ""))
        )

    def close(self) -> None:
        self.found.close()


@pytest.fixture
def pages(monkeypatch, land) -> Iterator[Callable[[], Rendered]]:
    monkeypatch.setattr(app_page, "load_country", lambda path: land)
    monkeypatch.setattr(session, "Choice", lambda: replace(SMALL, scenario="actual"))
    opened: list[Rendered] = []

    def open_page() -> Rendered:
        opened.append(Rendered())
        opened[-1].wait("start of 2005")
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


def test_step_advances_one_quarter_and_two_sessions_are_independent(pages):
    first, second = pages(), pages()
    first.time.vue_step(None)
    first.time.vue_step(None)
    second.time.vue_step(None)
    first.wait("end of 2005Q2")
    second.wait("end of 2005Q1")


def test_run_to_year_settings_and_reset(pages):
    page = pages()
    page.time.vue_jump("2011")
    page.wait("end of 2011Q4")
    page.time.vue_jump("2011")
    wait_for(lambda: "is at the end of 2011 already" in page.said)
    page.part("groups").vue_change({"name": "talent_mobility", "value": 0.05})
    page.part("groups").vue_choose({"scenario": "none", "firms": "600"})
    wait_for(lambda: page.part("groups").stale and not page.said)
    assert page.part("groups").changed == ["talent_mobility"]
    page.time.vue_reset(None)
    page.wait("start of 2005")
    wait_for(lambda: not page.part("groups").stale)


@pytest.mark.parametrize(
    ("event", "said", "sentence"),
    [
        ("choose", {"firms": "many"}, "must be a whole number from 500 to 20,000, not 'many'"),
        ("choose", {"seed": "x" * 9999}, "the seed must be a whole number"),
        ("change", {"name": "talent_mobility", "value": 7}, "from 0 to 0.5, not 7"),
    ],
)
def test_a_mistake_is_a_sentence_on_the_page_and_the_run_goes_on(pages, event, said, sentence):
    page = pages()
    getattr(page.part("groups"), f"vue_{event}")(said)
    page.time.vue_reset(None)
    if event == "choose":
        wait_for(lambda: sentence in page.said.replace("\\'", "'").replace("The seed", "the seed"))
    page.time.vue_step(None)
    wait_for(lambda: page.date.startswith("end of"))


def test_pause_is_heard_though_the_browser_is_slow(pages, monkeypatch):
    page = pages()
    page.time.vue_pace(0)
    page.time.vue_play(None)  # nobody answers: a second frame waits for the first
    wait_for(lambda: page.date == "end of 2005Q1")
    time.sleep(0.3)
    page.time.vue_pause(None)
    wait_for(lambda: page.time.doing == "rest", 3.0)
    assert page.date <= "end of 2005Q2"


def test_a_centre_of_ones_own_changes_the_twin_it_is_compared_with(pages, land):
    page = pages()
    page.part("links").vue_select(4)
    head = page.part("industries")
    wait_for(lambda: head.frame["name"] == land.cities["name_en"].iloc[4])
    began = time.monotonic()
    head.vue_open({"kind": "basic", "size": 1.5, "industry": ""})
    wait_for(lambda: [4, 1, 1] in page.part("links").frame["open"], 5.0)
    assert time.monotonic() - began < 5.0
    assert page.part("groups").centres == [f"{land.cities['name_en'].iloc[4]} · basic compute · 1.5 · 2005Q1"]
    assert "compared with its twin without your centres" in page.said
    page.part("groups").vue_take_back(0)
    wait_for(lambda: page.part("groups").stale and page.part("groups").centres == [])


def test_language_and_tabs(pages):
    page = pages()
    page.part("languages").vue_speak("zh")
    wait_for(lambda: page.date == "2005 年初")
    page.part("languages").vue_speak("tlh")
    assert page.part("languages").language == "zh"
    page.part("languages").vue_show("nowhere")
    assert page.part("languages").tab == "explore"


def test_begin_runs_to_the_year_of_the_choice(land):
    one = Session(land)
    end = one.start()
    one.begin(replace(SMALL, until="2007"))
    wait_for(lambda: one.now is not None and one.now.date == "2007Q4" and one.doing.value == "rest")
    assert one.running.value == SMALL
    one.show("learn")
    assert one.tab.value == "learn"
    end()


def test_a_bug_is_told_on_the_page_too(monkeypatch, land):
    one = Session(land)
    monkeypatch.setattr(Session, "_begin", lambda self: 1 / 0)
    monkeypatch.setattr(session.logging.getLogger("viz.app.explore.session"), "disabled", True)
    one.reset()
    assert "This is a bug (ZeroDivisionError" in one.problem.value


def test_words_are_the_same_in_both_languages():
    chinese = translator("zh").texts
    assert set(WORDS.texts) == set(chinese)
    for key, text in WORDS.texts.items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", chinese[key])), key


# ── The server ───────────────────────────────────────────────────────────────────────────────────


def test_places_are_limited_and_given_back(monkeypatch):
    monkeypatch.setenv(limits.MAX_SESSIONS, "2")
    places = limits.SessionSlots()
    first, second = places.take(), places.take()
    assert first is not None
    assert second is not None
    assert places.take() is None
    first.leave()
    first.leave()  # only once
    assert places.take() is not None
    assert places.take() is None


def test_a_full_server_says_so(monkeypatch):
    monkeypatch.setenv(limits.MAX_SESSIONS, "0")
    box, found = solara.render(app_page.Page(), handle_error=False)
    said = [
        str(widget.children) for widget in within(box) if "cl-problem" in str(getattr(widget, "class_", ""))
    ]
    assert "All 0 places of this server are taken" in said[0]
    found.close()


def test_the_server_says_when_it_cannot_have_the_address(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match=r"cannot be served at 127\.0\.0\.1"):
            server.run(port=taken.getsockname()[1])


def test_a_country_too_large_for_the_page_is_refused(monkeypatch, land):
    monkeypatch.setattr(server, "load_country", lambda path: land)
    monkeypatch.setattr(server, "MOST_CITIES", 29)
    with pytest.raises(UserError, match="at most 29 cities, not 30"):
        server.run(port=0)


@pytest.mark.parametrize("given", ["many", "", "0", "1001", "2.5", "-3", "９", "9" * 5000])
def test_the_number_of_sessions_in_the_environment_is_checked(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.MAX_SESSIONS, given)
    with pytest.raises(UserError, match=r"COMPUTELEAP_MOST_SESSIONS cannot be .*whole number from 1 to 1000"):
        server.run(port=0)


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_an_address_open_to_the_network_is_warned_of(monkeypatch, capsys, host, warned):
    class Server:
        def run(self, sockets: list[socket.socket]) -> None:
            assert sockets[0].getsockname()[0] == host

    monkeypatch.setattr(server, "_make_server", lambda listener, host, names: Server())
    monkeypatch.setattr(server.PREWARMED, "prepare", lambda country: None)
    server.run(host, 0)
    assert ("there is no password" in capsys.readouterr().err) is warned
