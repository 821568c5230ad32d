"""Shell completion beyond commands and options: scenarios, parameters, experiments, folders."""

from __future__ import annotations

from pathlib import Path


def scenario_names(incomplete: str) -> list[tuple[str, str]]:
    """Return the scenarios, each with its meaning."""
    from model.scenarios.scenario_catalogue import SCENARIOS

    return [(name, one.meaning) for name, one in SCENARIOS.items() if name.startswith(incomplete)]


def parameter_names(incomplete: str) -> list[tuple[str, str]]:
    """Return the parameters, each with its meaning."""
    from model.parameters import parameter_rows

    return [(row["name"], row["meaning"]) for row in parameter_rows() if row["name"].startswith(incomplete)]


def changed_parameters(incomplete: str) -> list[tuple[str, str]]:
    """Return the parameters as ``--set`` takes them, each with an equals sign."""
    return [(f"{name}=", meaning) for name, meaning in parameter_names(incomplete)]


def experiment_files(incomplete: str) -> list[str]:
    """Return the presets, and experiment files of the folder that is typed."""
    from experiments.sweep.experiment_file import PRESETS

    folder = Path(incomplete if incomplete.endswith("/") else Path(incomplete).parent)
    files = [path for path in folder.glob("*") if path.suffix in (".toml", ".yaml", ".yml") or path.is_dir()]
    names = [path.stem for path in PRESETS.glob("*.toml")]
    names += [str(path) + ("/" if path.is_dir() else "") for path in files]
    return sorted(name for name in names if name.startswith(incomplete))


def folders(incomplete: str) -> list[str]:
    """Return the folders below the one that is typed; below ``results`` if none is."""
    folder = Path(incomplete if incomplete.endswith("/") else Path(incomplete).parent)
    if not incomplete and Path("results").is_dir():
        folder = Path("results")
    return sorted(
        str(path) for path in folder.glob("*") if path.is_dir() and str(path).startswith(incomplete)
    )


def table_names(incomplete: str) -> list[str]:
    """Return the tables of which ``computeleap schema`` shows the columns."""
    return [name for name in ("cities", "centres", "links", "panel") if name.startswith(incomplete)]
