"""What a wheel holds: the four packages with all of their files, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
PACKAGES = ("agents", "model", "experiments", "viz")


def files_of(package: str) -> set[Path]:
    """Every file of a package but what Python itself leaves behind."""
    return {
        path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_folder_with_code_is_a_package():
    """With ``namespaces = false`` setuptools skips a folder without ``__init__.py``, and all below it."""
    assert SETUPTOOLS["packages"]["find"]["namespaces"] is False
    folders = {path.parent for package in PACKAGES for path in files_of(package) if path.suffix == ".py"}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_only_the_four_packages_are_found():
    patterns = SETUPTOOLS["packages"]["find"]["include"]
    assert sorted(patterns) == sorted([*PACKAGES, *(f"{package}.*" for package in PACKAGES)])


def test_package_data_names_every_file_that_is_no_code():
    """Each pattern matches, and together they match all: py.typed, tables, presets, assets."""
    matched: set[Path] = set()
    for package, patterns in SETUPTOOLS["package-data"].items():
        folders = [path.parent for one in PACKAGES for path in files_of(one) if path.name == "__init__.py"]
        places = folders if package == "*" else [ROOT / package.replace(".", "/")]
        for pattern in patterns:
            found = {path for place in places for path in place.glob(pattern) if path.is_file()}
            assert found, f"{package}: {pattern} matches nothing"
            matched |= found
    others = {path for package in PACKAGES for path in files_of(package) if path.suffix != ".py"}
    assert {path.relative_to(ROOT) for path in matched} == {path.relative_to(ROOT) for path in others}
    assert {path.parent.name for path in matched if path.name == "py.typed"} == set(PACKAGES)


def test_a_built_wheel_holds_the_same(tmp_path: Path):
    """The wheel as pip would build it, where setuptools is installed."""
    pytest.importorskip("setuptools", minversion="77", reason="setuptools is not installed")
    for name in (*PACKAGES, "benchmarks", "tests/support"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    build = "from setuptools import build_meta; build_meta.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    assert names == {path.relative_to(ROOT).as_posix() for package in PACKAGES for path in files_of(package)}


def test_the_version_is_that_of_the_citation():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {PROJECT['project']['version']}\n" in citation
