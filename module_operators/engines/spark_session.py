"""A session on a Spark Connect server: its fixed settings, and what its errors mean to a person."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from module_operators.problems import EngineError

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.timeType.enabled": "true",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # DuckDB's rule: digits after the point are kept
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "snappy",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.mergeSchema": "false",
    # Else a branch that turns out to be needless is cut off in the middle, and its row count with it.
    "spark.sql.adaptive.optimizer.excludedRules": "org.apache.spark.sql.execution.adaptive.AQEPropagateEmptyRelation",
}
"""What every session has, whatever the server's defaults: the dialect's SQL is written for these."""

_AWAY = "UNAVAILABLE"
_UNANSWERED = "RPC that terminated with"
_NO_SESSION = "No active Spark session"
_FORGOTTEN = (
    *("INVALID_HANDLE.SESSION_NOT_FOUND", "INVALID_HANDLE.SESSION_CHANGED", "INVALID_HANDLE.SESSION_CLOSED"),
    "INVALID_HANDLE.OPERATION_NOT_FOUND",
    "NO_ACTIVE_SESSION",
)
_FRAME = re.compile(r"\n\s+at [\w.$]+\(|\n\nJVM stacktrace:|\n== SQL|\n== DataFrame ==|\n;\n")
_CONDITION = re.compile(r"^\[[A-Z0-9_.]+\] ")
_SQLSTATE = re.compile(r" SQLSTATE: [0-9A-Z]{5}$")


@dataclass(frozen=True, slots=True)
class SparkServer:
    """Where Spark Connect listens (`sc://host:port`, more parameters after `/;`), and the token that it wants."""

    remote: str
    token: str | None = None
    retries: int = 20
    """How often a call is tried again while nobody answers: for a minute, in which a server that ended comes back."""

    @property
    def place(self) -> str:
        """Host and port, without parameters: they may hold a secret."""
        return self.remote.partition("://")[2].partition("/")[0]

    def connected(self) -> SparkSession:
        """A session of its own.

        Raises:
            EngineError: nobody answers, or it refuses.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it knows pandas 2 only, which nothing here uses
            from pyspark.errors import PySparkException  # noqa: PLC0415
            from pyspark.sql.connect.client import DefaultChannelBuilder  # noqa: PLC0415
            from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
            from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415

            logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)  # it would log Java's stack
            try:
                session = SparkSession(DefaultChannelBuilder(self._address))
                session.client.set_retry_policies(
                    [DefaultPolicy(max_retries=self.retries, initial_backoff=200, max_backoff=3000)]
                )
                session.conf._set_all(dict(SETTINGS), silent=False)
            except (PySparkException, OSError) as error:
                raise self.unusable(error) from None
        return session

    @property
    def _address(self) -> str:
        if self.token is None:
            return self.remote
        # The client sends its own `token` over TLS or to this machine only; a header goes the way of the call.
        separator = ";" if "/;" in self.remote else "/;"
        return f"{self.remote.rstrip('/')}{separator}authorization=Bearer%20{self.token}"

    def unusable(self, error: Exception) -> EngineError:
        """Why the server cannot be used, with what to do."""
        if is_away(error):
            return EngineError(f"Spark at {self.place} is away (or was restarted in the middle of this). Run again.")
        return EngineError(f"Spark at {self.place} cannot be used: {message_of(error)}")


def is_away(error: Exception) -> bool:
    """Whether the server is gone, or a new one that knows nothing of the session."""
    code = getattr(error, "getCondition", lambda: None)()
    if code is not None:
        return code in {*_FORGOTTEN, "RETRIES_EXCEEDED"} or _AWAY in str(error)
    # Not told by Spark itself: of the call, or of the session, which this client then takes for gone.
    return any(sign in str(error) for sign in (_AWAY, _UNANSWERED, _NO_SESSION, *_FORGOTTEN))


def message_of(error: Exception) -> str:
    """What Spark says, without its condition, SQL and Java stack."""
    parameters = getattr(error, "getMessageParameters", lambda: None)() or {}
    code = getattr(error, "getCondition", lambda: None)()
    if code == "USER_RAISED_EXCEPTION" and "errorMessage" in parameters:
        return str(parameters["errorMessage"])
    text = _FRAME.split(str(error))[0].strip()
    return _SQLSTATE.sub("", _CONDITION.sub("", text)).strip()
