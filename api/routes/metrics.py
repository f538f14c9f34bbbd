"""For Prometheus: what happens here, in numbers."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from prometheus_client import CONTENT_TYPE_LATEST

from api import request_metrics
from api.errors import RoleTooLow, Unauthenticated
from api.routes.answers import FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE
from api.security import Authenticator, machines, people
from api.services import metrics

router = APIRouter(tags=["health"])

TEXT = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


async def _may_measure(
    request: Request,
    token: Annotated[str | None, Depends(people)],
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(machines)],
) -> None:
    """Admins may, and who has the token that is good for nothing else."""
    if not token:
        raise Unauthenticated("Send LOGIDATA_METRICS_TOKEN, or an admin's token, as `Authorization: Bearer <token>`.")
    authenticator: Authenticator = request.app.state.authenticator
    own = authenticator.settings.metrics_token.get_secret_value()
    if own and hmac.compare_digest(own.encode(), token.encode()):
        return
    account = await authenticator.account(token)
    if not account.is_admin:
        raise RoleTooLow("admin", account.role)


@router.get(
    "/metrics",
    dependencies=[Depends(_may_measure)],
    response_class=Response,
    responses=TEXT | UNAUTHENTICATED | FORBIDDEN | UNAVAILABLE,
)
def get_metrics(request: Request) -> Response:
    """Get requests, executions by state, how old what is known of Airflow is, and what this process is busy with."""
    state = request.app.state
    workers = {"checker": state.checker, "previewer": state.previewer}
    installation = metrics.Installation(state.engine, state.readiness, workers, state.live)
    return Response(request_metrics.as_text() + metrics.as_text(installation), media_type=CONTENT_TYPE_LATEST)
