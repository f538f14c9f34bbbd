"""The command as people run it: a process of its own, with a home of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


@dataclass
class CommandLine:
    """`logidata …` at one service."""

    url: str
    home: Path
    token: str | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        mine = {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / ".config"), "LOGIDATA_URL": self.url}
        mine |= {"LOGIDATA_TOKEN": self.token} if self.token else {}
        mine |= {"COLUMNS": "500"}  # whether a message is wrapped must not depend on the length of a path in it
        outer = {name: value for name, value in os.environ.items() if not name.startswith("LOGIDATA_")}
        return subprocess.run(
            [sys.executable, "-m", "logidata_cli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=outer | mine | self.environment,
            cwd=REPOSITORY,
            timeout=300,
        )

    def good(self, *arguments: str | Path, stdin: str = "") -> str:
        """What it prints when it succeeds."""
        done = self(*arguments, stdin=stdin)
        assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
        return done.stdout
