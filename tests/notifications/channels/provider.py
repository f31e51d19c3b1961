"""A provider on this machine that says what it is told to say, over a real connection."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    """`body` as JSON unless it is text; `seconds` to think first; `cut`: hang up in the middle of the answer."""

    body: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    cut: bool = False


@dataclass(frozen=True)
class Request:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Provider:
    """`answers[path]` are given in turn, the last one for ever; `asked` is all that came."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Reply]] = {}
        self.asked: list[Request] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def says(self, path: str, *replies: Reply) -> None:
        self.answers[path] = list(replies)

    def asked_at(self, path: str) -> list[Request]:
        return [request for request in self.asked if request.path == path]

    def take(self, request: Request) -> Reply:
        with self._lock:
            self.asked.append(request)
            replies = self.answers.get(request.path, [Reply(status=404)])
            return replies.pop(0) if len(replies) > 1 else replies[0]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(provider: Self) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                is_json = "json" in self.headers.get("Content-Type", "")
                body = json.loads(raw) if is_json and raw else raw.decode()
                self._answer(provider.take(Request(parts.path, query, dict(self.headers), body)))

            do_GET = do_POST

            def _answer(self, reply: Reply) -> None:
                time.sleep(reply.seconds)
                content = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                raw = content.encode()
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(raw) + (100 if reply.cut else 0)))
                    self.end_headers()
                    self.wfile.write(raw)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
