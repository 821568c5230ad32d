"""Options that several commands of ``computeleap sweep`` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from viz.cli.completion import experiment_files, folders
from viz.cli.options import argument, flag, option

ExperimentFile = Annotated[
    str,
    argument(
        "Experiment file (TOML or YAML), or the name of a preset.",
        metavar="FILE",
        autocompletion=experiment_files,
    ),
]
StoreFolder = Annotated[
    str, argument("Store of a sweep; a folder, or s3://BUCKET/NAME.", metavar="STORE", autocompletion=folders)
]
TargetFolder = Annotated[
    str | None, option("Folder for the results.", "--store", default="results/NAME", metavar="FOLDER")
]
Workers = Annotated[
    int | None, option("Processes to use; 0: run in this process.", default="one per core", min=0)
]
Scheduler = Annotated[str | None, option("Address of a running Dask scheduler.", metavar="tcp://HOST:PORT")]
AllowChange = Annotated[
    bool,
    flag("Continue a store that another version of the model, rules or data began.", "--allow-change"),
]
Figure = Annotated[Path | None, option("Also draw a figure: .png, .svg or .pdf.", metavar="FILE")]
TablesFolder = Annotated[Path | None, option("Also write the tables, as CSV.", "--out", metavar="FOLDER")]
