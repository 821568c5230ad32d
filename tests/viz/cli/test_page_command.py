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
    assert "exists: give another --out, or --force" in again.stderr
    assert call(*command, "--force").exit_code == 0


def test_a_folder_that_is_missing_is_named(tmp_path):
    out = tmp_path / "missing" / "country.html"
    answer = call(
        "page", "none", "--cities", "synthetic:10", "--seeds", "1", "--firms", "60", "--out", str(out)
    )
    assert answer.exit_code == 2
    assert "cannot be written" in answer.stderr
