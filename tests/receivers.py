"""Counting receivers, each a process of its own: one fsync'd line for each arrival. `python tests/receivers.py LOG`.

It prints its port and answers as `--behaviour` says. The key of a mail is its `Message-ID`.
"""

import argparse
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

SLOW = 2.0
"""Seconds that a slow receiver takes for its answer."""


def connections_file(log: Path) -> Path:
    """The ports that connections came from, a line each."""
    return log.with_suffix(".connections")


def slow_file(log: Path) -> Path:
    """Stands while the receiver is to be slow."""
    return log.with_suffix(".slow")


class Arrivals:
    """The log of one receiver, written from any thread."""

    def __init__(self, log: Path) -> None:
        self._out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._connections = os.open(connections_file(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()

    def connected(self, port: int) -> None:
        """Somebody connected from this port, whether or not anything is said."""
        os.write(self._connections, f"{port}\n".encode())

    def note(self, key: str, text: str, **more: str) -> None:
        """On disk before it is answered."""
        with self._lock:
            self._seen[key] += 1
            digest = hashlib.sha256(text.encode()).hexdigest()
            row = {"key": key, "attempt": self._seen[key], "at": time.time(), "text": text, "body": digest, **more}
            os.write(self._out, (json.dumps(row, ensure_ascii=False) + "\n").encode())
            os.fsync(self._out)


def serve(log: Path, behaviour: str) -> None:
    """Answer posts until killed."""
    arrivals = Arrivals(log)

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            arrivals.connected(self.client_address[1])
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            text = json.loads(body)["text"]
            more = {"signature": self.headers["Fenghuo-Signature"], "by": str(self.client_address[1])}
            arrivals.note(self.headers["Idempotency-Key"], text, **more)
            if behaviour == "hang":
                time.sleep(60)
            if slow_file(log).exists():
                time.sleep(SLOW)
            if behaviour == "accept_then_silence":
                self.connection.close()
                return
            self.send_response({"accept": 200, "error": 503, "gone": 410}[behaviour])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    say(server.server_port)
    server.serve_forever()


def take_mail(log: Path) -> None:
    """Take every mail until killed."""
    arrivals = Arrivals(log)

    class Mailbox:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            arrivals.note(mail["Message-ID"], mail.get_content(), to=mail["To"], by=str(session.peer[1]))
            return "250 taken"

    # Before it says that it listens, the controller connects to itself.
    listening = threading.Event()

    class Counted(SMTP):
        def connection_made(self, transport: Any) -> None:
            if listening.is_set():
                arrivals.connected(transport.get_extra_info("peername")[1])
            super().connection_made(transport)

    class Counting(Controller):
        def factory(self) -> SMTP:
            return Counted(self.handler, **self.SMTP_kwargs)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    Counting(Mailbox(), hostname="127.0.0.1", port=port).start()
    listening.set()
    say(port)
    threading.Event().wait()


def say(port: int) -> None:
    """Tell whoever started this where it listens."""
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


class Receiver:
    """The receiver from outside: its address and what has arrived."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.url, self._log = port, f"http://127.0.0.1:{port}/", log

    def arrivals(self) -> list[dict[str, Any]]:
        """Every arrival, in order."""
        return [json.loads(line) for line in self._log.read_text("utf-8").splitlines()] if self._log.exists() else []

    def connections(self) -> list[str]:
        """The port that each connection came from, in order; `by` of an arrival names the one that brought it."""
        file = connections_file(self._log)
        return file.read_text("utf-8").split() if file.exists() else []

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Have it take its time for every answer, until the block ends."""
        slow_file(self._log).touch()
        try:
            yield
        finally:
            slow_file(self._log).unlink()

    def attempts(self) -> Counter[str]:
        """How often each key arrived: what a receiver that does not honour keys delivers."""
        return Counter(row["key"] for row in self.arrivals())


@contextmanager
def receiver(folder: Path, behaviour: str = "accept", name: str = "") -> Iterator[Receiver]:
    """A running receiver, ended with the block."""
    log = folder / f"arrivals-{name or behaviour}.jsonl"
    command = [sys.executable, __file__, str(log), "--behaviour", behaviour]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Receiver(int(process.stdout.readline()), log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--behaviour", default="accept")
    asked = parser.parse_args()
    if asked.behaviour == "mail":
        take_mail(asked.log)
    else:
        serve(asked.log, asked.behaviour)
