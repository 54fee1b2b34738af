"""A publisher on loopback: what tests of whole commands let them poll."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

DEADLINE = 40.0  # seconds for anything to happen, far above what anything takes


def rss(outlet: str, *titles: str, more: str = "") -> str:
    """A feed with one entry for each title, published minutes ago."""
    at = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 300))
    entries = "".join(
        f"<item><title>{title}</title><guid>{outlet}-{title}</guid>"
        f"<link>https://{outlet}.example/{number}</link><pubDate>{at}</pubDate></item>"
        for number, title in enumerate(titles)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{outlet}</title><link>https://{outlet}.example/</link>{more}{entries}"
        "</channel></rss>"
    )


@dataclass
class Publisher:
    """Serves ``pages``; a path in ``held`` is not answered before ``free`` is set."""

    address: str
    pages: dict[str, str | int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    free: threading.Event = field(default_factory=threading.Event)
    asked: queue.Queue[str] = field(default_factory=queue.Queue)
    forms: queue.Queue[dict[str, str]] = field(default_factory=queue.Queue)

    def url(self, path: str) -> str:
        return self.address + path

    def wait_for(self, path: str) -> None:
        """Until somebody asks for ``path``."""
        while self.asked.get(timeout=DEADLINE) != path:
            pass


@contextlib.contextmanager
def publishing() -> Iterator[Publisher]:
    """A publisher that listens on loopback until the block ends."""
    site = Publisher("")

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.put(self.path)
            if self.path in site.held:
                site.free.wait(DEADLINE)
            page = site.pages.get(self.path, 404)
            self.answer(page if isinstance(page, int) else 200, page)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            site.forms.put({name: value[0] for name, value in parse_qs(body).items()})
            self.answer(202, "")

        def answer(self, status: int, page: str | int) -> None:
            body = page.encode() if isinstance(page, str) else b""
            with contextlib.suppress(OSError):  # who was killed does not listen
                self.send_response(status)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                if status in (429, 503):
                    self.send_header("Retry-After", "7200")
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        site.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield site
        site.free.set()
        server.shutdown()
        thread.join()
