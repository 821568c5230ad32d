"""Zip files of results: what is unpacked, and what is refused before anything is written."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.sweep.store_page import FROZEN
from viz.app.explore.run_options import RunOptionsError
from viz.app.own_data import own_results
from viz.app.own_data.own_results import unpack_results

GOOD = {"folder/summary.json": b"{}", "folder/panel.parquet": b"PAR1"}


def zipped(entries: dict[str, bytes], **attributes: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = attributes.get("attr", 0)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()


def test_tables_and_summaries_are_unpacked_and_all_else_is_left_out(tmp_path):
    unpack_results(zipped(GOOD | {"folder/report.html": b"<script>", "folder/run.py": b"1"}), tmp_path)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == set(GOOD)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (zipped(GOOD | {"../summary.json": b""}), "no plain name: '../summary.json'"),
        (zipped(GOOD | {"/etc/summary.json": b""}), "no plain name"),
        (zipped(GOOD | {"a\\..\\b.json": b""}), "no plain name"),
        (zipped(GOOD | {"C:/b.json": b""}), "no plain name"),
        (zipped(GOOD | {".ssh/b.json": b""}), "no plain name"),
        (zipped(GOOD | {"a/b/c/d/e.json": b""}), "no plain name"),
        (zipped(GOOD, attr=stat.S_IFLNK << 16), "is a link"),
        (zipped(GOOD | {f"folder/{FROZEN}": b"{}"}), "holds a sweep"),
        (zipped({"folder/panel.parquet": b""}), "no results folder"),
        (zipped(GOOD | {f"{k}.json": b"" for k in range(600)}), "must not hold more than 500 files"),
        (zipped(GOOD)[:80], "cannot be read"),
        (b"not a zip", "cannot be read"),
    ],
    ids=[
        "climbs",
        "root",
        "backslash",
        "drive",
        "hidden",
        "deep",
        "link",
        "sweep",
        "none",
        "many",
        "cut",
        "text",
    ],
)
def test_what_is_refused_writes_nothing(tmp_path, data, sentence):
    with pytest.raises(RunOptionsError, match=sentence.replace("(", r"\(")):
        unpack_results(data, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_bomb_is_refused_even_if_it_lies_about_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(own_results, "MAX_UNPACKED", 50_000)
    with pytest.raises(RunOptionsError, match="unpack to more than"):
        unpack_results(zipped(GOOD | {"folder/centres.parquet": bytes(60_000)}), tmp_path)
    monkeypatch.setattr(own_results, "check_entries", lambda entries: None)
    with pytest.raises(RunOptionsError, match="unpack to more than"):
        unpack_results(zipped(GOOD | {"folder/centres.parquet": bytes(60_000)}), tmp_path)
    assert sum(path.stat().st_size for path in Path(tmp_path).rglob("*.parquet")) < 50_000
