"""Runs mutants: everything is imported and all tests are collected once, then each mutant is a fork of that.

In the fork the changed function takes the place of the old one and the tests that run its line are called,
the fastest first, until one fails. No file is changed. Rules and markets run interpreted, so nothing is
compiled. A change outside functions (a table, a constant), or of a function that ran while modules were
imported, needs them imported again: the fork forgets the project's modules and collects the tests again.
"""

from __future__ import annotations

import gc
import hashlib
import json
import linecache
import os
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests import ROOT
from tests.mutation.function_swap import (
    Instead,
    changed_function,
    clear_caches,
    forget,
    functions_of,
    place,
    replace,
)
from tests.mutation.mutants import GROUPS, TESTS, Mutant, changed_line, original
from tests.support.fork_server import forked, limit

ENGINES = {"rules": "interpreted", "markets": "interpreted", "measures": "compiled"}
LABOUR_MARKET = "model/economy/labour_market.py"
TOOL = 4  # of sys.monitoring: not one of those that debuggers, coverage or profilers take
LINE = sys.monitoring.events.LINE
Lines = set[tuple[str, int]]


class Watch:
    """Which lines of the modules are run, by sys.monitoring."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.paths = {str(ROOT / module): module for module in modules}
        self.lines: Lines = set()

    def start(self) -> None:
        sys.monitoring.use_tool_id(TOOL, "mutants")
        sys.monitoring.register_callback(TOOL, LINE, self._line)
        sys.monitoring.set_events(TOOL, LINE)

    def stop(self) -> None:
        sys.monitoring.set_events(TOOL, 0)
        sys.monitoring.free_tool_id(TOOL)

    def _line(self, code: types.CodeType, line: int) -> Any:
        module = self.paths.get(code.co_filename)
        if module is not None and code.co_name != "<module>":
            self.lines.add((module, line))
        return sys.monitoring.DISABLE

    def fresh(self) -> Lines:
        """What was run since the last call."""
        found, self.lines = self.lines, set()
        sys.monitoring.restart_events()
        return found


class Setting:
    """How tests run for mutants: few examples, no search for smaller ones, the engine that is asked for."""

    def __init__(self, engine: str, mutated: str = "") -> None:
        self.engine, self.mutated = engine, mutated

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        import hypothesis  # not before pytest, which rewrites it

        hypothesis.settings.register_profile(
            "mutants",
            derandomize=True,
            deadline=None,
            max_examples=25,
            database=None,
            phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        )
        hypothesis.settings.load_profile("mutants")
        from model.engine.compile import compile_kernel
        from model.engine.rule_source import as_python
        from model.regional_model import RegionalModel

        RegionalModel.__init__.__kwdefaults__["engine"] = self.engine
        if self.engine == "interpreted":
            # Compiling a mutant takes longer than all else: tests that need compiled code are left out.
            import model.engine.engine

            compiling = compile_kernel.load_kernel
            for module in list(sys.modules.values()):
                if getattr(module, "load_kernel", None) is compiling and module is not compile_kernel:
                    module.load_kernel = no_compiling
            model.engine.engine.compiled_procedure = no_compiling
            compile_kernel.compiled_procedure = lambda market, arithmetic="strict": as_python(market)
            self.interpret_first_state()

    def interpret_first_state(self) -> None:
        """Run the talent market of the first state, which runs before there is an engine, as Python."""
        if self.mutated == LABOUR_MARKET:
            import model.economy.initial_state
            from model.engine.rule_source import as_python

            model.economy.initial_state.compiled_procedure = as_python


def no_compiling(what: object, *_: object) -> None:
    raise RuntimeError(f"{what} would be compiled")


class Runs(Setting):
    """The pytest plugin that runs mutants in place of tests."""

    def __init__(
        self,
        group: str,
        watch: Watch,
        mutants: list[Mutant],
        workers: int,
        budget: float,
        done: Callable[[Mutant, dict[str, Any]], None],
        log: Callable[[str], None],
    ) -> None:
        super().__init__(ENGINES[group])
        self.kept = ROOT / "build" / f"mutant-tests-{group}.json"
        self.watch, self.mutants, self.workers, self.budget = watch, mutants, workers, budget
        self.done, self.log = done, log
        self.keeps = True
        self.cost: dict[str, float] = {}
        self.covers: dict[str, Lines] = {}
        self.making: dict[str, tuple[float, Lines]] = {}  # fixtures of a file, a class or a session
        self.current: dict[str, Any] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[Any]:
        if fixturedef.scope == "function" or not self.current:
            return (yield)
        before, began = self.watch.fresh(), time.process_time()
        try:
            return (yield)
        finally:
            took, lines = time.process_time() - began, self.watch.fresh()
            spent, known = self.making.get(fixturedef.argname, (0.0, set()))
            self.making[fixturedef.argname] = (spent + took, known | lines)
            self.current["making"] += took
            self.watch.lines |= before

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        at_import = self.watch.fresh()
        self.watch.stop()
        self.items = {item.nodeid: item for item in session.items}
        self.at_import = at_import
        clear_caches()
        self.functions = functions_of(self.watch.paths)
        gc.collect()
        gc.freeze()
        self.measure()
        self.mutate()
        return True

    # ── Which tests run which lines, and how long they take ───────────────────────────────────────

    def measure(self) -> None:
        """Run all tests once, a fork for each file; what is known of files that have not changed is kept."""
        files: dict[str, list[pytest.Item]] = {}
        for item in self.items.values():
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        of_modules = [Path(path).read_bytes() for path in sorted(self.watch.paths)]
        marks = {name: mark((ROOT / name).read_bytes(), *of_modules) for name in files}
        known = json.loads(self.kept.read_text()) if self.keeps and self.kept.exists() else {}
        known = {name: found for name, found in known.items() if found["mark"] == marks.get(name)}

        def jobs() -> Iterator[tuple[str, Callable[[], Any], float]]:
            for name, items in files.items():
                if name not in known:
                    yield name, lambda items=items: self._measured(items), 900.0

        for name, found in forked(jobs(), self.workers):
            if "items" in found:
                known[name] = {"mark": marks[name], **found}
            else:
                self.log(f"{name}: not used, {found}")
        if self.keeps:
            self.kept.parent.mkdir(exist_ok=True)
            self.kept.write_text(json.dumps(known))
        failed: list[str] = []
        for found in known.values():
            for nodeid, (passed, seconds, lines) in found["items"].items():
                if passed and nodeid in self.items:
                    self.cost[nodeid] = seconds
                    self.covers[nodeid] = {(module, line) for module, line in lines}
                elif not passed:
                    failed.append(nodeid)
        self.log(f"{len(self.cost)} tests, {sum(self.cost.values()):.0f} s; not used: {failed}")

    def _measured(self, items: list[pytest.Item]) -> dict[str, Any]:
        self.watch.start()
        found: dict[str, Any] = {}
        for k, item in enumerate(items):
            self.watch.fresh()
            self.current = {"making": 0.0}
            began = time.process_time()
            reports = runtestprotocol(item, nextitem=items[k + 1] if k + 1 < len(items) else None, log=False)
            own = time.process_time() - began - self.current["making"]
            passed = all(report.passed for report in reports)
            found[item.nodeid] = [passed, own, self.watch.fresh()]
        for item in items:
            for name in getattr(item, "fixturenames", ()):
                if name in self.making:
                    seconds, lines = self.making[name]
                    found[item.nodeid][1] += seconds
                    found[item.nodeid][2] |= lines
        return {"items": {key: (a, b, sorted(c)) for key, (a, b, c) in found.items()}}

    def chosen(self, mutant: Mutant, whole: bool) -> list[str]:
        """Tests that run the mutant's line, fastest first, within the budget.

        ``whole``: all tests of the files of which one runs a line of its module, as some look at its numbers.
        """
        place = (mutant.module, mutant.line)
        if whole:
            files = {
                nodeid.partition("::")[0]
                for nodeid, lines in self.covers.items()
                if any(module == mutant.module for module, _ in lines)
            }
            found = [nodeid for nodeid in self.covers if nodeid.partition("::")[0] in files]
        else:
            found = [nodeid for nodeid, lines in self.covers.items() if place in lines]
        found.sort(key=lambda nodeid: (self.cost[nodeid], nodeid))
        spent, kept = 0.0, []
        for nodeid in found:
            spent += self.cost[nodeid]
            if kept and spent > self.budget:
                break
            kept.append(nodeid)
        # Tests of a file one after another, so that they share its fixtures.
        order = {nodeid.partition("::")[0]: k for k, nodeid in reversed(list(enumerate(kept)))}
        return sorted(kept, key=lambda nodeid: (order[nodeid.partition("::")[0]], self.cost[nodeid]))

    # ── Mutants ───────────────────────────────────────────────────────────────────────────────────

    def mutate(self) -> None:
        self.watch = Watch(())
        self.current = {}
        began = time.monotonic()

        def jobs() -> Iterator[tuple[Mutant, Callable[[], Any], float]]:
            for mutant in self.mutants:
                yield mutant, lambda m=mutant: self._tried(m), 20.0 + 8.0 * self.budget

        for k, (mutant, found) in enumerate(forked(jobs(), self.workers), 1):
            self.done(mutant, found)
            if k % 100 == 0:
                self.log(f"{k} of {len(self.mutants)} mutants, {time.monotonic() - began:.0f} s")

    def _tried(self, mutant: Mutant) -> dict[str, Any]:
        """In the fork: put the mutant in place and run the tests."""
        text = mutant.source()
        path = str(ROOT / mutant.module)
        if text is None:
            return {"outcome": "no mutant"}
        before, after = changed_line(mutant.module, text)
        change = {"was": before, "is": after}
        try:
            old, new = (compile(one, path, "exec") for one in (original(mutant.module), text))
        except SyntaxError:
            return {"outcome": "no mutant", **change}
        if old == new:
            return {"outcome": "no mutant", **change}
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
        pair = changed_function(old, new)
        lines = {(mutant.module, line) for *_, line in pair[0].co_lines() if line} if pair else set()
        if (
            pair is None
            or lines & self.at_import
            or not replace(self.functions.get(place(pair[0]), []), pair[1])
        ):
            return {**self._imported_again(mutant, text, path), **change, "imported_again": True}
        self.mutated = mutant.module
        self.interpret_first_state()
        names = self.chosen(mutant, whole=False)
        if not names:
            return {"outcome": "survived", "tests": 0, **change}
        limit(sum(self.cost[name] for name in names))
        return {**self._tests([self.items[name] for name in names]), **change}

    def _tests(self, items: list[pytest.Item]) -> dict[str, Any]:
        for k, item in enumerate(items):
            follows = items[k + 1] if k + 1 < len(items) else None
            for report in runtestprotocol(item, nextitem=follows, log=False):
                if report.failed:
                    return {"outcome": "killed", "by": item.nodeid}
        return {"outcome": "survived", "tests": len(items)}

    def _imported_again(self, mutant: Mutant, text: str, path: str) -> dict[str, Any]:
        names = self.chosen(mutant, whole=True)
        if not names:
            return {"outcome": "survived", "tests": 0}
        limit(20.0 + sum(self.cost[name] for name in names))
        forget()
        name = mutant.module.removesuffix(".py").replace("/", ".")
        sys.meta_path.insert(0, Instead(name, path, text))
        first = First(self.engine, mutant.module)
        code = pytest.main([*OPTIONS, "-x", *names], plugins=[first])
        if code == 0:
            return {"outcome": "survived", "tests": len(names)}
        return {"outcome": "killed", "by": first.failed or "import"}


OPTIONS = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={ROOT}")


class First(Setting):
    """Remembers the first test that fails."""

    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def mark(*parts: bytes) -> str:
    """Hash of some texts."""
    return hashlib.blake2b(b"\0".join(parts), digest_size=10).hexdigest()


def run(
    group: str,
    mutants: list[Mutant],
    workers: int,
    budget: float,
    done: Callable[[Mutant, dict[str, Any]], None],
    log: Callable[[str], None],
    tests: tuple[str, ...] = (),
    keep: bool = True,
) -> None:
    """Try mutants of one group; ``done`` is called with the outcome of each.

    ``keep``: remember, and use, which tests run which lines, in build/.
    """
    watch = Watch(module for modules in GROUPS.values() for module in modules)
    watch.start()
    runs = Runs(group, watch, mutants, workers, budget, done, log)
    runs.keeps = keep
    os.chdir(ROOT)
    code = pytest.main([*OPTIONS, *(tests or TESTS[group])], plugins=[runs])
    if code not in (0, 5):
        raise RuntimeError(f"pytest ended with {code}")
