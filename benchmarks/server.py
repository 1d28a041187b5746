"""MLServer on a folder, on loopback, in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Self

START = "from mlserver.cli.main import main; main()"
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A server that answers when the block begins, and is gone when it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(("HTTP", "gRPC", "METRICS"), free_ports(3), strict=True))
        self.log: list[str] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        ports = {f"MLSERVER_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "start", str(self.folder)],
            env={**os.environ, **ports, "MLSERVER_HOST": "127.0.0.1"},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        models = [json.loads(file.read_text())["name"] for file in self.folder.rglob("model-settings.json")]
        missing = {
            *(f"Loaded model '{name}'" for name in models),
            "gRPC server running",
            f"http://127.0.0.1:{self.ports['HTTP']} (",
        }
        ready = threading.Event()

        def read() -> None:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.log.append(line)
                missing.difference_update([sign for sign in missing if sign in line])
                if not missing:
                    ready.set()
            ready.set()

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        if not ready.wait(60) or self.process.poll() is not None:
            self.kill()
            msg = "the server did not start:\n" + "".join(self.log)
            raise RuntimeError(msg)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def cpu(self) -> tuple[float, float]:
        """Processor time used so far [s]: of the process, and of its first thread, where the event loop runs."""
        whole = Path(f"/proc/{self.process.pid}/stat")
        first = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/stat")
        return _seconds(whole), _seconds(first)

    def rss(self) -> float:
        """Resident memory [MB]."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _seconds(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
