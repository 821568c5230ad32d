"""Many visitors at once: sessions opened, played, closed and dropped; each sees its own numbers alone.

The limits were set before anything was measured. A session holds three runs of the country: of 10,000 firms
they have some 25 MB of state, history for 46 years and its widgets, so 100 MB is ample (the same number as in
viz/app/serving_options.py). Once all have left, allocators keep at most 20 MB for each slot beyond the warm
server, as a session's runs are freed and their pages reused.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.long_version import LONG, Note

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model import RegionalModel
from model.country.country import build_country, load_country
from model.country.synthetic import synthetic_country
from tests.support.page_client import Served, Visitor, served
from tests.support.page_program import OTHERS
from viz.app.explore.city_map import Scales, map_frame
from viz.app.explore.headline import headline
from viz.app.explore.page_state import View
from viz.app.explore.run_options import RunOptions
from viz.app.explore.seed_sample import SeedSample
from viz.app.explore.seed_spread import FEWEST_SEEDS
from viz.app.explore.session import Session
from viz.app.explore.simulation import RUN, Simulation
from viz.app.ui.translations import translator

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")

PLAYING = 20
OPENED = 200
SECONDS = 600.0
PLACES = 24
FIRMS = "10000"
A_SESSION = 100.0  # MB, at most, while it is open
LEFT_OVER = 20.0  # MB for each place, at most, when all have left
UNTIL = "2012"
RECONNECT_SECONDS = "2s"  # after which a session that lost its connection ends
START = "start of 2005"
HELD = 12  # threads and files more than at first, at most: pools of the server that come with use


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the shipped country."""
    folder = tmp_path_factory.mktemp("load")
    options = ["--max-sessions", str(PLACES)]
    with served(folder, *options, SOLARA_KERNEL_CULL_TIMEOUT=RECONNECT_SECONDS) as made:
        yield made


def resting(visitor: Visitor) -> bool:
    """Whether nothing is being run."""
    return bool(visitor.part("speeds").get("doing") == "rest")


async def begin(visitor: Visitor, firms: str = FIRMS, seed: str = "1", scenario: str = "actual") -> None:
    """Settings, and the run made with them."""
    await visitor.wait(lambda: visitor.part("groups") and visitor.date == START)
    await visitor.wait(lambda: resting(visitor))
    wanted = {"scenario": scenario, "seed": seed, "firms": firms}
    if any(visitor.part("groups")[key] != value for key, value in wanted.items()):
        await visitor.do("groups", "choose", wanted)
        await visitor.wait(lambda: visitor.part("groups")["stale"])
        await visitor.do("speeds", "reset")
        await visitor.wait(lambda: not visitor.part("groups")["stale"])
    await visitor.wait(lambda: resting(visitor) and visitor.date == START)
    assert all(visitor.part("groups")[key] == value for key, value in wanted.items())


async def wait_until(place: Served, condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.25)


def held(place: Served) -> tuple[int, int]:
    """Threads and open files of the server."""
    return place.process.num_threads(), place.process.num_fds()


# ── Alone and among others ───────────────────────────────────────────────────────────────────────

Chosen = tuple[str, str, str, tuple[tuple[int, str, float], ...]]  # scenario, seed, language, centres
FULL_UP = f"All {PLACES} places of this server are taken"
SHOWN = ("values", "firms", "open", "text", "date")  # the scale depends on which quarters were drawn
CHOICES = (
    ("actual", "7", "en", ((14, "super", 2.0),)),
    ("random_hosts", "3", "zh", ()),
    ("cross_region", "7", "en", ((3, "basic", 1.0), (9, "intelligent", 0.5))),
)


async def a_visit(address: str, options: Chosen) -> dict[str, object]:
    """Open centres, run to the end of a year, and what the page then shows."""
    scenario, seed, language, centres = options
    async with Visitor(address) as visitor:
        await visitor.open()
        await begin(visitor, "500", seed, scenario)
        if language != "en":
            await visitor.do("languages", "speak", language)
            await visitor.wait(lambda: visitor.part("languages")["language"] == language)
        for row, kind, size in centres:
            await visitor.do("links", "select", row)
            await visitor.wait(lambda row=row: (visitor.part("industries").get("frame") or {}).get("name"))
            known = len(visitor.part("groups")["centres"])
            await visitor.do("industries", "open", {"kind": kind, "size": size, "industry": ""})
            await visitor.wait(lambda known=known: len(visitor.part("groups")["centres"]) > known)
        await visitor.do("speeds", "jump", UNTIL)
        tr = translator(language)
        end = tr("controls.end_of", date=tr.date(f"{UNTIL}Q4"))
        await visitor.wait(lambda: visitor.date == end and resting(visitor))
        await visitor.wait(lambda: visitor.part("links")["frame"]["date"] == f"{UNTIL}Q4")
        await all_seeds(visitor, language, int(seed))
        shown = {key: visitor.part("links")["frame"][key] for key in SHOWN}
        tools = next(state for state in visitor.models.values() if state.get("file"))
        number = next(one for one, state in visitor.models.items() if state is tools)
        press = {"event": "set", "data": {"key": "file", "value": True}}
        await visitor.tell(number, {"method": "custom", "content": press})
        await visitor.wait(lambda: tools["file"]["count"])
        assert not visitor.errors
        return {
            "map": shown,
            "file": tools["file"]["text"],
            "language": visitor.part("languages")["language"],
            "selected": visitor.part("links")["selected"],
        }


async def all_seeds(visitor: Visitor, language: str, seed: int) -> None:
    """Wait until the page says that every seed is in, and for a frame of the map from after that."""
    key = "headline.few" if OTHERS + 1 < FEWEST_SEEDS else "headline.note"
    note = translator(language)(key, own=seed, seeds=OTHERS + 1, last=seed + OTHERS)
    await visitor.wait(lambda: (visitor.part("stories").get("frame") or {}).get("note") == note)
    before = visitor.part("links")["frame"]["number"]
    await visitor.do("languages", "show", "explore")
    await visitor.wait(lambda: visitor.part("links")["frame"]["number"] > before)


def alone(place: Served, options: Chosen) -> dict[str, object]:
    """The same without a page, from a run of its own."""
    scenario, seed, language, centres = options
    country = load_country()
    run = Simulation(country, RunOptions(scenario, seed, "500"))
    places = tuple(
        run.open_centre(int(country.cities["city_id"].iloc[row]), kind, size) for row, kind, size in centres
    )
    while run.quarter < 4 * (int(UNTIL) - 2004):
        run.step()
    sample = SeedSample(country, RunOptions(scenario, seed, "500", centres=places))
    sample.seeds, sample.until = range(int(seed) + 1, int(seed) + 1 + OTHERS), run.quarter
    while sample.run_one(lambda: True):
        pass
    snapshot = run.snapshot("own" if centres else "all", sample)
    assert len(snapshot.seed_pairs) == OTHERS + 1
    said = headline(snapshot, translator(language))
    frame = map_frame(snapshot, View(), Scales(), snapshot.run, said)
    run.close()
    shown = {key: frame[key] for key in SHOWN}
    return {"map": shown, "language": language, "selected": centres[-1][0] if centres else -1}


@LONG
def test_sessions_next_to_each_other_give_the_numbers_that_each_gives_alone(place, note: Note):
    async def together() -> list[dict[str, object]]:
        return await asyncio.gather(*(a_visit(place.address, options) for options in CHOICES))

    found = asyncio.run(together())
    for options, one in zip(CHOICES, found, strict=True):
        expected = alone(place, options)
        assert {key: one[key] for key in expected} == expected
        assert f"seed {options[1]}." in str(one["file"])
        assert str(one["file"]).count("[[openings]]") == len(options[3])
    assert place.tracebacks == 0, place.said
    note(what="page: sessions next to each other", count=len(CHOICES), faults=0, tracebacks=0, hangs=0)


# ── Many ─────────────────────────────────────────────────────────────────────────────────────────


WAYS = (
    "closed",
    "dropped at once",
    "dropped while building",
    "dropped in play",
    "closed while building",
    "closed in play",
    "closed at once",
    "dropped at once",
)


async def come_and_go(place: Served, number: int) -> str:
    """A visit that ends in one of the ways in which visits end; how it went."""
    visitor, way = Visitor(place.address), WAYS[number % len(WAYS)]
    await visitor.arrive()
    if "at once" not in way:
        await visitor.open()
        await visitor.wait(lambda: visitor.part("speeds") or FULL_UP in visitor.text)
        if FULL_UP in visitor.text:
            way = "refused"
    if way == "closed" or "play" in way:
        await visitor.wait(lambda: visitor.date == START)
    if "play" in way:
        await visitor.do("speeds", "pace", 0)
        await visitor.do("speeds", "play")
        await visitor.wait(lambda: visitor.date != START)
    await (visitor.vanish() if "dropped" in way else visitor.leave())
    assert not visitor.errors, visitor.errors
    return way


async def play_on(place: Served, seed: int, began: list[int], all_there: asyncio.Event) -> tuple[int, int]:
    """Play to 2050 again and again, from when all are there; frames and problems."""
    async with Visitor(place.address) as visitor:
        await visitor.open()
        await visitor.wait(lambda: resting(visitor) and visitor.date == START)
        await visitor.do("speeds", "pace", (0, 16, 8)[seed % 3])
        began.append(seed)
        await all_there.wait()
        until = time.monotonic() + SECONDS
        await visitor.do("speeds", "play")
        while time.monotonic() < until or visitor.frames < 9:
            await asyncio.sleep(0.5)
            if visitor._reader.done():
                return visitor.frames, 1
            if resting(visitor):
                await visitor.do("speeds", "reset")
                await visitor.wait(lambda: resting(visitor) and visitor.date == START)
                await visitor.do("speeds", "play")
                await visitor.wait(lambda: not resting(visitor))
        return visitor.frames, len(visitor.errors)


async def fill_up(place: Served) -> None:
    """Take every place; who comes then is told, and all leave."""
    warm = [Visitor(place.address) for _ in range(PLACES)]
    for visitor in warm:
        await visitor.arrive()
        await visitor.open()
        await visitor.wait(lambda visitor=visitor: visitor.part("speeds"))
    async with Visitor(place.address) as one_more:
        await one_more.open()
        await one_more.wait(lambda: FULL_UP in one_more.text)
    for visitor in warm[:2]:
        await visitor.wait(lambda visitor=visitor: visitor.date == START)
    for visitor in warm:
        await visitor.leave()


async def watch(place: Served, seen: list[float]) -> None:
    """The server's memory, second by second."""
    while True:
        seen.append(place.mib)
        await asyncio.sleep(1.0)


@LONG
def test_many_sessions_come_play_and_go(place, note: Note):
    """Some play all the while; others come and go, also without a word; at the end all is as it was."""

    async def load() -> None:
        await fill_up(place)
        await asyncio.sleep(10.0)
        base, begun, seen, began = place.mib, held(place), [place.mib], list[int]()
        watching, all_there = asyncio.create_task(watch(place, seen)), asyncio.Event()
        playing = [asyncio.create_task(play_on(place, seed, began, all_there)) for seed in range(PLAYING)]
        while len(began) < PLAYING:
            await asyncio.sleep(0.2)
            assert not any(one.done() for one in playing), [one.exception() for one in playing if one.done()]
        all_there.set()
        numbers, ways = iter(range(OPENED)), dict[str, int]()

        async def some() -> None:
            for number in numbers:
                way = await come_and_go(place, number)
                ways[way] = ways.get(way, 0) + 1

        others = [asyncio.create_task(some()) for _ in range(PLACES - PLAYING)]
        frames = await asyncio.gather(*playing)
        during = sum(ways.values())
        await asyncio.gather(*others, *(some() for _ in range(4)))
        watching.cancel()
        most = max(seen)
        assert all(count > 8 and not errors for count, errors in frames), frames
        assert sum(ways.values()) == OPENED
        assert len(ways) >= 5, ways
        assert most - base < A_SESSION * PLACES, f"{most:.0f} MB, {base:.0f} MB when warm"
        # Those that dropped are gone after AWAY, and there is room for all again.
        most_left = base + LEFT_OVER * PLACES
        await wait_until(place, lambda: held(place)[0] <= begun[0] + HELD and place.mib < most_left)
        threads, files = held(place)
        last = place.mib
        assert threads <= begun[0] + HELD, (threads, begun)
        assert files <= begun[1] + HELD, (files, begun)
        assert last < most_left, f"{last:.0f} MB, {base:.0f} MB when warm"
        await asyncio.sleep(4.0)  # the last that dropped keep their places for AWAY
        again = [Visitor(place.address) for _ in range(5)]
        for visitor in again:
            await visitor.arrive()
            await visitor.open()
        for visitor in again:
            await visitor.wait(lambda visitor=visitor: visitor.date == START)
            await visitor.leave()
        found.update(ways, during=during, base=round(base), most=round(most), last=round(last))
        found.update(begun=begun, threads=threads, files=files, frames=sum(count for count, _ in frames))

    found: dict[str, object] = {}
    asyncio.run(load())
    assert place.tracebacks == 0, place.said
    print(found)
    counts = {"count": OPENED + PLAYING, "faults": 0, "tracebacks": place.tracebacks, "hangs": 0}
    note(what=f"page: sessions opened, {PLAYING} playing", **counts, found=found)


def test_sessions_that_play_at_once_have_the_bits_of_runs_alone():
    """In one process, without sockets: every column of every table."""
    country = build_country(synthetic_country(30, 4))
    chosen = [
        RunOptions("random_hosts", "3", "500", until="2008"),
        RunOptions("actual", "4", "600", until="2009"),
        RunOptions("random_hosts", "5", "500", (("talent_mobility", 0.05),), until="2008"),
    ]
    sessions = [Session(country) for _ in chosen]
    ends = []
    for session, options in zip(sessions, chosen, strict=True):
        session.options.value = options
        ends.append(session.start())
    deadline = time.monotonic() + 120
    quarters = [4 * (int(options.until) - 2004) for options in chosen]
    while [session.now.quarter if session.now else 0 for session in sessions] != quarters:
        assert time.monotonic() < deadline
        assert not [session.problem.value for session in sessions if session.problem.value]
        time.sleep(0.02)
    for session, options, quarter in zip(sessions, chosen, quarters, strict=True):
        parameters, scenario, seed = options.checked()
        alone = RegionalModel(parameters, scenario, seed, country=country)
        alone.run_for(quarter)
        found = session._simulation.runs[RUN].state.tables
        assert set(found) == set(alone.state.tables)
        for name, table in alone.state.tables.items():
            assert set(found[name]) == set(table)
            for column in table:
                assert found[name][column].tobytes() == table[column].tobytes(), (options, name, column)
    for end in ends:
        end()
