"""`python -m benchmarks [engine|copy|tpch …]`: measures, prints a table and keeps benchmarks/results.json."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.measure import Figure, keep, show

PARTS = (
    "parse",
    "engine",
    "files",
    "memory",
    "copy",
    "tpch",
    "checks",
    "runs",
    "live",
    "service",
    "builder",
    "suggest",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts; all when none is named")
    figures: list[Figure] = []
    for part in parser.parse_args().parts or PARTS:
        print(f"measuring: {part} …", file=sys.stderr, flush=True)
        for figure in importlib.import_module(f"benchmarks.{part}").figures():
            show([figure])
            figures.append(figure)
            keep([figure])
    print()
    show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
