"""The model, imported and with its kernels loaded: a server of worker processes imports it and forks."""

from experiments.study.prepare import warm_kernels
from experiments.sweep import chunk  # noqa: F401

warm_kernels()
