"""How much memory a process has needed at most, by its own account."""

import re
from pathlib import Path

PEAK = 'int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) // 1024'
"""For a program that a test starts: its peak in MB. `ru_maxrss` would begin with that of the process it came from."""


def forget_the_peak() -> int:
    """Let the peak of this process begin again at what it has now, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> int:
    """The most memory in MB that this process had since then."""
    return _status("VmHWM")


def _status(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) // 1024
