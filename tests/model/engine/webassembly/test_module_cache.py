"""Modules on disk: made once for each text, and again where the folder cannot be used."""

import model.engine.webassembly.module_cache as cache


def test_a_module_is_made_once_for_each_text(monkeypatch, tmp_path):
    made = []
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(cache, "wasm_module", lambda kernels, vectors: made.append(vectors) or b"module")
    assert [cache.cached_module([], vectors) for vectors in (True, True, False)] == [b"module"] * 3
    assert made == [True, False]


def test_a_folder_that_is_a_file_costs_time_only(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(cache, "wasm_module", lambda kernels, vectors: b"module")
    assert cache.cached_module([]) == b"module"
