"""The log of all that operators did."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from hotline.console.desk import Desk
from hotline.console.log_view import ON_A_PAGE, page_of
from hotline.console.pages import page
from hotline.store.history import MOST_ENTRIES


def register(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/log")
    def log() -> ResponseReturnValue:
        by, skip = request.args.get("by", "").strip().casefold(), request.args.get("skip", 0, type=int)
        if not 0 <= skip <= MOST_ENTRIES:
            abort(404)
        shown = page_of(desk.history.log, desk.live.content.script, by=by, skip=skip, most=ON_A_PAGE)
        return page(desk, "console/log.html", shown=shown, by=by, skip=skip)
