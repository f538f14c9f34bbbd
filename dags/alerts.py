"""Tells people of runs: the service starts a run of this DAG for each alert, and Airflow tries until it is taken."""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, task

with DAG(
    dag_id="alerts",
    dag_display_name="Alerts",
    description="Sends e-mail and calls webhooks about failed, recovered, late and long runs.",
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=16,
    tags=["logidata"],
):

    @task
    def receivers(dag_run: Any = None) -> list[dict[str, Any]]:
        """Who is told; each gets a task of its own, so that one that is away keeps nobody else waiting."""
        return dag_run.conf["receivers"]

    @task(
        retries=6,
        retry_delay=timedelta(seconds=20),
        retry_exponential_backoff=2.0,
        max_retry_delay=timedelta(minutes=15),
        execution_timeout=timedelta(minutes=3),
    )
    def send(receiver: dict[str, Any], dag_run: Any = None) -> None:
        """Tells one of them."""
        from module_operators.alerts import notifiers  # noqa: PLC0415

        notifiers.send(receiver, dag_run.conf["alert"])

    send.expand(receiver=receivers())
