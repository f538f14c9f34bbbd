"""What the builder must know about this installation."""

from fastapi import APIRouter, Request

from api.clients.assistant import Assistant
from api.schemas.installation import InstallationOut
from api.security import ViewerDep

router = APIRouter(tags=["health"])


@router.get("/installation")
def get_installation(_: ViewerDep, request: Request) -> InstallationOut:
    """Tell where Airflow's own pages are, for links to its runs, and what else is there."""
    state = request.app.state
    assistant: Assistant = state.assistant
    return InstallationOut(
        airflow_url=state.settings.airflow_pages, has_assistant=assistant.is_configured and assistant.is_installed
    )
