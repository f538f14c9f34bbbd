"""Asks each process whether it does its job; a process that merely exists is not healthy."""

from datetime import UTC, datetime
from typing import Any

import psycopg2
import requests

from stack.credentials import Credentials
from stack.postgres import Cluster
from stack.programs import API, POSTGRES, SPARK
from stack.settings import StackSettings
from stack.supervisor import ProcessState

_PATIENCE = 3.0
# ReleaseSessionRequest of spark/connect/base.proto: session_id, user_context.user_id.
_NO_SESSION = b"\x0a\x2400000000-0000-4000-8000-000000000000\x12\x06\x0a\x04none"
# What Airflow's health report calls our programs.
_COMPONENTS = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}


def health(
    settings: StackSettings, credentials: Credentials, cluster: Cluster, processes: list[ProcessState]
) -> dict[str, str]:
    """For each program "healthy" or why it is not."""
    airflow = _airflow_report(settings)
    return {process.name: _verdict(process, settings, credentials, cluster, airflow) for process in processes}


def _verdict(  # noqa: PLR0911 - one return a program
    process: ProcessState,
    settings: StackSettings,
    credentials: Credentials,
    cluster: Cluster,
    airflow: dict[str, Any] | str,
) -> str:
    if process.pid == 0:
        return process.explanation or process.state.lower()
    if process.name == POSTGRES:
        return _postgres(cluster)
    if process.name == API:
        return _service(settings)
    if process.name == SPARK:
        return _spark(settings.spark_port, credentials.spark_token)
    if isinstance(airflow, str):
        return airflow if process.name == "airflow-api" else "unknown: airflow-api does not answer"
    if process.name == "airflow-api":
        return airflow["metadatabase"]["status"] or "no database"
    return _component(airflow[_COMPONENTS[process.name]], _COMPONENTS[process.name], process.since)


def _component(report: dict[str, Any], component: str, since: float) -> str:
    heartbeat = report[f"latest_{component}_heartbeat"]
    # Airflow goes on for a while to report the last life of a component that was just started again.
    if heartbeat is None or datetime.fromisoformat(heartbeat) < datetime.fromtimestamp(since, UTC):
        return "no heartbeat yet"
    return report["status"] or "no heartbeat yet"


def _airflow_report(settings: StackSettings) -> dict[str, Any] | str:
    try:
        answer = requests.get(f"{settings.airflow_url}/api/v2/monitor/health", timeout=_PATIENCE)
        answer.raise_for_status()
        return answer.json()
    except requests.RequestException as error:
        return f"does not answer ({type(error).__name__})"


def _service(settings: StackSettings) -> str:
    try:
        answer = requests.get(f"{settings.api_url}/api/v1/health", timeout=_PATIENCE)
        return "healthy" if answer.ok else f"answers {answer.status_code}"
    except requests.RequestException as error:
        return f"does not answer ({type(error).__name__})"


def _spark(port: int, token: str) -> str:
    """Asked to release a session that nobody has: the least that a server does for who shows the token."""
    import grpc  # noqa: PLC0415 - a stack without Spark does not pay for it

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        release = channel.unary_unary("/spark.connect.SparkConnectService/ReleaseSession")
        try:
            release(_NO_SESSION, timeout=_PATIENCE, metadata=(("authorization", f"Bearer {token}"),))
        except grpc.RpcError as error:
            return f"does not answer ({error.code().name})"
    return "healthy"


def _postgres(cluster: Cluster) -> str:
    try:
        cluster.connect().close()
    except psycopg2.OperationalError as error:
        return str(error).strip().splitlines()[-1]
    return "healthy"
