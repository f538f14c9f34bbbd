"""`python -m stack up|down|status|logs|backup|restore`: what the Makefile calls."""

import argparse
import sys
import time
from pathlib import Path

from pydantic import ValidationError

from stack.backup import BackupError, back_up, restore
from stack.credentials import FILE
from stack.databases import MigrationError
from stack.lifecycle import Stack, StackError
from stack.postgres import PostgresError
from stack.settings import StackSettings
from stack.spark import SparkMissing
from stack.status import print_logs, print_status
from stack.supervisor import SupervisorError
from stack.warmup import WarmUpError

EXPECTED = (StackError, PostgresError, SparkMissing, SupervisorError, MigrationError, WarmUpError, BackupError)


def main() -> int:
    """Exit code 0 when done, 1 with a message on stderr when not; `status` is 1 unless everything is healthy."""
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("up", help="start everything and wait until it is healthy")
    actions.add_parser("down", help="stop everything")
    actions.add_parser("status", help="every process, and whether it is healthy")
    logs = actions.add_parser("logs", help="the last lines of every log, or of one")
    logs.add_argument("name", nargs="?", help="a process, as `status` names it")
    logs.add_argument("-f", "--follow", action="store_true", help="go on until interrupted")
    logs.add_argument("-n", "--lines", type=int, default=20)
    backup = actions.add_parser("backup", help="write everything that cannot be made again into one file")
    backup.add_argument("file", type=Path)
    restoring = actions.add_parser("restore", help="make an installation out of such a file, where there is none")
    restoring.add_argument("file", type=Path)
    chosen = parser.parse_args()
    try:
        if chosen.action == "restore":
            restore(StackSettings.read(), chosen.file)
            print("Restored; start it with `up`.")
            return 0
        stack = Stack(StackSettings.read(), report=lambda line: print(f"  {line}", flush=True))
        if chosen.action == "up":
            _up(stack)
        elif chosen.action == "down":
            stack.down()
            print("Nothing of the stack runs any more.")
        elif chosen.action == "backup":
            left_out = back_up(stack.settings, stack.cluster, chosen.file.absolute())
            print(f"{chosen.file} holds everything but:", *left_out, sep="\n  ")
            print("It has every key: who reads it owns the installation.")
        elif chosen.action == "status":
            return print_status(stack)
        else:
            print_logs(stack, chosen.name, lines=chosen.lines, follow=chosen.follow)
    except (*EXPECTED, ValidationError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _up(stack: Stack) -> None:
    begun = time.monotonic()
    print("Starting PostgreSQL, Airflow and the service …")
    stack.up()
    settings, credentials = stack.settings, stack.credentials
    print(f"Ready after {time.monotonic() - begun:.1f} s.\n  LogiData  {settings.api_url}")
    print(f"  Airflow   {settings.airflow_url}")
    if settings.spark:
        print(f"  Spark     sc://127.0.0.1:{settings.spark_port}")
    _tell(
        settings.root,
        {
            "admin": f"LogiData user {credentials.admin_email}, password {credentials.admin_password}",
            "airflow": f"Airflow user {credentials.airflow_username}, password {credentials.airflow_password}",
            "service": f"Service token {credentials.service_token}",
        },
    )


def _tell(home: Path, secrets: dict[str, str]) -> None:
    """Show each secret once; not "when just made": an earlier start may have failed before it came to this line."""
    told = home / "told"
    earlier = told.read_text().split() if told.exists() else []
    if told.exists() and not earlier:  # by a version that knew no people
        earlier = ["airflow", "service"]
    fresh = {name: line for name, line in secrets.items() if name not in earlier}
    if fresh:
        print(f"Made for this installation, shown this once and kept in {home / FILE}:")
        print(*(f"  {line}" for line in fresh.values()), sep="\n")
        told.write_text("\n".join(secrets) + "\n")


if __name__ == "__main__":
    sys.exit(main())
