"""``computeleap page`` writes one file, and never over another unasked."""

import pytest

from experiments.browser import browser_bundle as bundles
from tests.support.cli import call


@pytest.fixture(autouse=True)
def no_compiler(monkeypatch):
    monkeypatch.setattr(bundles, "cached_module", lambda kernels, vectors: b"\0asm\1\0\0\0")


def test_a_page_is_written_once(tmp_path):
    out = tmp_path / "country.html"
    command = ["page", "none", "--cities", "synthetic:10", "--seeds", "1", "--firms", "60", "--out", str(out)]
    answer = call(*command)
    assert answer.exit_code == 0, answer.stderr
    assert "asks nothing of any network" in answer.stdout
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    again = call(*command)
    assert again.exit_code == 2
    assert "already exists; --force replaces it" in again.stderr
    assert call(*command, "--force").exit_code == 0


def test_a_place_that_cannot_be_written_is_named_before_anything_is_compiled(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for name, reason in (("file/country.html", "is a file, not a folder"), ("country.txt", "ends in .html")):
        answer = call("page", "none", "--out", str(tmp_path / name))
        assert answer.exit_code == 2
        assert reason in answer.stderr
        assert "compiling" not in answer.stderr
