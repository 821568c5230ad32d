"""The list of results."""

from __future__ import annotations

from importlib.metadata import version

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


from viz.app.results.shelf import Shelf, scan_shelf
from viz.app.ui.translations import translator

EN = translator("en")


def test_the_shelf_lists_what_is_there_and_says_what_it_is(shelf):
    kinds = {item.key: item.kind for item in shelf.items}
    assert kinds["random_hosts"] == kinds["actual"] == "run"
    assert kinds["studies/layouts"] == "study"
    assert kinds["tiny"] == kinds["tiny_morris"] == "sweep"
    facts = shelf.find("random_hosts")
    assert (facts.seeds, facts.version, len(facts.date)) == (2, version("computeleap"), 10)
    assert facts.bytes > 1000


def test_what_is_broken_is_listed_with_its_reason(shelf):
    reasons = {item.key: item.reason for item in shelf.items if item.kind == "broken"}
    assert reasons == {
        "damaged": "unreadable",
        "listed": "unreadable",
        "deep": "unreadable",
        "foreign": "foreign",
        "incomplete": "incomplete",
        "old_store": "old",
    }


@pytest.mark.parametrize(
    "key", ["way_out", "../outside", "/etc", "", ".hidden", "random_hosts/../../outside", "random_hosts/"]
)
def test_only_keys_of_the_list_open_something(shelf, key):
    assert shelf.find(key) is None


def test_a_folder_that_is_not_there_is_an_empty_shelf(tmp_path):
    assert scan_shelf(tmp_path / "nowhere") == Shelf(())


def test_no_more_than_so_many_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr("viz.app.results.shelf.MAX_ITEMS", 3)
    for k in range(5):
        (tmp_path / str(k)).mkdir()
        (tmp_path / str(k) / "summary.json").write_text("{")
    shelf = scan_shelf(tmp_path)
    assert (len(shelf.items), shelf.more) == (3, True)
