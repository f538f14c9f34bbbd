"""The values of a run: the pipeline's defaults, the run's own params and the built-ins of MODULES."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.sdk import Context

# Built-in name → the key of Airflow's context that holds it.
_BUILT_IN = {
    "run_id": "run_id",
    "logical_date": "logical_date",
    "last_run_date": "prev_start_date_success",
    "data_interval_start": "data_interval_start",
    "data_interval_end": "data_interval_end",
}


class RunParameters(Mapping[str, Any]):
    """Read-only values by name; `last_run_date` is asked of Airflow only when a module reads it.

    A manual run has no logical date in Airflow: `logical_date` is then the time that the run was asked for.
    """

    def __init__(self, context: Context) -> None:
        self._context: Any = context
        self._given: dict[str, Any] = {**self._context["params"]}

    def __getitem__(self, name: str) -> Any:
        if name in _BUILT_IN:
            return self._built_in(name)
        return self._given[name]

    def _built_in(self, name: str) -> Any:
        value = self._context.get(_BUILT_IN[name])
        if value is None and name in {"logical_date", "data_interval_start", "data_interval_end"}:
            value = self._context["dag_run"].run_after
        return plain_datetime(value) if isinstance(value, datetime) else value

    def __iter__(self) -> Iterator[str]:
        return iter({*_BUILT_IN, *self._given})

    def __len__(self) -> int:
        return len({*_BUILT_IN, *self._given})


def plain_datetime(value: datetime) -> datetime:
    """A standard datetime of the same moment: Airflow's own are pendulum's, which some drivers do not know."""
    return datetime.combine(value.date(), value.time(), value.tzinfo)
