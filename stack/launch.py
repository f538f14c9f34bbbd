"""Becomes a program of the stack, after ending what its killed predecessor left behind.

`python -m stack.launch HOME COMMAND…`, started by supervisord only. A scheduler that was killed leaves its worker
processes waiting for ever, and PostgreSQL cannot start while a backend of the killed one holds the shared memory.
"""

import os
import sys
from pathlib import Path

from stack.leftovers import end, orphans


def main() -> None:
    """Never returns: the supervisor watches the program itself, not this."""
    home, *command = sys.argv[1:]
    left = orphans(Path(home), os.getppid())
    for process in left:
        print(f"ending orphan {process.pid}", flush=True)
    end(left)
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
