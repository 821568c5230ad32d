"""The version of the results is in the changelog."""

from __future__ import annotations

import re

from model.version import VERSION
from tests import ROOT


def test_the_changelog_says_what_this_version_changed():
    assert re.fullmatch(r"\d+\.\d+", VERSION)
    assert f"**Model version {VERSION}.**" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
