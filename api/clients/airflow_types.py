"""What Airflow's REST API answers, as far as this service reads it; fields that it adds are ignored."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class AirflowModel(BaseModel):
    """An answer of Airflow: frozen, and open to fields that a newer Airflow adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Dag(AirflowModel):
    """A DAG as Airflow serves it now."""

    dag_id: str
    is_stale: bool
    is_paused: bool
    has_import_errors: bool
    bundle_version: str | None
    last_parsed_time: datetime | None
    last_parse_duration: float | None
    relative_fileloc: str | None
    file_token: str
    next_dagrun_run_after: datetime | None

    @property
    def revision(self) -> int:
        """Revision of the bundle that the DAG was last parsed from; 0 when Airflow names none."""
        return int(self.bundle_version) if self.bundle_version and self.bundle_version.isdigit() else 0


class DagRun(AirflowModel):
    """A DAG run: one execution of a pipeline."""

    dag_id: str
    dag_run_id: str
    state: str
    run_type: str
    triggered_by: str | None
    triggering_user_name: str | None
    queued_at: datetime | None
    start_date: datetime | None
    end_date: datetime | None
    run_after: datetime
    conf: dict[str, Any] | None
    bundle_version: str | None

    @property
    def revision(self) -> int | None:
        """Revision of the bundle that Airflow pinned the run to."""
        return int(self.bundle_version) if self.bundle_version and self.bundle_version.isdigit() else None


class TaskInstance(AirflowModel):
    """A task of a DAG run in its newest try."""

    dag_id: str
    dag_run_id: str
    task_id: str
    map_index: int
    state: str | None
    try_number: int
    start_date: datetime | None
    end_date: datetime | None
    duration: float | None


class Backfill(AirflowModel):
    """Runs for a range of a schedule's past."""

    id: int
    dag_id: str
    from_date: datetime
    to_date: datetime
    max_active_runs: int
    is_paused: bool
    created_at: datetime
    completed_at: datetime | None


class ImportFault(AirflowModel):
    """Why Airflow cannot load a file."""

    filename: str
    bundle_name: str | None
    stack_trace: str
    timestamp: datetime


class Health(AirflowModel):
    """Status of Airflow's own processes: "healthy", "unhealthy", or None when one was never seen."""

    components: Mapping[str, str | None]

    @property
    def unhealthy(self) -> list[str]:
        """Names of the components that run a pipeline and are not healthy, as a person reads them."""
        needed = ("metadatabase", "scheduler", "dag_processor")
        return [name.replace("_", " ") for name in needed if self.components.get(name) != "healthy"]


class Connection(AirflowModel):
    """A connection as Airflow shows it: its secrets are masked."""

    connection_id: str
    conn_type: str
    description: str | None = None
    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: str | None = None
    database: str | None = Field(default=None, validation_alias="schema")
    """Airflow's `schema`: a name that Pydantic's models have for something else."""
    extra: str | None = None

    def at(self, place: str) -> Any:
        """One of its own fields by Airflow's name for it."""
        return self.database if place == "schema" else getattr(self, place)

    @property
    def extra_dict(self) -> dict[str, Any]:
        """Its extra, empty when it is no JSON object."""
        try:
            found = json.loads(self.extra or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
