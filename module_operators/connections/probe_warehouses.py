"""Tries connections to data warehouses: signs in, and has the smallest query answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from module_operators.extras import check_extras
from module_operators.problems import SourceError

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from module_operators.run import Run

_SPARE = 2.0
"""Seconds of the time limit that are left to say that there was no answer."""
_SECONDS = 10.0


def try_snowflake(request: Mapping[str, Any], run: Run, connection: Connection) -> dict[str, Any]:
    """Signs in; a warehouse or a role that does not exist is refused with it, or by the first query."""
    from module_operators.connections.snowflake import Snowflake  # noqa: PLC0415

    check_extras(["snowflake"])
    account = Snowflake.named(run, request.get("connection_id") or "unsaved")
    if not account.options.get("account"):
        raise SourceError("The connection names no account.")
    with replace(account, time_limit=_limit(run)).session() as session:
        ((version, database, role),) = session.rows("SELECT CURRENT_VERSION(), CURRENT_DATABASE(), CURRENT_ROLE()")
    where = f"database “{database}” of " if database else ""
    shown_role = f" with the role {role}" if role else ""
    return {"message": f"Connected to {where}Snowflake {version} as {connection.login}{shown_role}."}


def try_bigquery(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    """Has a query answered that reads nothing: who may not start one can load nothing either."""
    from google.api_core.exceptions import GoogleAPIError, RetryError  # noqa: PLC0415
    from google.api_core.retry import Retry  # noqa: PLC0415
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
    from requests.exceptions import RequestException  # noqa: PLC0415

    from module_operators.connections.bigquery import BigQuery  # noqa: PLC0415

    check_extras(["bigquery"])
    limit = _limit(run)
    project = BigQuery.named(run, request.get("connection_id") or "unsaved")
    once = Retry(timeout=limit)
    try:
        with project.session() as session:
            name = session.project
            job = session.client.query("SELECT 1", retry=once, job_retry=None, timeout=limit)
            job.result(retry=once, timeout=limit, job_retry=None)
    except RetryError as error:
        raise SourceError(f"Google does not answer: {_first(error.cause or error)}.") from None
    except GoogleAPIError as error:
        raise SourceError(f"BigQuery refuses: {_first(getattr(error, 'message', error))}.") from None
    except GoogleAuthError as error:
        raise SourceError(f"Google refuses the credentials: {_first(error)}.") from None
    except RequestException as error:
        raise SourceError(f"Google cannot be reached ({type(error).__name__}).") from None
    return {"message": f"Connected to BigQuery; queries run in the project “{name}”."}


def _limit(run: Run) -> float:
    return max(1.0, run.time_limit - _SPARE) if run.time_limit is not None else _SECONDS


def _first(error: object) -> str:
    """The first line of what is said, without its end."""
    return (str(error).strip().splitlines() or ["without a reason"])[0][:500].rstrip(".")
