"""What the builder must know about this installation."""

from fastapi import APIRouter, Request

from api.schemas.installation import InstallationOut
from api.security import ViewerDep

router = APIRouter(tags=["health"])


@router.get("/installation")
def get_installation(_: ViewerDep, request: Request) -> InstallationOut:
    """Tell where Airflow's own pages are, for links to its runs."""
    return InstallationOut(airflow_url=request.app.state.settings.airflow_pages)
