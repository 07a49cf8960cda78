"""A small HTTP server on loopback: /metrics, and whatever a source adds, such as its masked stream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from polyveil.errors import UsageError
from polyveil.live.status import Status


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of known length, or an endless one made of chunks."""

    media_type: str
    body: bytes | Iterator[bytes] = field(repr=False)


Route = Callable[[str], Answer | None]
"""Gives the answer for the rest of the path, or None if there is nothing."""

_MOST_VIEWERS = 16  # endless answers at a time


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self) -> None:
        # a web page elsewhere must not reach this through a name that it points at 127.0.0.1
        host = (self.headers.get("Host") or "").rpartition(":")[0] or (self.headers.get("Host") or "")
        if host not in ("127.0.0.1", "localhost", "[::1]"):
            self.send_error(403)
            return
        first, _, rest = self.path.partition("?")[0].lstrip("/").partition("/")
        route = self.server.routes.get(first)
        answer = route(rest) if route else None
        if answer is None:
            self.send_error(404)
            return
        if isinstance(answer.body, bytes):
            self._whole(answer.media_type, answer.body)
        else:
            self._endless(answer.media_type, answer.body)

    def _headers(self, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")  # no page of others shows a stream

    def _whole(self, media_type: str, body: bytes) -> None:
        self._headers(media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _endless(self, media_type: str, chunks: Iterator[bytes]) -> None:
        if not self.server.viewers.acquire(blocking=False):
            self.send_error(503)
            return
        try:
            self.close_connection = True
            self._headers(media_type)
            self.send_header("Connection", "close")
            self.end_headers()
            for chunk in chunks:
                self.wfile.write(chunk)
        except OSError:
            pass  # the viewer went away, or does not keep up
        finally:
            self.server.viewers.release()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Requests are not logged."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, routes: Mapping[str, Route]) -> None:
        self.routes = routes
        self.viewers = threading.BoundedSemaphore(_MOST_VIEWERS)
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A viewer that breaks off is no event."""


class Web:
    """The server, running in a thread of its own.

    Args:
        port: 0 for any free one. routes: by the first part of the path.

    Raises:
        UsageError: the port is taken.
    """

    def __init__(self, status: Status, port: int = 0, routes: Mapping[str, Route] | None = None) -> None:
        def metrics(_rest: str) -> Answer:
            return Answer("text/plain; version=0.0.4; charset=utf-8", status.metrics().encode())

        try:
            self._server = _Server(port, {"metrics": metrics, **(routes or {})})
        except OSError:
            raise UsageError(f"port {port} on 127.0.0.1 is taken: choose another with --http-port") from None
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        status.metrics_url = f"{self.address}/metrics"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
