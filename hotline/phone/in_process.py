"""Carries requests to an application in this very process: nothing goes over a network."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class InProcessAdapter(BaseAdapter):
    """Answers every address with what `app` says under its path."""

    def __init__(self, app: WSGIApplication) -> None:
        super().__init__()
        self._app = app

    def send(self, request: PreparedRequest, *args: object, **settings: object) -> Response:  # noqa: ARG002
        """There is no network for which the settings would matter."""
        body, status, headers = run_wsgi_app(self._app, _environ(request), buffered=True)
        answer = Response()
        answer.request = request
        answer.url = request.url or ""
        answer.status_code = int(status.split()[0])
        answer.headers.update(headers)
        answer.raw = HTTPResponse(
            BytesIO(b"".join(body)), HTTPHeaderDict(headers.items()), answer.status_code, preload_content=False
        )
        return answer

    def close(self) -> None:
        """Nothing is open."""


def _environ(request: PreparedRequest) -> dict[str, object]:
    url = urlsplit(request.url or "")
    body = request.body or b""
    builder = EnvironBuilder(
        url.path or "/",
        f"{url.scheme}://{url.netloc}",
        query_string=url.query,
        method=request.method or "GET",
        headers=request.headers.items(),
        data=body.encode() if isinstance(body, str) else body,
    )
    try:
        # The path exactly as it was written, for those who check its signature.
        return {**builder.get_environ(), "RAW_URI": request.path_url}
    finally:
        builder.close()
