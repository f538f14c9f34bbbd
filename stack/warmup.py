"""Runs the housekeeping DAG once: the first task after a start takes seconds, and it should not be a user's."""

import time
import uuid
from typing import Any

import requests

from stack.airflow_settings import HOUSEKEEPING
from stack.credentials import Credentials
from stack.settings import StackSettings

_PATIENCE = 180


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
    dag = f"{settings.airflow_url}/api/v2/dags/{HOUSEKEEPING}"
    deadline = time.monotonic() + _PATIENCE
    while (airflow := _signed_in(settings, credentials)) is None:
        _not_later_than(deadline, "Airflow lets nobody sign in; see `make logs NAME=airflow-api`")
    while not _answer(airflow, "GET", dag):
        _not_later_than(deadline, f"Airflow does not find {HOUSEKEEPING}.py; see `make logs NAME=dag-processor`")
    begun = time.monotonic()
    run_id = f"start__{uuid.uuid4().hex}"
    body = {"logical_date": None, "dag_run_id": run_id}
    while (begins := _answer(airflow, "POST", f"{dag}/dagRuns", json=body)) is None:
        _not_later_than(deadline, "Airflow does not answer; see `make logs NAME=airflow-api`")
    if begins.status_code != requests.codes.conflict:  # begun by a try whose answer came too late
        begins.raise_for_status()
    while (state := _state(airflow, f"{dag}/dagRuns/{run_id}")) != "success":
        if state == "failed":
            raise WarmUpError(f"the {HOUSEKEEPING} run {run_id} failed; its log is in {settings.logs / 'tasks'}")
        _not_later_than(deadline, f"Airflow does not finish the run {run_id}; see `make logs NAME=scheduler`")
    return time.monotonic() - begun


def _signed_in(settings: StackSettings, credentials: Credentials) -> requests.Session | None:
    """None as for any other answer that comes too late."""
    try:
        return airflow_session(settings, credentials)
    except requests.Timeout:
        return None


def _state(airflow: requests.Session, run: str) -> str | None:
    answer = _answer(airflow, "GET", run)
    return answer.json()["state"] if answer is not None and answer.ok else None


def _answer(airflow: requests.Session, method: str, url: str, **options: Any) -> requests.Response | None:
    """None when a busy machine has let the time run out: the caller asks again."""
    try:
        return airflow.request(method, url, timeout=30, **options)
    except requests.Timeout:
        return None


def _not_later_than(deadline: float, complaint: str) -> None:
    if time.monotonic() > deadline:
        raise WarmUpError(complaint)
    time.sleep(0.2)
