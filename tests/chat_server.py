"""A server of the OpenAI chat API that answers what it is told to, and remembers what it got."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Chat:
    """What the server says, and what it was asked: bodies and headers."""

    says: str = ""
    code: int = 200
    body: bytes | None = None
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def chatting(says: str = "") -> Iterator[Chat]:
    """Serve on loopback until the end of the `with`; a text goes out in pieces of 7 characters."""
    chat = Chat(says)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            chat.asked.append(json.loads(self.rfile.read(length)))
            chat.headers.append({key.lower(): value for key, value in self.headers.items()})
            self.send_response(chat.code)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            if chat.body is not None:
                self.wfile.write(chat.body)
                return
            for at in range(0, len(chat.says), 7):
                piece = {"choices": [{"delta": {"content": chat.says[at : at + 7]}}]}
                self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
