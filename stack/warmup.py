"""Runs the housekeeping DAG once: the first task after a start takes seconds, and it should not be a user's."""

import time
import uuid

import requests

from stack.airflow_settings import HOUSEKEEPING
from stack.credentials import Credentials
from stack.settings import StackSettings

_PATIENCE = 90


class WarmUpError(Exception):
    """Airflow answers, but does not run a task."""


def airflow_session(settings: StackSettings, credentials: Credentials) -> requests.Session:
    """An HTTP session that is signed in to Airflow as its administrator."""
    login = {"username": credentials.airflow_username, "password": credentials.airflow_password}
    answer = requests.post(f"{settings.airflow_url}/auth/token", json=login, timeout=30)
    answer.raise_for_status()
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session


def run_housekeeping(settings: StackSettings, credentials: Credentials) -> float:
    """Triggers it and waits for its success; returns the seconds from knowing the DAG to the end of its run."""
    airflow = airflow_session(settings, credentials)
    dag = f"{settings.airflow_url}/api/v2/dags/{HOUSEKEEPING}"
    deadline = time.monotonic() + _PATIENCE
    while not airflow.get(dag, timeout=30).ok:
        _not_later_than(deadline, f"Airflow does not find {HOUSEKEEPING}.py; see `make logs NAME=dag-processor`")
    begun = time.monotonic()
    run_id = f"start__{uuid.uuid4().hex}"
    body = {"logical_date": None, "dag_run_id": run_id}
    airflow.post(f"{dag}/dagRuns", json=body, timeout=30).raise_for_status()
    while (state := airflow.get(f"{dag}/dagRuns/{run_id}", timeout=30).json()["state"]) != "success":
        if state == "failed":
            raise WarmUpError(f"the {HOUSEKEEPING} run {run_id} failed; its log is in {settings.logs / 'tasks'}")
        _not_later_than(deadline, f"Airflow does not finish the run {run_id}; see `make logs NAME=scheduler`")
    return time.monotonic() - begun


def _not_later_than(deadline: float, complaint: str) -> None:
    if time.monotonic() > deadline:
        raise WarmUpError(complaint)
    time.sleep(0.2)
