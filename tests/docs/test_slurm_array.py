"""The job script of docs/sweeps.md, started by a scheduler that stands in for Slurm."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from experiments.sweep import open_store
from tests.support.long_version import LONG
from tests.support.sweep_commands import write

ROOT = Path(__file__).resolve().parents[2]


def sbatch(script: str, folder: Path, env: dict[str, str]) -> list[int]:
    """Run each task of an array as Slurm does: the whole script, with its number in the environment."""
    first, last = map(int, re.search(r"#SBATCH --array=(\d+)-(\d+)", script).groups())
    (folder / "job.sh").write_text(script, encoding="utf-8")
    started = [
        subprocess.Popen(
            ["bash", "job.sh"], cwd=folder, env={**env, "SLURM_ARRAY_TASK_ID": str(k)}, text=True
        )
        for k in range(first, last + 1)
    ]
    return [process.wait() for process in started]


@LONG
def test_the_job_script_runs_every_shard(tmp_path: Path) -> None:
    text = (ROOT / "docs/sweeps.md").read_text(encoding="utf-8")
    script = next(block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "#SBATCH" in block)
    script = script.replace("1-50", "1-2").replace("/50", "/2")  # two tasks for two cores
    write(tmp_path).rename(tmp_path / "capacity.toml")
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "computeleap"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m viz "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "SCRATCH": str(tmp_path)}
    assert sbatch(script, tmp_path, env) == [0, 0]
    status = open_store(tmp_path / "capacity").status()
    assert (status.done, status.missing, status.failed) == (8, 0, 0)
