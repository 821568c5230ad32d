"""Settings files, fuzzed: settings, scenarios, experiments, calibration targets, design tables, names."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzzing.broken_values import (
    WORDS,
    Draw,
    csv_bytes,
    damaged,
    edited_table,
    edited_values,
    json_bytes,
    parquet_bytes,
    toml_bytes,
)
from tests.fuzzing.table_targets import shipped
from tests.fuzzing.target import REFUSED, Attempt, FaultError, Target, check_sentence, hold, outcome
from tests.robustness.broken_inputs import EXPERIMENTS, NOT_TOML, SCENARIOS, SETTINGS

Prepare = Callable[[Path], tuple[Callable[[Path], object], tuple[type[Exception], ...]]]


def sound_file(name: str) -> dict[str, Any]:
    """Read a sound file of sound/, which the fuzzer edits."""
    return tomllib.loads((Path(__file__).with_name("sound") / f"{name}.toml").read_text(encoding="utf-8"))


def parameter_names() -> list[str]:
    """Names of parameters."""
    from model.parameters import Parameters

    return list(Parameters.model_fields)


def text_target(
    name: str,
    readers: tuple[str, ...],
    sound: dict[str, Any],
    broken: Sequence[bytes | str],
    keys: Callable[[], Sequence[str]],
    known: Sequence[Any],
    prepare: Prepare,
    file: str = "s.toml",
) -> Target:
    """A file of settings: as its bytes, or a sound one edited."""

    def begin(folder_of_sound: Path, folder: Path) -> Attempt:
        read, refusals = prepare(folder)
        names, text = list(keys()), toml_bytes(sound)

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            how = draw.upto(6)
            yaml = name == "experiment" and how == 5
            path = folder / (file.replace(".toml", ".yaml") if yaml else file)
            try:
                content = (
                    draw.rest()
                    if how == 0
                    else damaged(draw, text)
                    if how == 1
                    else (json_bytes if yaml else toml_bytes)(
                        edited_values(draw, sound, names, known)
                    )  # YAML holds JSON
                )
            except RecursionError:  # of the edits themselves
                return REFUSED
            path.write_bytes(content)
            return outcome(lambda: read(path), refusals, (path.name, "until"))

        return attempt

    seeds = tuple(
        b"\0" + (one if isinstance(one, bytes) else one.encode()) for one in broken if len(one) < 4000
    )
    return Target(name, readers, begin, (b"\2", b"\1", b"\0" + toml_bytes(sound), *seeds))


def _settings(folder: Path) -> tuple[Callable[[Path], object], tuple[type[Exception], ...]]:
    from experiments.study.settings import SettingsError, as_toml, merge_settings
    from model.extensions.extension import ExtensionError

    def read(path: Path) -> None:
        made = merge_settings(path)
        again = folder / "again.toml"
        again.write_text(as_toml(made), encoding="utf-8")
        hold(as_toml(merge_settings(again)) == as_toml(made), "what is written of it reads differently")

    return read, (SettingsError, ExtensionError)


def _scenario(folder: Path) -> tuple[Callable[[Path], object], tuple[type[Exception], ...]]:
    from model.country.city_tables import load_centres
    from model.parameters import Parameters
    from model.scenarios.scenario import ScenarioError
    from model.scenarios.scenario_file import read_scenario
    from model.scenarios.siting import openings_of

    cities = shipped()
    centres = load_centres(None, cities)

    def read(path: Path) -> None:
        scenario = read_scenario(path)
        scenario.applied_to(Parameters())
        try:
            openings = openings_of(scenario, cities, centres, 2005, 1)
        except ScenarioError as error:  # raised when a run begins, with the city's name and not the file's
            check_sentence(str(error))
            return
        for opening in openings:
            hold(
                0 <= opening.city < len(cities) and np.isfinite(opening.size) and opening.size >= 0,
                "an opening cannot be",
            )
            hold(abs(opening.quarter) < 40_000, "a centre opens in another age")

    return read, (ScenarioError,)


def _experiment(folder: Path) -> tuple[Callable[[Path], object], tuple[type[Exception], ...]]:
    from experiments.sweep.design import rows_where
    from experiments.sweep.errors import SweepError
    from experiments.sweep.factors import case_of
    from experiments.sweep.sweep import load
    from model.extensions.extension import ExtensionError

    def read(path: Path) -> None:
        try:
            sweep = load(path)
        except ExtensionError as error:  # names the extension
            check_sentence(str(error))
            return
        design = sweep.design
        hold(0 < len(design) <= 10**8, "its design has no size")
        numbers = design.select_dtypes("number").to_numpy(dtype=float)
        hold(bool(np.isfinite(numbers).all()), "a factor is not finite")
        factors = list(sweep.experiment.design.factors)
        for _, point in design.iloc[:: max(1, len(design) // 3)].iterrows():
            try:
                case_of(sweep.experiment, {name: point[name.replace(".", "_")] for name in factors})
            except Exception as error:
                raise FaultError(
                    f"accepted, although a point cannot be: {type(error).__name__}: {error}"
                ) from error
        if sweep.experiment.record.panel is not None:
            try:
                rows_where(design.assign(run=0, replication=0), sweep.experiment.record.panel, "record.panel")
            except SweepError as error:
                check_sentence(str(error), ("record.panel",))

    return read, (SweepError,)


def _targets(folder: Path) -> tuple[Callable[[Path], object], tuple[type[Exception], ...]]:
    from experiments.sweep.analysis.calibration_targets import read_targets
    from experiments.sweep.errors import SweepError

    def read(path: Path) -> None:
        for target in read_targets(path):
            hold(
                bool(np.isfinite([target.value, target.variance]).all()) and target.variance > 0,
                "a target is not finite",
            )

    return read, (SweepError,)


def design_table() -> Target:
    """The table of a design of kind ``table``."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from experiments.sweep.errors import SweepError

        read, _ = _experiment(folder)
        rows = [
            ["point", "substitution", "tender_rate", "until"],
            ["0", "1.5", "0.3", "2007"],
            ["1", "2.5", "0.4", "2008"],
        ]
        names = ["scenario", "cities", "scenario_hosts", "rules", "latency_scale", *parameter_names()]
        text = csv_bytes(Draw(b""), rows)

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            how = draw.upto(6)
            if how == 0:
                content = draw.rest()
            elif how < 3:
                content = damaged(draw, parquet_bytes(Draw(b""), rows) if how == 2 else text)
            elif how == 3:
                types = draw.some()
                content = parquet_bytes(Draw(types), edited_table(draw, rows, names))
            else:
                content = csv_bytes(Draw(draw.some() if how == 4 else b""), edited_table(draw, rows, names))
            table = "points.parquet" if how in (2, 3) else "points.csv"
            (folder / table).write_bytes(content)
            values = {**sound_file("experiment"), "scales": {}, "design": {"kind": "table", "file": table}}
            (folder / "e.toml").write_bytes(toml_bytes(values))
            return outcome(lambda: read(folder / "e.toml"), (SweepError,), ("e.toml",))

        return attempt

    return Target(
        "design table", ("experiments.sweep.design._from_file",), begin, (b"\5", b"\4", b"\3", b"\1", b"\2")
    )


def names_target() -> Target:
    """Names of extensions and rules, and the paths in them."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from experiments.sweep.errors import SweepError
        from experiments.sweep.factors import load_rules
        from model.extensions.extended_model import extended
        from model.extensions.extension import ExtensionError
        from model.extensions.loading import absolute, load_extensions

        for name, text in SCRIPTS.items():
            (folder / name).write_text(text, encoding="utf-8")
        words = [
            *SCRIPTS,
            "json",
            "os",
            "os.path",
            "nowhere",
            "extension",
            "x",
            ":",
            ".",
            "/",
            "..",
            "\0",
            "a" * 300,
            "fine.py:own",
            "é",
            " ",
            "__main__",
            "model.parameters",
            "Parameters",
            "agents.firm",
        ]

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            parts = [str(draw.pick(words)) if draw.upto(4) else draw.text() for _ in range(1 + draw.upto(4))]
            name = "".join(parts)
            how = draw.upto(3)
            if _another_module(name):
                return REFUSED
            if how == 0:
                return outcome(lambda: extended((absolute(name),)), (ExtensionError,))
            if how == 1:
                return outcome(lambda: load_extensions([name], folder), (ExtensionError,))
            return outcome(lambda: load_rules(name, str(folder)), (SweepError, *_rule_errors()))

        return attempt

    return Target(
        "names of extensions",
        ("model.extensions.loading.load_extension", "experiments.sweep.factors.load_rules"),
        begin,
        (b"\0\1\0", b"\3\0\1"),
    )


SCRIPTS = {
    "fine.py": "from model.extensions.extension import Extension\nextension = own = Extension('own')\n",
    "none.py": "x = 1\n",
    "syntax.py": "def :\n",
    "error.py": "1 / 0\n",
    "leaves.py": "raise SystemExit(3)\n",
    "needs.py": "import nothing_of_this_name\n",
    "zero.py": "\0",
    "other.py": "extension = 3\nrules = {'x': 1}\n",
    "deep.py": "x = " + "(" * 500,
    "said.py": "raise ValueError('a\\nb\\x1b[2J')\n",
    "circle.py": "import circle\nextension = circle.extension\n",
    "kind.py": "class extension: pass\n",
    "many.py": "extension = [1, 2]\n",
}


def _another_module(name: str) -> bool:
    """Whether a name would import some module of Python itself that does things when imported."""
    first = name.partition(":")[0].partition(".")[0]
    return first in sys.stdlib_module_names and first not in ("json", "os")


def _rule_errors() -> tuple[type[Exception], ...]:
    from agents.rules import UnknownRuleError
    from model.engine.rule_source import RuleError

    return UnknownRuleError, RuleError


NOT_TEXT = tuple(NOT_TOML.values())


def settings_targets() -> tuple[Target, ...]:
    """Files of settings."""
    values = [True, 1, 0.5, 2010, 8, [1.2, 2.0], {"low": 0.1, "high": 0.9, "n": 3}, *WORDS["settings"]]

    def target(
        name: str, readers: tuple[str, ...], broken: Sequence[bytes | str], prepare: Prepare
    ) -> Target:
        names = WORDS[f"keys of {name}"]
        file = {"experiment": "e.toml", "targets": "g.toml"}.get(name, "s.toml")
        return text_target(
            name,
            readers,
            sound_file(name),
            broken,
            lambda: [*names, *parameter_names()],
            values,
            prepare,
            file,
        )

    return (
        target(
            "settings",
            ("experiments.study.settings.merge_settings", "model.files.toml_file.read_toml"),
            (*NOT_TEXT, *SETTINGS.values()),
            _settings,
        ),
        target(
            "scenario",
            ("model.scenarios.scenario_file.read_scenario", "model.scenarios.siting.openings_of"),
            (*NOT_TEXT, *SCENARIOS.values()),
            _scenario,
        ),
        target(
            "experiment",
            ("experiments.sweep.experiment_file.read_experiment", "experiments.sweep.design.make_design"),
            (*NOT_TEXT, *EXPERIMENTS.values()),
            _experiment,
        ),
        target(
            "targets",
            ("experiments.sweep.analysis.calibration_targets.read_targets",),
            NOT_TEXT,
            _targets,
        ),
        design_table(),
        names_target(),
    )
