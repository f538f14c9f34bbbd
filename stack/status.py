"""What a person wants to see: a table of the processes, and their logs."""

import sys
import time
from pathlib import Path

import psutil

from stack.lifecycle import Stack, StackError


def print_status(stack: Stack) -> int:
    """A line for each process; 0 when all are healthy, else 1."""
    processes = stack.supervisor.processes()
    if not processes:
        print("Nothing runs; `make up` starts the stack.")
        return 1
    verdicts = stack.health()
    print(f"{'process':<15}{'state':<10}{'pid':>8}{'uptime':>10}{'memory':>10}  health")
    for process in processes:
        uptime = _duration(time.time() - process.since) if process.pid else "-"
        memory = f"{memory_of(process.pid) / 2**20:.0f} MB" if process.pid else "-"
        verdict = verdicts.get(process.name, "unknown")
        print(f"{process.name:<15}{process.state.lower():<10}{process.pid:>8}{uptime:>10}{memory:>10}  {verdict}")
    return 0 if all(verdict == "healthy" for verdict in verdicts.values()) else 1


def print_logs(stack: Stack, name: str | None, *, lines: int, follow: bool) -> None:
    """The end of one log or of all; with `follow` also what is added, until interrupted."""
    names = [program.name for program in stack.programs]
    if name is not None and name not in names:
        raise StackError(f"There is no process {name!r}; there are {', '.join(names)}.")
    files = {chosen: stack.settings.logs / f"{chosen}.log" for chosen in ([name] if name else names)}
    for chosen, path in files.items():
        if path.exists():
            _print_block(chosen, "\n".join(path.read_text(errors="replace").splitlines()[-lines:]), len(files))
    positions = {chosen: path.stat().st_size if path.exists() else 0 for chosen, path in files.items()}
    while follow:
        time.sleep(0.5)
        for chosen, path in files.items():
            positions[chosen] = _print_new(chosen, path, positions[chosen], len(files))


def memory_of(pid: int) -> int:
    """Bytes of a process and its children; pages that they share count once."""
    try:
        process = psutil.Process(pid)
        return sum(_proportional(member) for member in [process, *process.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0


def _proportional(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0


def _print_new(name: str, path: Path, position: int, count: int) -> int:
    if not path.exists():
        return 0
    size = path.stat().st_size
    if size < position:  # rotated
        position = 0
    if size > position:
        with path.open(errors="replace") as file:
            file.seek(position)
            _print_block(name, file.read().rstrip("\n"), count)
    return size


def _print_block(name: str, text: str, count: int) -> None:
    prefix = f"{name:<14}| " if count > 1 else ""
    for line in text.splitlines():
        print(prefix + line)
    sys.stdout.flush()


def _duration(seconds: float) -> str:
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min" if minutes else f"{seconds:.0f} s"
