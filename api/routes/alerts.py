"""Alerts: the installation's rules, tests, and what was told of a pipeline's runs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api.database import SessionDep
from api.routes.answers import INVALID, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import PreviewerDep, ValidatorDep
from api.schemas.alert import AlertList, AlertOut, AlertRulesIn, AlertRulesOut, AlertTestIn, AlertTestOut
from api.security import AdminDep, EditorDep, ViewerDep
from api.services import alerts, audit, pipelines
from api.settings import Settings
from dag_factory.alerts import AlertRules

router = APIRouter(tags=["alerts"])


@router.get("/alerts/defaults")
def get_alert_defaults(session: SessionDep, _: ViewerDep) -> AlertRulesOut:
    """Get what is told of all pipelines that do not turn it off."""
    return AlertRulesOut.model_validate(alerts.defaults(session))


@router.put("/alerts/defaults", responses=INVALID | UNAVAILABLE)
def set_alert_defaults(
    session: SessionDep, account: AdminDep, validator: ValidatorDep, body: AlertRulesIn
) -> AlertRulesOut:
    """Say what is told of all pipelines; it holds from the next event on, and makes no new versions."""
    alerts.check(body, validator.connections.kinds(receiver.connection_id for receiver in body.receivers))
    alerts.set_defaults(session, body)
    details = {"receivers": len(body.receivers)}
    audit.record(session, account, "alerts.change", "setting", "alerts", None, details)
    return AlertRulesOut.model_validate(body)


@router.post("/alerts/test", responses=INVALID | UNAVAILABLE)
def test_alert(
    *,
    request: Request,
    session: SessionDep,
    account: EditorDep,
    validator: ValidatorDep,
    previewer: PreviewerDep,
    body: AlertTestIn,
) -> AlertTestOut:
    """Send a test now; the answer says why when it is not taken."""
    settings: Settings = request.app.state.settings
    receiver = body.receiver
    alerts.check(AlertRules(receivers=(receiver,)), validator.connections.kinds([receiver.connection_id]))
    audit.record(session, account, "alerts.test", "connection", receiver.connection_id, None, {"type": receiver.type})
    ok, message = alerts.try_out(previewer, receiver, settings.builder_url)
    return AlertTestOut(ok=ok, message=message)


@router.get("/pipelines/{pipeline_id}/alerts", responses=NOT_FOUND)
def list_alerts(
    session: SessionDep, _: ViewerDep, pipeline_id: UUID, limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> AlertList:
    """List what was told of a pipeline's runs, the newest first."""
    pipelines.get(session, pipeline_id)
    found = alerts.listed(session, pipeline_id, limit=limit)
    return AlertList(items=[AlertOut.model_validate(alert) for alert in found])
