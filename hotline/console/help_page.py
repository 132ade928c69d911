"""How the console is used, in plain words."""

from __future__ import annotations

from flask import Blueprint

from hotline.console.desk import Desk
from hotline.console.pages import page


def register(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/help", endpoint="help")
    def help_page() -> str:
        return page(desk, "console/help.html")
