"""A scheduler's address that is open to others is warned of."""

from __future__ import annotations

import pytest

from viz.cli.sweep_run import is_open, worker_count


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:1", "tls://10.0.0.3:1", "wss://a:1"]
)
def test_an_address_on_this_machine_or_with_tls_is_closed(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not is_open(address)
    worker_count(None, address, None)
    assert not capsys.readouterr().err


@pytest.mark.parametrize("address", ["tcp://10.0.0.3:8786", "tcp://head.cluster:1", "ws://0.0.0.0:1"])
def test_one_without_tls_beyond_it_is_warned_of(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert is_open(address)
    worker_count(None, address, None)
    assert f"warning: {address} is not encrypted" in capsys.readouterr().err
