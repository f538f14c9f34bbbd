"""What a module needs beyond the base installation: the extras of pyproject.toml, looked for before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec

from module_operators.problems import InvalidNode, ModuleProblem

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "mysql": ("connectorx", "pymysql", "pyarrow"),
    "mongodb": ("pymongo", "pyarrow"),
    "snowflake": ("snowflake.connector",),
    "bigquery": ("google.cloud.bigquery",),
    "spark": ("pyspark", "pyarrow", "pandas", "grpc", "grpc_status"),
}
"""Extra → the packages that it brings, as they are imported."""


def check_extras(needed: Iterable[str], chosen_by: str = "") -> None:
    """Refuses a node whose extras are not installed where this runs.

    Args:
        needed: names of extras.
        chosen_by: the option that decides on them, as a JSON pointer.

    Raises:
        InvalidNode: names each extra, what of it is missing and how to install it.
    """
    missing = ((extra, missing_of(extra)) for extra in needed)
    problems = [
        ModuleProblem(
            chosen_by,
            f"This module needs the extra '{extra}', which is not installed here (no {', '.join(names)}).",
            installation_of(extra),
            "missing-extra",
        )
        for extra, names in missing
        if names
    ]
    if problems:
        raise InvalidNode(problems)


def missing_of(extra: str) -> list[str]:
    """The packages of an extra that are not installed here."""
    return [name for name in EXTRAS[extra] if not _is_installed(name)]


def installation_of(extra: str) -> str:
    """What to do about a missing extra."""
    return f"pip install 'logidata[{extra}]', on each machine that checks or runs pipelines."


@cache
def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of its parent package
        return False
