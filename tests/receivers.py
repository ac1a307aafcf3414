"""A counting receiver as a process of its own: one fsync'd line for each arrival. `python tests/receivers.py LOG`.

It prints its port, honours `Idempotency-Key` in what it counts as delivered, and answers as `--behaviour` says.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def serve(log: Path, behaviour: str) -> None:
    """Answer until killed."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    lock = threading.Lock()
    seen: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            with lock:
                seen[key] += 1
                row = {
                    "key": key,
                    "attempt": seen[key],
                    "at": time.time(),
                    "text": json.loads(body)["text"],
                    "signature": self.headers["Fenghuo-Signature"],
                    "body": hashlib.sha256(body).hexdigest(),
                }
                os.write(out, (json.dumps(row, ensure_ascii=False) + "\n").encode())
                os.fsync(out)
            if behaviour == "hang":
                time.sleep(60)
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
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


class Receiver:
    """The receiver from outside: its address and what has arrived."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self._log = url, log

    def arrivals(self) -> list[dict[str, Any]]:
        """Every arrival, in order."""
        return [json.loads(line) for line in self._log.read_text("utf-8").splitlines()] if self._log.exists() else []

    def attempts(self) -> Counter[str]:
        """How often each key arrived: what a receiver that does not honour keys delivers."""
        return Counter(row["key"] for row in self.arrivals())


@contextmanager
def receiver(folder: Path, behaviour: str = "accept") -> Iterator[Receiver]:
    """A running receiver, ended with the block."""
    log = folder / f"arrivals-{behaviour}.jsonl"
    command = [sys.executable, __file__, str(log), "--behaviour", behaviour]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Receiver(f"http://127.0.0.1:{process.stdout.readline().strip()}/", log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--behaviour", default="accept")
    asked = parser.parse_args()
    serve(asked.log, asked.behaviour)
