"""`python -m hotline`: the same command where the package is not installed, as on a platform."""

from __future__ import annotations

from hotline.cli import main

main(prog_name="hotline")
