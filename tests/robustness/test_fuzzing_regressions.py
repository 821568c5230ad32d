"""What fuzzing found, each as small as it gets: all of it is refused with a sentence now."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agents.rules import Rules
from experiments.evaluation import audit
from experiments.storage import parquet
from experiments.study.settings import SettingsError, read_config
from experiments.sweep import load
from experiments.sweep.analysis.calibration_targets import read_targets
from experiments.sweep.errors import SweepError
from experiments.sweep.factors import load_rules
from experiments.sweep.store import Store
from model.country.city_tables import load_cities
from model.extensions.extension import ExtensionError
from model.extensions.loading import load_extension
from model.files.user_tables import InputError
from model.scenarios.scenario import ScenarioError
from model.scenarios.scenario_file import read_scenario
from tests.fuzzing.target import check_sentence


def test_the_end_of_a_parquet_file_is_not_trusted(tmp_path):
    path = tmp_path / "t.parquet"
    table = pa.Table.from_pandas(pd.DataFrame({"a": ["x", "y"]}))
    for notes in (b"{", b"[1]", b'{"columns": [{"name": 3}], "index_columns": [7]}', b"\xff"):
        pq.write_table(table.replace_schema_metadata({b"pandas": notes}), path)
        with pytest.raises(parquet.DamagedError, match=r"t\.parquet"):
            parquet.read(path)


def test_a_parquet_file_that_is_small_and_unpacks_to_gigabytes_is_refused(tmp_path):
    path = tmp_path / "t.parquet"
    rows = 100_000
    long = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * 200_000]))
    ones = {name: pa.array([1.0] * rows) for name in ("lon", "lat", "population_10k", "gdp_100m_cny")}
    pq.write_table(
        pa.table({"city_id": pa.array(range(1, rows + 1)), **ones, "name_en": long}),
        path,
        compression="zstd",
        store_schema=False,
    )
    with pytest.raises(parquet.DamagedError, match="would unpack to 20 GB"):
        parquet.read_table(path)
    with pytest.raises(InputError, match=r"t\.parquet: a cell holds more than"):
        load_cities(path)
    pq.write_table(
        pa.table({str(k): pa.array(np.zeros(1_000_000)) for k in range(60)}), path, compression="zstd"
    )
    with pytest.raises(parquet.DamagedError, match="far more than results"):
        parquet.read_table(path)


def test_lists_in_the_cells_of_a_table_are_refused(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(
        pa.table(
            {"city_id": [[1]], "lon": [1.0], "lat": [1.0], "population_10k": [1.0], "gdp_100m_cny": [1.0]}
        ),
        path,
    )
    with pytest.raises(InputError, match="column 'city_id' holds list"):
        load_cities(path)


def test_a_store_whose_design_has_a_damaged_end_is_refused(sound: Path, tmp_path):
    shutil.copytree(sound / "st", tmp_path / "st")
    path = tmp_path / "st" / "design.parquet"
    pq.write_table(pq.read_table(path).replace_schema_metadata({b"pandas": b"{"}), path)
    with pytest.raises(SweepError, match=r"design\.parquet"):
        Store(tmp_path / "st").design()
    (tmp_path / "st" / "experiment.json").write_text("[" * 100_000)
    with pytest.raises(SweepError, match=r"experiment\.json"):
        Store(tmp_path / "st")


def test_an_audit_that_was_edited_is_refused(tmp_path):
    settings = audit.AuditSettings()
    folder = tmp_path / "audit"
    folder.mkdir()
    audit._check_settings(folder, settings)
    (folder / "panel-00001.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(InputError, match=r"panel-00001\.parquet"):
        audit.read_audit(folder)
    parquet.write(pd.DataFrame({"number": [1]}), folder / "panel-00001.parquet")
    with pytest.raises(InputError, match="column cpu_seconds is missing"):
        audit.read_audit(folder)
    row = {name: "x" if name in audit.ROW_TEXTS else 1.0 for name in audit.ROW}
    parquet.write(pd.DataFrame([{**row, "estimate": "many"}]), folder / "panel-00001.parquet")
    with pytest.raises(InputError, match="column estimate"):
        audit.read_audit(folder)
    next(folder.glob("*.json")).write_bytes(b"\xff{")
    with pytest.raises(InputError, match="is damaged"):
        audit._check_settings(folder, settings)


@pytest.mark.parametrize(
    "text",
    [
        'targets."a\\nb" = 3',
        'targets."a\\nb" = {}',
        'targets.x = {value = 1, "a\\nb" = 2}',
        "targets.x = {value = 1e300, se = 1}",
        "targets.x = {value = 1, se = 1e200}",
        "targets.x = {value = inf, se = 1}",
        "targets.x = {value = 1" + "0" * 400 + ", se = 1}",
        "targets = {}",
    ],
)
def test_targets(text: str, tmp_path):
    path = tmp_path / "g.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SweepError) as refused:
        read_targets(path)
    check_sentence(str(refused.value), ("g.toml",))


def test_targets_from_what_never_ends(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(SweepError, match="not a file"):
            read_targets(path)


def test_a_key_with_a_line_break_tears_no_sentence(tmp_path):
    path = tmp_path / "s.toml"
    for text in ('changes = {"x\\ny" = [1]}', '"x\\ny" = 1', 'openings = [{"x\\ny" = 1}]'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as refused:
            read_scenario(path)
        check_sentence(str(refused.value), ("s.toml",))
    for text in (
        '"x\\ny" = 1',
        'design.factors."x\\ny" = [1.0]',
        'scales."x\\ny" = []',
        'scales.x = ["x\\ny"]',
        'parameters = {"x\\ny" = 1}',
        'base = {"x\\ny" = 1}',
    ):
        path.write_text("name = 'x'\n" + text, encoding="utf-8")
        with pytest.raises(SweepError) as torn:
            load(path)
        check_sentence(str(torn.value), ("s.toml",))


def test_a_design_table_takes_numbers_and_texts_alone(tmp_path):
    (tmp_path / "e.toml").write_text(
        "name = 'x'\ncities = 'synthetic:12'\n[design]\nkind = 'table'\nfile = 'p.parquet'\n"
    )
    for cell in ({"a": 1}, [1.5], b"x"):
        pd.DataFrame({"substitution": [cell]}).to_parquet(tmp_path / "p.parquet")
        with pytest.raises(SweepError, match="may hold numbers and texts only"):
            load(tmp_path / "e.toml")
    (tmp_path / "p.parquet").unlink()
    os.mkfifo(tmp_path / "p.parquet")
    with pytest.raises(SweepError, match="not a regular file"):
        load(tmp_path / "e.toml")


def test_a_path_with_a_zero_byte_is_refused_where_it_is_read(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('cities = "a\\u0000b"', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"s\.toml: cities cannot be"):
        read_config(path)
    for text in ("cities", "links", "centres", "design.file"):
        path.write_text(f'name = "x"\n{text} = "a\\u0000b"', encoding="utf-8")
        with pytest.raises(SweepError, match=r"s\.toml: a path cannot hold a zero byte"):
            load(path)


@pytest.mark.parametrize("name", ["a\0b.py", "a\nb:x", "a" * 300 + ".py", "a" * 5000, "\0", "x\x1b:y"])
def test_names_of_extensions_that_no_file_can_have(name: str, tmp_path):
    with pytest.raises(ExtensionError) as refused:
        load_extension(name, tmp_path)
    check_sentence(str(refused.value))


def test_a_module_that_leaves_does_not_take_the_program_along(tmp_path, monkeypatch):
    (tmp_path / "leaves_at_once.py").write_text("raise SystemExit(0)\n")
    (tmp_path / "no_syntax_at_all.py").write_text("def :\n")
    with pytest.raises(ExtensionError, match=r"leaves_at_once\.py:1 cannot be run: SystemExit"):
        load_extension("leaves_at_once.py", tmp_path)
    with pytest.raises(ScenarioError, match="cannot be run: SystemExit"):
        read_scenario(tmp_path / "leaves_at_once.py")
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    for name in ("leaves_at_once", "no_syntax_at_all"):
        with pytest.raises(SweepError, match=f"the module {name} cannot be imported"):
            load_rules(f"{name}:rules", str(tmp_path))
    assert isinstance(load_rules("default", str(tmp_path)), Rules)


def test_an_extension_that_is_not_there_is_named_with_the_file_that_asks_for_it(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("extension = 'nowhere_at_all'", encoding="utf-8")
    with pytest.raises(ExtensionError, match=r"s\.toml: there is no module nowhere_at_all"):
        read_config(path)


def test_payloads_that_no_page_sends_are_dropped():
    from viz.app.ui.event_filters import form, natural_number, one_of

    got: list[object] = []
    number, word, fields = natural_number(got.append), one_of({"en": 1}, got.append), form(got.append)
    for said in ("x", "12", -1, None, True, [], {}, 0.5, float("nan"), float("inf")):
        number(said)
        word(said)
    for said in ([1], None, "x", {"a": {}}, {"a": [1]}):
        fields(said)
        word(said)
    assert got == []
    number(3)
    word("en")
    fields({"a": 1})
    assert got == [3, "en", {"a": 1}]


def test_values_and_centres_that_no_page_says():
    from viz.app.explore.run_options import RunOptions, RunOptionsError

    for value in ("1", None, [], {}, True, float("nan"), float("inf"), 10**400):
        with pytest.raises(RunOptionsError, match="substitution must be a number from"):
            RunOptions().changed("substitution", value)
