"""Looking for secrets where none must be: in files, tables, answers and command lines, plain or thinly wrapped."""

import base64
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from stack.postgres import Cluster, binaries


def wrappings(secret: str) -> Iterator[bytes]:
    """The secret as it is, in hex, and in Base64 wherever it begins there: behind `user:`, for one."""
    plain = secret.encode()
    yield plain
    yield plain.hex().encode()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + plain)
        yield whole[(0, 2, 3)[before] : len(whole) - len(whole) % 4 - 4]


class Canaries:
    """Secrets by a name that may be shown."""

    def __init__(self) -> None:
        self._needles: dict[str, list[bytes]] = {}

    def add(self, secrets: Mapping[str, str]) -> None:
        """Look for these too."""
        for name, secret in secrets.items():
            assert len(secret) >= 12, f"{name} may be found by chance"
            self._needles[name] = list(wrappings(secret))

    def in_text(self, place: str, text: bytes | str) -> list[str]:
        """`secret in place` for each that is there."""
        found = text if isinstance(text, bytes) else text.encode()
        return [f"{name} in {place}" for name, needles in self._needles.items() if any(n in found for n in needles)]

    def in_files(self, root: Path, except_for: Iterable[Path] = ()) -> list[str]:
        """In every file below a folder, and in its names."""
        spared = set(except_for)
        files = [path for path in root.rglob("*") if path.is_file() and not spared & {path, *path.parents}]
        assert files, f"{root} has no files to look into"
        return [hit for path in files for hit in self.in_text(str(path), str(path).encode() + _content(path))]

    def in_database(self, cluster: Cluster, name: str) -> list[str]:
        """In all that a dump of the database has."""
        at = ["--host", cluster.host, "--port", str(cluster.port), "--username", cluster.user]
        command = [binaries() / "pg_dump", *at, "--inserts", name]
        environment = {"PGPASSWORD": cluster.password}
        dump = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
        assert b"alembic_version" in dump
        return [hit for line in dump.splitlines() for hit in self.in_text(f"{name}: {line[:60]!r}", line)]

    def in_command_lines(self) -> list[str]:
        """In what every account of this machine may read of every process."""
        lines = {path.parent.name: _content(path) for path in Path("/proc").glob("[0-9]*/cmdline")}
        return [hit for pid, line in lines.items() for hit in self.in_text(f"the command line of {pid}", line)]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # gone, since the stack goes on working
        return b""
