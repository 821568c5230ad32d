"""Every code block of README and docs is run, or says why not."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from typer import Exit

from tests.support.cli import kept_runs, no_pictures
from tests.support.fenced_blocks import (
    PROGRAMS,
    READ,
    ROOT,
    RUN,
    SHOWN,
    Block,
    assert_call_is_known,
    assert_imports_exist,
    assert_printed,
    blocks,
    calls_of_computeleap,
    pages,
    plain_commands,
    run_block,
)
from tests.support.long_version import FULL
from tests.support.warm_programs import start_programs
from viz.cli.command_group import UsageError

PAGES = pages()
BLOCKS = [block for page in PAGES for block in blocks(page)]
CHINESE = [page for page in PAGES if page.startswith("docs/zh/")]  # they have the blocks of the English pages
RUNNING = [
    page
    for page in PAGES
    if page not in CHINESE and any(block.language in RUN + READ for block in blocks(page))
]

# The short version runs what a newcomer reads first, and pages that cost little. Of all pages it looks up
# commands, options and imported names; what the commands do has tests of its own.
FIRST = ("README.md", "docs/extending.md", "docs/start.md")
DEAR = ("README.zh-CN.md", "docs/tutorials/", "docs/extensions/", "docs/sweeps.md", "docs/closed_economy.md")
DEAR += ("docs/evaluation.md", "docs/metrics.md", "docs/experiments.md", "docs/results.md", "docs/chain.md")
DEAR += tuple(
    f"docs/howto/{name}.md" for name in ("make-figures", "switch-a-mechanism-off", "compare-two-worlds")
)
RUNNING = [page for page in RUNNING if FULL or page in FIRST or not page.startswith(DEAR)]


def test_every_block_names_its_language():
    assert len(BLOCKS) > 60
    wrong = [block.place for block in BLOCKS if block.language not in RUN + READ + SHOWN]
    assert not wrong


def test_every_fence_is_closed_and_found():
    for page in PAGES:
        fences = sum(
            line.lstrip().startswith("```") for line in (ROOT / page).read_text("utf-8").splitlines()
        )
        assert fences == 2 * len(blocks(page)), page


def test_reasons_are_given():
    """The blocks that are shown only; a reason is a sentence, and most blocks have none."""
    shown = {block.place: block.not_run for block in BLOCKS if block.not_run is not None}
    for place, reason in shown.items():
        print(f"{place}: {reason}")
        assert len(reason.split()) >= 3, place
    runnable = [block for block in BLOCKS if block.language in RUN]
    assert len(shown) < 0.2 * len(runnable)


def test_no_step_is_hidden_from_the_reader():
    """Every command of a page can be run from what the page shows."""
    remark = re.compile(r"<!--\s*before:")
    assert not [page for page in PAGES if remark.search((ROOT / page).read_text("utf-8"))]


def without_comments(block: Block) -> Block:
    """The block with its place and the comments of its code left out, which are in the page's language."""
    text = re.sub(r"(^| +)# .*$", "", block.text, flags=re.MULTILINE)
    return replace(block, page="", line=0, text=text if block.language in RUN + READ else block.text)


@pytest.mark.parametrize("page", CHINESE)
def test_a_chinese_page_has_the_blocks_of_the_english_one(page):
    english = blocks(page.replace("docs/zh/", "docs/"))
    assert [without_comments(block) for block in blocks(page)] == [
        without_comments(block) for block in english
    ]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in CHINESE])
def test_commands_options_and_imports_exist(page):
    for block in blocks(page):
        for words in calls_of_computeleap(block.text) if block.language == "sh" else ():
            with pytest.raises(Exit) if words == ["--version"] else nullcontext():
                assert_call_is_known(words)
        if block.language == "python":
            assert_imports_exist(block.text)


def test_a_command_an_option_and_an_import_that_do_not_exist_are_noticed():
    said = calls_of_computeleap(
        'ls && computeleap run --seds 2 | tail\ncomputeleap walk "a; b"; ls computeleap'
    )
    assert said == [["run", "--seds", "2"], ["walk", "a; b"]]
    for words in said:
        with pytest.raises(UsageError, match="No such"):
            assert_call_is_known(words)
    with pytest.raises(ImportError, match="Parametres"):
        assert_imports_exist("from model import Parametres")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that keeps runs: pages repeat each other's commands."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, runs: Path) -> Iterator[Path]:
    """The folder of programs for bash; on one core, where the small runs of the pages need no processes."""
    if sys.platform != "linux":
        yield PROGRAMS
        return
    cores = os.sched_getaffinity(0)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.sched_setaffinity(0, {sorted(cores)[worker % len(cores)]})
    try:
        with start_programs(tmp_path_factory.mktemp("programs"), runs) as folder:
            yield folder
    finally:
        os.sched_setaffinity(0, cores)


@pytest.mark.slow
@pytest.mark.parametrize("page", RUNNING)
def test_blocks_run(page, tmp_path, monkeypatch, programs, runs):
    """In order, in an empty folder: later blocks may use files of earlier ones."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in re.findall(r"^# (\w+)\.py$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE):
        monkeypatch.delitem(sys.modules, name, raising=False)  # other tests may have modules of that name
    before = set(sys.modules)
    # The pictures of a report are drawn for the README alone, which shows them, and in the long version.
    with kept_runs(runs), nullcontext() if page == "README.md" and FULL else no_pictures():
        found = blocks(page)
        for block, following in zip(found, [*found[1:], None], strict=True):
            shown = following is not None and following.language == "text"
            printed = run_block(block, programs, shown)
            if shown and block.language == "sh" and not block.not_run:
                assert_printed(following, block, printed)
    for name in set(sys.modules) - before:  # another page may write a file of the same name
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def test_the_runner_notices_a_block_that_fails(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError, match="exit 3"):
        run_block(Block("page.md", 1, "sh", "exit 3"))
    with pytest.raises(ZeroDivisionError):
        run_block(Block("page.md", 2, "python", "1 / 0"))
    run_block(Block("page.md", 3, "python", "1 / 0", not_run="it divides by zero"))
    run_block(Block("page.md", 4, "csv", "a,b\n1,2\n", file="in/table.csv"))
    assert (tmp_path / "in/table.csv").read_text() == "a,b\n1,2\n"


def test_the_runner_notices_output_that_is_not_printed():
    printed = "group   mean\nhosts   +3.04\nothers  +0.17\n"
    command, shown = (Block("page.md", 1, "sh", "computeleap run"), Block("page.md", 2, "text", ""))
    assert_printed(replace(shown, text="hosts +3.04\n…\n"), command, printed)
    with pytest.raises(AssertionError, match=r"page.md:2.*\nhosts \+3.05"):
        assert_printed(replace(shown, text="hosts +3.05\n"), command, printed)
    if not FULL:  # with fewer seeds than the page's only words can be compared
        many = replace(command, text="computeleap run --seeds 4")
        assert_printed(replace(shown, text="hosts +3.05\n"), many, printed)
        with pytest.raises(AssertionError, match="near"):
            assert_printed(replace(shown, text="near +3.04\n"), many, printed)


def test_commands_that_need_no_shell_are_told_apart():
    text = 'computeleap cities  # all\ncomputeleap sweep query a "select 1\n > 0"\n'
    assert plain_commands(text) == [["cities"], ["sweep", "query", "a", "select 1  > 0"]]
    for other in (
        "computeleap cities | head",
        "ls",
        "computeleap sweep run a.toml",
        "x=1; computeleap cities",
    ):
        assert plain_commands(other) is None
