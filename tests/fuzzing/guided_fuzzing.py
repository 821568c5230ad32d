"""Fuzzing guided by coverage: atheris changes bytes and keeps those that reach new lines of the program.

Each target has a process of its own, ``python -m tests.fuzzing.guided_fuzzing NAME SECONDS SOUND OUT``;
`fuzz` starts it, and starts it again after an input that ended it. With ``--replay FILE NAME SOUND`` one
input goes to a target and the outcome is printed.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests import ROOT

PROGRAM = [sys.executable, "-m", "tests.fuzzing.guided_fuzzing"]
SECONDS = 20  # of a processor; an input that takes more hangs
WAITING = 180  # seconds by the clock, on a machine that does other things too
MEMORY_MIB = 2048  # of a process that reads many inputs; program and libraries take 700
LONGEST = 4096  # bytes of an input
# Numba cannot read the functions that atheris instruments, so modules that compile or are compiled stay out.
COMPILED = tuple(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "model" / "engine").rglob("*.py")
)
FOLLOWED = ("model", "experiments", "viz", "agents.suggestions")


@dataclass
class Report:
    """What came of fuzzing a target. ``faults``: sentences, each with the file of its input."""

    inputs: int = 0
    accepted: int = 0
    refused: int = 0
    seconds: float = 0.0
    tracebacks: int = 0
    hangs: int = 0
    faults: list[str] = field(default_factory=list)


def fuzz(name: str, seconds: float, sound: Path, out: Path) -> Report:
    """Fuzz a target for so many seconds, starting it again whenever an input ends the process."""
    out.mkdir(parents=True, exist_ok=True)
    report, began = Report(), time.monotonic()
    while (left := seconds - (time.monotonic() - began)) > 5:
        for old in out.glob("stats.json"):
            old.unlink()
        with (out / "log.txt").open("ab") as log:
            words = [*PROGRAM, name, str(int(left)), str(sound), str(out)]
            code = subprocess.run(
                words, stdout=log, stderr=log, env=environment(), cwd=ROOT, timeout=left + 600
            ).returncode
        if not (out / "stats.json").exists():
            report.faults.append(f"it does not start: {(out / 'log.txt').read_text(errors='replace')[-800:]}")
            break
        stats = json.loads((out / "stats.json").read_text(encoding="utf-8"))
        report.inputs += stats["inputs"]
        report.accepted += stats["accepted"]
        report.refused += stats["refused"]
        ended = sorted([*out.glob("timeout-*"), *out.glob("oom-*"), *out.glob("crash-*")])
        for path in ended:
            alone = replayed(path, name, sound)
            if alone:
                report.hangs += path.name.startswith("timeout")
                report.faults.append(f"{path}: {alone}")
            path.rename(out / f"seen-{path.name}")
        if code and not ended:
            report.faults.append(f"exit code {code}: {(out / 'log.txt').read_text(errors='replace')[-800:]}")
            break
    found = (
        [json.loads(line) for line in (out / "faults.jsonl").read_text(encoding="utf-8").splitlines()]
        if (out / "faults.jsonl").exists()
        else []
    )
    report.faults += [f"{one['file']}: {one['kind']} {one['where']}: {one['said']}" for one in found]
    report.tracebacks = sum(one["kind"] not in ("FaultError", "slow") for one in found)
    report.hangs += sum(one["kind"] == "slow" for one in found)
    report.seconds = time.monotonic() - began
    return report


def environment() -> dict[str, str]:
    """One thread for every library; the project's modules where they are."""
    single = dict.fromkeys(
        ("NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
    )
    return {
        **os.environ,
        **single,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "COLUMNS": "100",
        "MPLBACKEND": "agg",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    }


def replayed(path: Path, name: str, sound: Path) -> str:
    """What is wrong with an input that is put to a fresh process alone; "" if nothing."""
    try:
        done = subprocess.run(
            [*PROGRAM, "--replay", str(path), name, str(sound)],
            capture_output=True,
            text=True,
            env=environment(),
            cwd=ROOT,
            timeout=WAITING + 60,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    seconds, memory = 0.0, 0
    for line in done.stdout.splitlines():
        if line.startswith("peak MiB "):
            memory = int(line.split()[-1])
        if line.startswith("seconds "):
            seconds = float(line.split()[-1])
    if done.returncode:
        return f"exit code {done.returncode}: {done.stderr[-500:]}"
    return (
        f"takes {seconds:.0f} s"
        if seconds > SECONDS
        else f"takes {memory} MiB"
        if memory > MEMORY_MIB
        else ""
    )


def target_of(name: str):  # type: ignore[no-untyped-def]
    """The target of a name."""
    from tests.fuzzing.all_targets import TARGETS

    return next(target for target in TARGETS if target.name == name)


def place_for(name: str) -> Path:
    """An empty folder in memory, if there is such a place."""
    shared = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="computeleap-fuzz-", dir=shared if shared.is_dir() else None))


def place_in_code(error: BaseException) -> str:
    """The program's own line that raised, or was last before a library's."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(ROOT)) and "/tests/" not in frame.filename
    ]
    return f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}" if frames else ""


class Counted:
    """Puts inputs to a target, counts what happened, keeps the first input of every kind of fault."""

    def __init__(self, attempt, out: Path) -> None:  # type: ignore[no-untyped-def]
        self.attempt, self.out = attempt, out
        self.counts: Counter[str] = Counter()
        self.known: set[tuple[str, str]] = set()
        if (out / "faults.jsonl").exists():
            rows = [
                json.loads(line) for line in (out / "faults.jsonl").read_text(encoding="utf-8").splitlines()
            ]
            self.known = {(row["kind"], row["where"]) for row in rows}
        self.reported = 0.0

    def __call__(self, data: bytes) -> None:
        worked = time.process_time()
        self.counts["inputs"] += 1
        try:
            self.counts[self.attempt(data)] += 1
        except Exception as error:
            kind = type(error).__name__
            said = " ".join(str(error).split())
            self.keep(
                data,
                kind,
                said.partition(":")[0] if kind == "FaultError" else place_in_code(error) or said[:50],
                said,
            )
        spent = time.process_time() - worked
        if spent > SECONDS:
            self.keep(data, "slow", "", f"took {spent:.0f} s")
        now = time.monotonic()
        if now - self.reported > 1.0 or self.counts["inputs"] == 1:
            self.reported = now
            stats = {name: self.counts[name] for name in ("inputs", "accepted", "refused")}
            part = self.out / ".stats"
            part.write_text(json.dumps(stats), encoding="utf-8")
            part.replace(self.out / "stats.json")

    def keep(self, data: bytes, kind: str, where: str, said: str) -> None:
        """Write a fault down, unless one of its kind was."""
        if (kind, where) in self.known:
            return
        self.known.add((kind, where))
        file = self.out / f"fault-{hashlib.sha256(data).hexdigest()[:12]}"
        file.write_bytes(data)
        with (self.out / "faults.jsonl").open("a", encoding="utf-8") as rows:
            rows.write(
                json.dumps({"kind": kind, "where": where, "said": said[:600], "file": str(file)}) + "\n"
            )


def main(name: str, seconds: int, sound: Path, out: Path) -> None:
    """Fuzz one target in this process; does not come back."""
    import atheris

    with atheris.instrument_imports(include=list(FOLLOWED), exclude=list(COMPILED)):
        target, folder = target_of(name), place_for(name)
        os.chdir(folder)
        attempt = target.begin(sound, folder)
        corpus = out / "corpus"
        corpus.mkdir(exist_ok=True)
        for number, seed in enumerate(target.seeds):
            (corpus / f"seed-{number}").write_bytes(seed)
        regressions = Path(__file__).with_name("regressions") / name.replace(" ", "_").replace("'", "")
        for path in sorted(regressions.glob("*")) if regressions.is_dir() else ():
            (corpus / path.name).write_bytes(path.read_bytes())
        flags = [
            f"-max_total_time={seconds}",
            f"-timeout={WAITING}",
            f"-rss_limit_mb={MEMORY_MIB}",
            f"-max_len={LONGEST}",
            f"-artifact_prefix={out}/",
            "-print_final_stats=1",
            "-len_control=20",
            "-detect_leaks=0",
        ]
        atheris.Setup([sys.argv[0], *flags, str(corpus)], Counted(attempt, out))
        atheris.Fuzz()


def replay(path: Path, name: str, sound: Path) -> None:
    """Put one input to a target; what it raises comes through."""
    import resource

    folder = place_for(name)
    os.chdir(folder)
    attempt = target_of(name).begin(sound, folder)
    began = time.process_time()
    print(attempt(path.read_bytes()))
    print(f"seconds {time.process_time() - began:.1f}")
    print(f"peak MiB {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")


if __name__ == "__main__":
    if sys.argv[1] == "--replay":
        replay(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
    else:
        main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).resolve(), Path(sys.argv[4]).resolve())
