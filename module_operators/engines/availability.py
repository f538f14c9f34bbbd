"""Whether this installation has the engine that a pipeline chose: asked when it is checked, and when it runs."""

from __future__ import annotations

import re

from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb_sql import DuckDBDialect
from module_operators.engines.spark_sql import SparkDialect
from module_operators.extras import installation_of, missing_of
from module_operators.problems import ModuleProblem
from module_operators.settings import Settings

_ADDRESS = re.compile(r"sc://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/(;[^\s]*)?)?")
_DIALECTS: dict[str, Dialect] = {"duckdb": DuckDBDialect(), "spark": SparkDialect()}
_OTHERWISE = "or choose the engine duckdb."


def engine_problems(engine: str, settings: Settings) -> list[ModuleProblem]:
    """Everything that an engine lacks here; each path is a pointer into the graph. Nobody is asked over the network."""
    if engine == "duckdb":
        return []

    def problem(message: str, hint: str, code: str = "engine-unavailable") -> ModuleProblem:
        return ModuleProblem("/engine", message, hint, code)

    found: list[ModuleProblem] = []
    if missing := missing_of("spark"):
        message = f"The engine spark needs the extra 'spark', which is not installed here (no {', '.join(missing)})."
        found.append(problem(message, f"{installation_of('spark')[:-1]}, {_OTHERWISE}", "missing-extra"))
    if not settings.spark_remote:
        hint = "LOGIDATA_SPARK=1 make up starts one on this machine; LOGIDATA_SPARK_REMOTE names another"
        found.append(problem("This installation has no Spark.", f"{hint} (sc://host:15002); {_OTHERWISE}"))
    elif not _ADDRESS.fullmatch(settings.spark_remote):  # not repeated: its parameters may hold a secret
        hint = f"Write it like sc://host:15002, its token into LOGIDATA_SPARK_TOKEN, {_OTHERWISE}"
        found.append(problem("LOGIDATA_SPARK_REMOTE is no address of a Spark Connect server.", hint))
    if not settings.has_staging_folder:
        message = "Spark reads staged rows in a folder that its servers share with the workers, not in an object store."
        found.append(problem(message, f"Set LOGIDATA_STAGING_URL to such a folder, {_OTHERWISE}"))
    return found


def dialect_of(engine: str) -> Dialect:
    """What transformers write for an engine, which need not be there for it."""
    return _DIALECTS[engine]
