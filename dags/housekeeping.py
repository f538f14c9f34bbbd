"""Keeps the disk tidy, once a day and at every start; its file is the one that saves ask Airflow to re-parse."""

import logging
import os
from pathlib import Path

from airflow.configuration import conf
from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowSkipException
from pendulum import datetime

from dag_factory.history import trim
from module_operators.expiry import delete_expired, delete_old_logs
from module_operators.settings import Settings

log = logging.getLogger(__name__)

# A superseded revision is needed by runs that started with it: nobody retries one after so long.
HISTORY_DAYS = 90

with DAG(
    dag_id="housekeeping",
    dag_display_name="Housekeeping",
    description="Deletes staged data, logs and file revisions that no run can need any more.",
    schedule="17 3 * * *",
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    tags=["logidata"],
):

    @task
    def delete_expired_staging() -> int:
        """Removes the folders of runs in which nothing was written for LOGIDATA_STAGING_TTL hours."""
        deleted = delete_expired(
            Settings.from_environment().staging_url, hours=float(os.environ.get("LOGIDATA_STAGING_TTL") or 72)
        )
        for path in deleted:
            log.info("deleted %s", path)
        return len(deleted)

    @task
    def trim_history() -> int:
        """Removes revisions of compiled files that were superseded long ago."""
        folder = Path(os.environ["LOGIDATA_DAGS_FOLDER"])
        if not os.access(folder, os.W_OK):  # a cluster's workers only read it: docker/prepare.py trims there
            raise AirflowSkipException(f"{folder} cannot be written here")
        return trim(folder, days=HISTORY_DAYS)

    @task
    def delete_task_logs() -> int:
        """Removes logs of tasks and of parsing that were written LOGIDATA_LOG_DAYS days ago or earlier."""
        folders = (("logging", "base_log_folder"), ("logging", "dag_processor_child_process_log_directory"))
        days = float(os.environ.get("LOGIDATA_LOG_DAYS") or 90)
        return sum(delete_old_logs(Path(conf.get_mandatory_value(*each)), days=days) for each in folders)

    delete_expired_staging()
    delete_task_logs()
    trim_history()
