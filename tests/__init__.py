"""Tests; they mirror the packages."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
