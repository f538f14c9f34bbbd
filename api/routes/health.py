"""Is the process alive, and is everything that it needs there?"""

from fastapi import APIRouter, Request, Response

from api.schemas.health import HealthOut, ReadyOut

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> HealthOut:
    """Answer while the process lives, whatever else is away."""
    return HealthOut(status="ok")


@router.get("/ready", responses={503: {"model": ReadyOut, "description": "The database is away."}})
def ready(request: Request, response: Response) -> ReadyOut:
    """Look at the database, Airflow and the sync; 503 when requests cannot be served at all."""
    found = request.app.state.readiness.look()
    response.status_code = 200 if found.ready else 503
    return ReadyOut.model_validate(found)
