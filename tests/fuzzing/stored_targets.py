"""Stored results, fuzzed: results folders, kept runs, audits, stores of sweeps, and the page's shelf."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzzing.broken_values import WORDS, Draw, json_bytes
from tests.fuzzing.target import (
    ACCEPTED,
    REFUSED,
    Attempt,
    Target,
    check_sentence,
    edited_file,
    edited_json,
    hold,
    link_all,
    outcome,
    replaced,
    taken,
)

if TYPE_CHECKING:
    import pandas as pd

    from viz.app.results.shelf import Item

READ = ("summary.json", "panel.parquet", "centres.parquet", "city_table.parquet")
FROZEN_KEYS = ("format", "experiment", "points", "chunk", "fingerprints", "provenance", "changes", "sha256")
QUERIES = tuple(WORDS["queries"])


def results_target() -> Target:
    """A results folder, as ``metrics`` and ``panel`` and ``evaluate`` read it."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from experiments.evaluation.rerun import read_repeatable
        from experiments.measures.effect_tables import TABLES
        from experiments.results.read_results import ResultsError, read_results
        from model.extensions.extension import ExtensionError
        from model.files.user_tables import InputError

        taken(sound / "r", folder / "sound")
        place = folder / "r"

        def show() -> None:
            found = read_results(place)
            hold(len(found.pairs) > 0, "it holds no pair of runs")
            for pair in found.pairs:
                shapes = {
                    values.shape for arm in (pair.with_centres, pair.without) for values in arm.values()
                }
                hold(shapes == {(len(pair.years), len(found.cities))}, "a matrix has another shape")
            for make in TABLES.values():
                make(found.pairs, found.cities)

        def panel() -> None:
            from experiments.evaluation.simulated_panel import make_panel
            from experiments.study.study import WITH

            found = read_repeatable(place)
            hold(len(found.seeds) > 0, "it has no seed")
            seed = found.seeds[0]
            made = make_panel(
                found.rows(seed, WITH),
                found.study.country.cities,
                found.openings(seed),
                found.study.parameters,
                seed,
            )
            hold(len(made) > 0, "the panel is empty")

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            link_all(folder / "sound", place)
            path = place / draw.pick(READ)
            which = draw.upto(2)
            replaced(path, edited_file(draw, path))
            return outcome(panel if which else show, (ResultsError, InputError, ExtensionError))

        return attempt

    seeds = tuple(bytes([file, which, how]) for file in range(4) for which in range(2) for how in range(2))
    return Target(
        "results",
        (
            "experiments.results.read_results.read_results",
            "experiments.evaluation.rerun.read_repeatable",
            "experiments.storage.parquet.read",
        ),
        begin,
        seeds,
    )


def pieces_target() -> Target:
    """Kept runs of studies, and the folder of an audit."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from experiments.evaluation.audit import (
            AuditSettings,
            _check_settings,
            read_audit,
            scores,
        )
        from experiments.storage import parquet
        from experiments.study.run_cache import PARTS, read_record
        from model.files.user_tables import InputError

        taken(sound / "r", folder / "sound")
        settings = AuditSettings()
        place = folder / "audit"
        with tempfile.TemporaryDirectory() as fresh:
            _check_settings(Path(fresh), settings)
            own = json.loads((Path(fresh) / "audit.json").read_text(encoding="utf-8"))

        def audit() -> None:
            _check_settings(place, settings)
            scores(read_audit(place))

        def kept_run() -> None:
            read_record(folder / "kept")

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            if draw.upto(2):
                link_all(folder / "sound", folder / "kept")
                path = folder / "kept" / f"{draw.pick(PARTS[:2])}.parquet"
                replaced(path, edited_file(draw, path))
                replaced(folder / "kept" / "start.parquet", (sound / "r" / "panel.parquet").read_bytes())
                return outcome(kept_run, (parquet.DamagedError,), ("/kept",))
            place.mkdir(exist_ok=True)
            estimates_of_audit().to_parquet(place / "panel-00001.parquet")
            (place / "audit.json").write_bytes(json_bytes(own))
            path = place / draw.pick(("audit.json", "panel-00001.parquet"))
            path.write_bytes(edited_file(draw, path))
            return outcome(audit, (InputError,), ("/audit",))

        return attempt

    return Target(
        "kept runs and audits",
        ("experiments.study.run_cache.read_record", "experiments.evaluation.audit.read_audit"),
        begin,
        (b"\1\0\0", b"\1\1\1", b"\0\0\0", b"\0\0\1", b"\0\1\0", b"\0\1\1"),
    )


def estimates_of_audit() -> pd.DataFrame:
    """The rows of a panel of an audit: two estimators of one cell."""
    import pandas as pd

    return pd.DataFrame(
        {
            "number": [1, 1],
            "sites": ["random"] * 2,
            "spillover": ["none"] * 2,
            "data": ["counts"] * 2,
            "estimator": ["did", "twfe"],
            "estimate": [0.1, 0.2],
            "se": [0.1, 0.1],
            "low": [0.0, 0.0],
            "high": [0.3, 0.4],
            "own": [0.1, 0.1],
            "total": [0.1, 0.1],
            "on_others": [0.0, 0.0],
            "cpu_seconds": [0.1, 0.1],
            "why": ["", ""],
        }
    )


def files_of(store: Path) -> list[str]:
    """Files of a store, the first of each table."""
    return sorted(
        path.relative_to(store).as_posix()
        for path in store.rglob("*")
        if path.is_file() and "c00001" not in path.name
    )


def signed(content: bytes) -> bytes:
    """The settings of a store with the hash that goes with them: what somebody made who knows how."""
    from experiments.sweep.store_page import _hash

    try:
        values = json.loads(content)
        values.pop("sha256", None)
        return json_bytes({**values, "sha256": _hash(values)})
    except (ValueError, AttributeError, TypeError):
        return content


def store_target() -> Target:
    """A store of a sweep."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from experiments.sweep import open_store
        from experiments.sweep.errors import SweepError
        from model.extensions.extension import ExtensionError

        taken(sound / "st", folder / "sound")
        place = folder / "st"
        files = files_of(sound / "st")

        def read(query: str) -> None:
            sweep = open_store(place)
            status = sweep.status()
            hold(0 <= status.done <= 10**9, "more runs are stored than there are")
            sweep.digest()
            for name in ("design", "finals") if query == QUERIES[0] else ():
                getattr(sweep, name)
            sweep.sql(query)

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            link_all(folder / "sound", place)
            path = place / draw.pick(files)
            query = draw.pick(QUERIES) if draw.upto(2) else QUERIES[0]
            if path.suffix == ".json":
                own = draw.upto(4)
                content = edited_json(draw, path.read_bytes(), FROZEN_KEYS)
                content = signed(content) if own else content
            else:
                content = edited_file(draw, path)
            replaced(path, content)
            return outcome(lambda: read(query), (SweepError, ExtensionError))

        return attempt

    seeds = tuple(bytes([file, 0, how, 1]) for file in range(7) for how in range(2)) + tuple(
        bytes([0, 1, k, 1, 1]) for k in range(len(QUERIES))
    )
    return Target(
        "stores of sweeps",
        (
            "experiments.sweep.store.Store",
            "experiments.sweep.queries.query",
            "experiments.sweep.sweep.open_store",
        ),
        begin,
        seeds,
    )


def sources_of_shelf(sound: Path, folder: Path) -> dict[str, Path]:
    """Folders of results, by name: one of each study, with made-up tables, a run and a sweep."""
    import pandas as pd

    from viz.app.results.result_reader import COLUMNS, STUDY_TABLES

    summary = json.loads((sound / "r" / "summary.json").read_text(encoding="utf-8"))
    made = folder / "studies"
    for study, names in STUDY_TABLES.items():
        (made / study).mkdir(parents=True, exist_ok=True)
        (made / study / "summary.json").write_bytes(json_bytes({**summary, "study": study}))
        for name in names:
            values = {
                column: ["1", "2"] if column in TEXT else [1.0, 2.0] for column in sorted(COLUMNS[name])
            }
            pd.DataFrame(values).to_parquet(made / study / f"{name}.parquet", index=False)
    stored = {name: taken(sound / name, folder / "sound" / name) for name in ("r", "st")}
    return {study: made / study for study in STUDY_TABLES} | stored


def is_read(item: Item) -> bool:
    """Return whether the page shows an item; a sentence says why it does not."""
    from viz.app.results.result_reader import UnreadableError, read
    from viz.app.ui.translations import LANGUAGES, translator

    if item.kind == "broken":
        return False
    try:
        read(item)
    except UnreadableError as error:
        key, values = f"results.broken.{error.reason}", {"detail": str(error), **error.values}
        said = translator(next(iter(LANGUAGES)))(key, **values)
        check_sentence(" ".join((said, str(error))).strip())
        return False
    return True


def shelf_target() -> Target:
    """The page's list of results, and what it reads of them."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from viz.app.results.shelf import scan_shelf

        shelf = folder / "shelf"
        sources = sources_of_shelf(sound, folder)

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            source = sources[draw.pick(list(sources))]
            place = shelf / source.name
            link_all(source, place)
            there = sorted(path for path in place.rglob("*") if path.suffix in (".json", ".parquet"))
            wanted = [
                path
                for path in there
                if path.name in (*READ, "experiment.json", "design.parquet") or source.name != "r"
            ]
            path = draw.pick(wanted)
            content = edited_file(draw, path)
            replaced(path, signed(content) if path.name == "experiment.json" and draw.upto(4) else content)
            try:
                items = scan_shelf(shelf).items
                hold(
                    all(item.key in (path.parent.name, place.name) or item.key for item in items),
                    "a thing has no key",
                )
                read = [is_read(item) for item in items if item.folder == place.resolve()]
                return ACCEPTED if any(read) else REFUSED
            finally:
                replaced(path, b"")

        return attempt

    return Target(
        "the page's shelf",
        ("viz.app.results.shelf.scan_shelf", "viz.app.results.result_reader.read"),
        begin,
        tuple(bytes([k, f, h, 1]) for k in range(7) for f in range(3) for h in range(2)),
    )


TEXT = ("scenario", "measure", "unit", "id", "verdict", "mechanism", "map", "regime", "access", "quantity")


def stored_targets() -> tuple[Target, ...]:
    """All that was stored."""
    return results_target(), pieces_target(), store_target(), shelf_target()
