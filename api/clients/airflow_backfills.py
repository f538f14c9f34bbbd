"""Backfills in Airflow's REST API: runs for a range of a schedule's past."""

from datetime import datetime
from typing import Any, Literal

from api.clients.airflow_session import MANY_RUNS_TIMEOUT, AirflowSession, Params
from api.clients.airflow_types import Backfill, DagRun

Reprocess = Literal["none", "failed", "completed"]


class BackfillRequests(AirflowSession):
    """What this service asks about backfills."""

    def start_backfill(
        self,
        dag_id: str,
        *,
        from_date: datetime,
        to_date: datetime,
        max_active_runs: int,
        reprocess: Reprocess,
        run_backwards: bool,
        conf: dict[str, Any],
    ) -> Backfill:
        """Make the runs of a range; AirflowRefused (409) while another backfill of the DAG is not done."""
        body = {
            "dag_id": dag_id,
            "from_date": from_date.isoformat(),
            "to_date": to_date.isoformat(),
            "max_active_runs": max_active_runs,
            "reprocess_behavior": reprocess,
            "run_backwards": run_backwards,
            "dag_run_conf": conf,
        }
        answer = self.call("POST", "/backfills", json=body, read_timeout=MANY_RUNS_TIMEOUT)
        assert answer is not None
        return Backfill.model_validate(answer.json())

    def backfills(self, dag_id: str) -> list[Backfill]:
        """The DAG's newest backfills, the newest first."""
        rows = self.json("/backfills", params={"dag_id": dag_id, "order_by": "-id", "limit": 50})["backfills"]
        return [Backfill.model_validate(row) for row in rows]

    def backfill(self, backfill_id: int) -> Backfill | None:
        """One backfill, None when Airflow has none of this number."""
        return self.one(Backfill, f"/backfills/{backfill_id}")

    def cancel_backfill(self, backfill_id: int) -> None:
        """Start no more of its runs and fail those that wait; those that run go on."""
        self.call("PUT", f"/backfills/{backfill_id}/cancel", read_timeout=MANY_RUNS_TIMEOUT)

    def backfill_runs(self, dag_id: str, since: datetime, until: datetime, states: tuple[str, ...]) -> list[DagRun]:
        """The runs that backfills made within a range, in one of these states."""
        params: Params = _made_by_backfills(since, until) | {"order_by": "id", "state": list(states)}
        rows = self.offset_pages(f"/dags/{dag_id}/dagRuns", "dag_runs", params)
        return [DagRun.model_validate(row) for row in rows]

    def count_backfill_runs(self, dag_id: str, since: datetime, until: datetime, state: str) -> int:
        """How many of them there are in one state."""
        params: Params = _made_by_backfills(since, until) | {"limit": 1, "state": [state]}
        return self.json(f"/dags/{dag_id}/dagRuns", params=params)["total_entries"]


def _made_by_backfills(since: datetime, until: datetime) -> dict[str, Any]:
    within = {"logical_date_gte": since.isoformat(), "logical_date_lte": until.isoformat()}
    return {"run_type": ["backfill"]} | within
