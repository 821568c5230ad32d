"""A sweep on a Dask cluster with TLS: it runs, and clients without a key are refused."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from experiments.sweep import SweepError, from_values
from tests import ROOT
from tests.support.long_version import FULL, Note

PAGE = ROOT / "docs" / "howto" / "use-a-cluster.md"
VALUES = {
    "name": "tiny",
    "seeds": 2,
    "run": {"chunk": 2},
    "scenario": "random_hosts",
    "cities": "synthetic:12",
    "until": 2006,
    "parameters": {"firms": 60, "burn_in": 2},
    "design": {"factors": {"substitution": [1.2, 2.0]}},
}
EXPERIMENT = """
name = "tiny"
seeds = 2
run = { chunk = 2 }
design = { factors = { substitution = [1.2, 2.0] } }
scenario = "random_hosts"
cities = "synthetic:12"
until = 2006
parameters = { firms = 60, burn_in = 2 }
"""
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


def certificate(folder: Path) -> Mapping[str, object]:
    """Settings of Dask with a new certificate, its own authority."""
    folder.mkdir()
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout key.pem -out cert.pem"
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
    place = {"cert": str(folder / "cert.pem"), "key": str(folder / "key.pem")}
    return {
        "distributed.comm.require-encryption": True,
        "distributed.comm.tls.ca-file": str(folder / "cert.pem"),
        **{f"distributed.comm.tls.{who}": place for who in ("scheduler", "worker", "client")},
    }


@pytest.mark.slow
@needs_openssl
def test_a_sweep_runs_over_tls_and_strangers_are_not_heard(tmp_path: Path, note: Note):
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    own, stranger = certificate(tmp_path / "own"), certificate(tmp_path / "stranger")
    wrong = []
    with (
        dask.config.set(own),
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tls",
            security=Security(),
            dashboard_address=":0",
        ) as cluster,
    ):
        address = cluster.scheduler_address
        assert address.startswith("tls://")
        sweep = from_values(VALUES, tmp_path / "tls")
        if sweep.run(scheduler=address).by_status != {"ok": 4}:
            wrong.append("the sweep did not run")
        here = from_values(VALUES, tmp_path / "here")
        here.run()
        if here.digest() != sweep.digest():
            wrong.append("other results")
        none = dict.fromkeys(own)
        for name, settings in (("another key", stranger), ("no key", none)):
            with dask.config.set(settings), dask.config.set({"distributed.comm.timeouts.connect": "2s"}):
                for target in (address, address.replace("tls://", "tcp://")):
                    try:
                        from_values(VALUES, tmp_path / name).run(scheduler=target)
                        wrong.append(f"{name}: heard at {target}")
                    except SweepError:
                        pass
    note(what="Dask with TLS: own key, another, none", count=5, faults=len(wrong), losses=0)
    assert not wrong, wrong


@pytest.mark.skipif(not FULL, reason="part of make reliability: it starts servers")
@needs_openssl
def test_the_documented_commands_work(tmp_path: Path, note: Note):
    text = re.search(r"<!-- tls -->.*?```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "experiment.toml").write_text(EXPERIMENT)
    lines = text[1].replace("8786", str(port)).replace("dask ", f"{sys.executable} -m dask ")
    lines = lines.replace("computeleap ", f"{sys.executable} -m viz ")
    script = f"trap 'kill $(jobs -p); wait' EXIT\n{lines}"
    done = subprocess.run(
        ["bash", "-ec", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    wrong = int(done.returncode != 0 or "4 of 4 runs are stored in results/tiny" not in done.stdout)
    note(what="Dask with TLS: the documented commands", count=1, faults=wrong, losses=0)
    assert not wrong, done.stdout + done.stderr[-3000:]
