"""Command lines and the page in the browser, fuzzed in this process; long work is left out."""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.fuzzing.broken_values import WORDS, Draw
from tests.fuzzing.target import (
    ACCEPTED,
    REFUSED,
    Attempt,
    FaultError,
    Target,
    check_sentence,
    hold,
    taken,
)


class ReachedError(BaseException):
    """All that was given has been read, and the work would begin."""


def reached(*_: object, **__: object) -> Any:
    """In the place of what takes long or writes."""
    raise ReachedError


# Where reading ends and work begins. A module that imports a function by its name has it in its own.
WORK: dict[str, tuple[str, ...]] = {
    "experiments.study.prepare": ("make_study", "warm_kernels"),
    "experiments.study_runner": ("make_study", "warm_kernels"),
    "experiments.questions.run_question": ("make_study",),
    "viz.cli.signals": ("os._exit",),
    "viz.cli.evaluation_commands": ("write_file", "on_signal"),
    "viz.cli.country_commands": ("write_file",),
    "model.country.network": ("build_network",),
    "viz.cli.sweep_show": ("write_file",),
    "viz.cli.sweep_analysis": ("write_file",),
    "viz.app.server.server": ("run",),
    "experiments.extension_check": ("check",),
    "experiments.sweep.sweep.Sweep": ("plan", "run", "retry", "rerun"),
    "viz.cli.convergence_command": ("_show_convergence",),
    "experiments.evaluation.observed_panel": ("evaluate_observed",),
}
VALUES = tuple(WORDS["command_line"])


def resolved(path: str) -> Any:
    """A module, or a class in one."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


@contextlib.contextmanager
def without_work() -> Iterator[None]:
    """The program with its work left out."""
    places = []
    for path, name in [(path, name) for path, names in WORK.items() for name in names]:
        first, _, rest = name.partition(".")
        places.append((getattr(resolved(path), first) if rest else resolved(path), rest or first))
    # Only when all are imported: a module that is imported later would keep what another one has for now.
    before = [(owner, name, getattr(owner, name)) for owner, name in places]
    for owner, name in places:
        setattr(owner, name, reached)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


def commands_of(group: Any, words: tuple[str, ...] = ()) -> dict[tuple[str, ...], list[str]]:
    """Every command by its words, with its options."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands_of(command, (*words, name))
        else:
            found[*words, name] = [
                option for one in command.params for option in one.opts if option.startswith("-")
            ]
    return found


def lines_target() -> Target:
    """Command lines: a command, its options, values of every kind, words that stand for nothing."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from typer.main import get_command

        import viz.app.page  # noqa: F401  (imported later, it would keep what stands in for the work)
        from viz.cli.commands import app

        for name in ("r", "st"):
            taken(sound / name, folder / name)
        for name in ("c.csv", "e.toml"):
            shutil.copy(sound / name, folder)
        (folder / "fine.py").write_text(
            "from model.extensions.extension import Extension\nextension = Extension('own')\n",
            encoding="utf-8",
        )
        program = get_command(app)
        known = commands_of(program)
        commands = sorted(known)

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            command = draw.pick(commands)
            words = list(command) if draw.upto(16) else [draw.text()]
            while draw.more() and len(words) < 12:
                how = draw.upto(8)
                if how < 4 and known[command]:
                    words.append(draw.pick(known[command]))
                words.append(str(draw.pick(VALUES)) if how % 4 else draw.text())
            if "--watch" in words:  # waits for runs
                return REFUSED
            return answer(program, [word.replace("\ud800", "?") for word in words if not _outside(word)])

        return attempt

    return Target(
        "command lines", ("viz.cli.commands.app",), begin, tuple(bytes([k, 1, 1, 1]) for k in range(36))
    )


def _outside(word: str) -> bool:
    """Whether a word would name a place outside the folder."""
    return word.startswith(("/", "~")) or ".." in word


def answer(program: Any, words: list[str]) -> str:
    """What the program answers to a command line. Raises FaultError if it is not as promised."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), without_work():
            program.main(words, "computeleap")
    except ReachedError:
        return ACCEPTED
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    finally:
        logging.disable(logging.NOTSET)
    said = err.getvalue()
    if code in (0, 3, 5):
        return ACCEPTED
    if code != 2 or "computeleap: " not in said:
        raise FaultError(f"exit code {code}: {' '.join(said.split())[-300:]} after {words!r}")
    check_sentence(
        said[said.rindex("computeleap: ") + len("computeleap: ") :].rstrip("\n").replace("\n  ", "\n")
    )
    return REFUSED


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def page_target() -> Target:
    """What a browser says to the page: every event of every part, with any data; and what is typed."""

    def begin(sound: Path, folder: Path) -> Attempt:
        page = Opened()

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            return typed(draw, folder) if draw.upto(4) == 0 else page.hear(draw)

        return attempt

    return Target(
        "the page",
        (
            "viz.app.explore.run_options.RunOptions",
            "viz.app.explore.session.Session",
            "viz.app.explore.explore_page.MapTools",
        ),
        begin,
        tuple(bytes([k % 4, k, 1, 2, 3]) for k in range(24)),
    )


def typed(draw: Draw, folder: Path) -> str:
    """Type numbers, names and choices without a page around them; read the file that they give."""
    from model.parameters import ParameterError
    from model.scenarios.scenario import Place, ScenarioError
    from model.scenarios.scenario_file import read_scenario
    from viz.app.explore.run_options import RunOptions, RunOptionsError, parse_centre, whole_number
    from viz.app.model_catalogue import adjustable_parameters, available_scenarios

    names = (*adjustable_parameters(), "firms", "start_year", "closed_economy")
    try:
        RunOptions(scenario=draw.key(), firms="500").build_scenario()
    except RunOptionsError as error:
        check_sentence(str(error))
    try:
        options = RunOptions(
            scenario=draw.pick(tuple(available_scenarios())),
            seed=draw.text() if draw.upto(2) else str(draw.number())[:40],
            firms=str(draw.pick((500, 20000, 500.0, "1_000", "１０００", 0))),
        )
        for _ in range(draw.upto(4)):
            options = options.changed(draw.key(names), draw.number())
        whole_number(draw.text(), "the year to run to", 2005, 2050)
    except (RunOptionsError, ParameterError, ScenarioError) as error:
        check_sentence(str(error))
        options = RunOptions(firms="500")
    try:
        kind, size, industry = parse_centre(
            {
                "kind": draw.value(("super", "basic")),
                "size": draw.value((0.5, 1)),
                "industry": draw.value(("final",)),
            }
        )
        options = RunOptions(firms="500", centres=(Place(110000, kind, "2010Q1", size, industry),))
    except RunOptionsError as error:
        check_sentence(str(error))
    try:
        options.checked()
        text = options.file(2030)
    except (RunOptionsError, ParameterError, ScenarioError) as error:
        check_sentence(str(error))
        return REFUSED
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    again = read_scenario(path)
    hold(dict(again.parameters) == dict(options.build_scenario().parameters), "the file says other changes")
    return ACCEPTED


class Opened:
    """A page as a browser session has it, without a browser; its runs are made, and do not move."""

    def __init__(self) -> None:
        import solara

        from model.country.country import build_country
        from model.country.synthetic import synthetic_country
        from viz.app import page as module
        from viz.app.explore import session as sessions
        from viz.app.explore.run_options import RunOptions
        from viz.app.explore.simulation import Simulation

        land = build_country(synthetic_country(12, 1))
        self._small = RunOptions(firms="500", scenario="none")
        simulation = Simulation(land, self._small)
        made: list[Any] = []

        class Still(sessions.Session):
            """A session whose runs stand still."""

            def start(self) -> Callable[[], None]:
                made.append(self)
                self._simulation = simulation
                self.running.value = self.options.value = small
                self.refresh()
                self.ready.value = True
                return lambda: None

            def _submit(self, order: Any) -> None:
                """Take orders and do not carry them out."""

        small = self._small
        simulation.step = lambda: None  # type: ignore[method-assign]
        simulation.open_centre = lambda city, kind, size, industry=None: sessions_place(
            city, kind, size, industry
        )  # type: ignore[method-assign]
        before = module.Session, module.load_country
        module.Session, module.load_country = Still, lambda path=None: land
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.box, self.found = solara.render(module.Page(), handle_error=False)
        finally:
            module.Session, module.load_country = before
        self.session = made[0]
        self._heard: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: self._heard.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("viz").addHandler(handler)
        logging.getLogger("viz").propagate = False

    def events(self) -> list[tuple[Any, str]]:
        """Every widget that hears, with the name of what it hears; in order."""
        found = []
        for widget in within(self.box):
            names = [name for name in dir(type(widget)) if name.startswith("vue_")] + [
                n for n in vars(widget) if n.startswith("vue_")
            ]
            found += [(widget, name) for name in sorted(set(names))]
        return found

    def hear(self, draw: Draw) -> str:
        """A few events, one after the other."""
        from model.parameters import ParameterError
        from model.scenarios.scenario import ScenarioError
        from viz.app.explore.run_options import RunOptionsError

        said = False
        for _ in range(1 + draw.upto(3)):
            events = self.events()
            widget, name = events[draw.upto(1 << 16) % len(events)]
            self._heard.clear()
            getattr(widget, name)(message(draw))
            problem = self.session.problem.value
            if self._heard or "bug" in problem:
                raise FaultError(f"{name}: {problem or self._heard}")
            if problem:
                said = True
                check_sentence(problem)
        try:
            self.session.options.value.checked()
        except (RunOptionsError, ParameterError, ScenarioError) as error:
            check_sentence(str(error))
        for shown in (self.session.options, self.session.running):
            shown.value = self._small
        if self.session.tab.value != "explore":
            self.session.tab.value = "explore"
        return REFUSED if said else ACCEPTED


def sessions_place(city: int, kind: str, size: float, industry: str | None) -> Any:
    """A centre as the run gives it back."""
    from model.scenarios.scenario import Place

    return Place(city, kind, "2010Q1", size, industry)


SAID = tuple(WORDS["page"])


def message(draw: Draw) -> Any:
    """Data of an event: as the page says it, or anything that JSON can hold."""
    how = draw.upto(4)
    if how == 0:
        return draw.value(SAID)
    if how == 1:
        return {"key": draw.pick(SAID) if draw.upto(4) else draw.value(SAID), "value": draw.value(SAID)}
    if how == 2:
        return {
            "name": draw.pick(SAID),
            "value": draw.value(SAID),
            "kind": draw.value(SAID),
            "size": draw.value((1, 0.5)),
            "industry": draw.value(SAID),
        }
    return (
        {key: draw.value(SAID) for key in ("scenario", "seed", "firms") if draw.upto(2)}
        if draw.upto(2)
        else draw.upto(14)
    )


def within(widget: Any) -> Iterator[Any]:
    """A widget and all in it."""
    yield widget
    for child in getattr(widget, "children", None) or ():
        if not isinstance(child, str):
            yield from within(child)


def program_targets() -> tuple[Target, ...]:
    """The program's two faces."""
    return lines_target(), page_target()
