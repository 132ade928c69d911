"""Where the languages' folders stand: catalogs, examples and commands."""

from __future__ import annotations

from pathlib import Path

LOCALES = Path(__file__).resolve().parents[1] / "locales"
