"""What the server checks before it starts."""

from __future__ import annotations

import socket

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from agents.user_error import UserError
from model.country.country import build_country
from model.country.synthetic import synthetic_country
from viz.app import serving_options
from viz.app.server import server
from viz.app.ui.translations import translator

TR = translator("en")


def test_the_server_says_when_it_cannot_have_the_address(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match=r"cannot be served at 127\.0\.0\.1"):
            server.run(port=taken.getsockname()[1])


def test_a_country_too_large_for_the_page_is_refused(monkeypatch):
    country = build_country(synthetic_country(30, 4))
    monkeypatch.setattr(server, "load_country", lambda path: country)
    monkeypatch.setattr(server, "MAX_CITIES", 29)
    with pytest.raises(UserError, match="at most 29 cities, not 30"):
        server.run(port=0)


@pytest.mark.parametrize("given", ["many", "", "0", "1001", "2.5", "-3", "９", "9" * 5000])
def test_the_number_of_sessions_in_the_environment_is_checked(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(serving_options.MAX_SESSIONS, given)
    with pytest.raises(UserError, match=r"COMPUTELEAP_MOST_SESSIONS cannot be .*whole number from 1 to 1000"):
        server.run(port=0)


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_an_address_open_to_the_network_is_warned_of(monkeypatch, capsys, host, warned):
    class Server:
        def run(self, sockets: list[socket.socket]) -> None:
            assert sockets[0].getsockname()[0] == host

    monkeypatch.setattr(server, "_make_server", lambda listener, host, names: Server())
    monkeypatch.setattr(server.PREWARMED, "prepare", lambda country: None)
    server.run(host, 0)
    assert ("there is no password" in capsys.readouterr().err) is warned


def test_a_thread_that_ended_while_its_session_closes_is_no_error():
    slots = server.ThreadSlots({"a": None, "b": None})
    for thread in ("a", "a", "never"):
        del slots[thread]
    assert slots == {"b": None}
