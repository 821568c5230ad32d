"""Stores on object storage: begun, continued, extended, packed and read as those of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.user_error import UserError
from experiments.sweep import SweepError, open_store
from tests.support.sweeps import make

NEEDED = "pip install universal_pathlib s3fs 'moto[server]'"
pytest.importorskip("upath", reason=f"object storage is tried with a server of moto: {NEEDED}")
pytest.importorskip("s3fs", reason=f"object storage is tried with a server of moto: {NEEDED}")
moto = pytest.importorskip("moto.server", reason=f"object storage is tried with a server of moto: {NEEDED}")


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a server on this machine."""
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    values = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        import fsspec

        fsspec.filesystem("s3").mkdir("sweeps")
        yield "s3://sweeps"
        server.stop()


def test_a_store_on_object_storage_is_one_like_any_other(bucket: str, tmp_path: Path) -> None:
    truth = make(tmp_path / "t")
    truth.run()
    place = f"{bucket}/store"
    assert make(place).run(shard=(1, 2)).done == 6
    sweep = make(place)
    assert sweep.run().missing == 0
    assert sweep.digest() == truth.digest()
    assert str(sweep.folder) == place
    larger = sweep.extend(seeds=3)
    larger.run()
    here = open_store(truth.folder)
    whole = make(tmp_path / "w", seeds=3)
    whole.run()
    assert larger.digest() == whole.digest() != here.digest()
    assert larger.compact() == (6, 1)
    assert open_store(place).digest() == whole.digest()
    assert open_store(place).sql("select count(*) as n from metrics")["n"].tolist() == [36]
    assert make(tmp_path / "m", seeds=3)._prepare(1, False).frozen.runs == 18
    assert open_store(tmp_path / "m").merge(place).taken == 18


def test_a_changed_object_is_noticed(bucket: str) -> None:
    place = f"{bucket}/changed"
    sweep = make(place, seeds=1)
    sweep.run()
    path = sweep.store.files("finals")[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(SweepError, match=r"c00000.parquet is damaged"):
        open_store(place).finals  # noqa: B018


def test_places_that_cannot_be_reached_are_one_sentence(bucket: str) -> None:
    with pytest.raises(SweepError, match="is not the store of a sweep"):
        open_store(f"{bucket}/nothing")
    with pytest.raises(UserError, match="nosuch://a/b cannot be reached"):
        open_store("nosuch://a/b")
