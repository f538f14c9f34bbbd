"""How the service and what it depends on are."""

from typing import Literal

from api.schemas.values import Out


class HealthOut(Out):
    """The process lives."""

    status: Literal["ok"]


class PartOut(Out):
    """One thing that is depended on."""

    status: Literal["ok", "degraded", "down"]
    detail: str | None


class ReadyOut(Out):
    """`degraded`: reads work, but runs may not start or what they show may be old."""

    status: Literal["ok", "degraded", "down"]
    database: PartOut
    airflow: PartOut
    sync: PartOut
    sync_age_seconds: float | None
