"""Webhooks: made and revoked by people, called by other systems."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from api.database import SessionDep, read_json
from api.errors import PayloadInvalid
from api.request_log import request_id
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, TOO_MANY, UNAVAILABLE, UNSIGNED
from api.schemas.execution import ExecuteIn
from api.schemas.values import StoredText
from api.schemas.webhook import HookAnswerOut, NewWebhookOut, WebhookChange, WebhookIn, WebhookList, WebhookOut
from api.security import Account, EditorDep
from api.services import audit, executions, webhooks
from api.settings import Settings

router = APIRouter(prefix="/pipelines/{pipeline_id}/webhooks", tags=["webhooks"])
calls = APIRouter(prefix="/hooks", tags=["webhooks"])

ANY_JSON = {"requestBody": {"required": False, "content": {"application/json": {"schema": {}}}}}
Delivery = Annotated[StoredText | None, Header(min_length=1, max_length=150)]


@router.get("", responses=NOT_FOUND)
def list_webhooks(session: SessionDep, _: EditorDep, pipeline_id: UUID) -> WebhookList:
    """List a pipeline's webhooks, without their tokens."""
    found = webhooks.listed(session, pipeline_id)
    return WebhookList(items=[WebhookOut.model_validate(webhook) for webhook in found])


@router.post("", status_code=201, responses=NOT_FOUND | CONFLICT | INVALID)
def create_webhook(
    request: Request, session: SessionDep, account: EditorDep, pipeline_id: UUID, body: WebhookIn
) -> NewWebhookOut:
    """Make an address that starts the pipeline; its token and signing secret are shown this once."""
    made = webhooks.make(session, pipeline_id, body.model_dump(), account.id, _key(request))
    details = {"webhook": str(made.webhook.id), "name": made.webhook.name}
    audit.record(session, account, "webhook.create", "pipeline", pipeline_id, None, details)
    shown = WebhookOut.model_validate(made.webhook).model_dump()
    url = str(request.url_for("call_webhook", token=made.token))
    return NewWebhookOut(**shown, token=made.token, url=url, signing_secret=made.signing_secret)


@router.patch("/{webhook_id}", responses=NOT_FOUND | CONFLICT | INVALID)
def change_webhook(
    session: SessionDep, account: EditorDep, pipeline_id: UUID, webhook_id: UUID, body: WebhookChange
) -> WebhookOut:
    """Change a webhook's name, parameters or limit; its token stays."""
    webhook = webhooks.get(session, pipeline_id, webhook_id)
    changes = body.model_dump(include=body.model_fields_set)
    kept = {name: value for name, value in changes.items() if value is not None or name == "payload_param"}
    webhooks.change(session, webhook, kept)
    details = {"webhook": str(webhook_id), "changed": sorted(kept)}
    audit.record(session, account, "webhook.change", "pipeline", pipeline_id, None, details)
    return WebhookOut.model_validate(webhook)


@router.delete("/{webhook_id}", status_code=204, responses=NOT_FOUND)
def revoke_webhook(session: SessionDep, account: EditorDep, pipeline_id: UUID, webhook_id: UUID) -> None:
    """Revoke a webhook: its token starts nothing any more."""
    webhook = webhooks.get(session, pipeline_id, webhook_id)
    details = {"webhook": str(webhook_id), "name": webhook.name}
    session.delete(webhook)
    audit.record(session, account, "webhook.revoke", "pipeline", pipeline_id, None, details)


@calls.post(
    "/{token}",
    status_code=202,
    responses=NOT_FOUND | CONFLICT | INVALID | UNSIGNED | TOO_MANY | UNAVAILABLE,
    openapi_extra=ANY_JSON,
)
async def call_webhook(
    *,
    request: Request,
    session: SessionDep,
    token: Annotated[str, Path(max_length=200)],
    idempotency_key: Delivery = None,
    x_github_delivery: Delivery = None,
) -> HookAnswerOut:
    """Start the pipeline that a token belongs to, with parameters from the JSON that is sent; no sign-in is needed."""
    body = await request.body()
    delivery = idempotency_key or x_github_delivery
    return await run_in_threadpool(_call, request, session, token, body, delivery)


def _call(request: Request, session: SessionDep, token: str, body: bytes, delivery: str | None) -> HookAnswerOut:
    webhook = webhooks.called(session, request.app.state.rate_limiter, token)
    webhooks.check_signature(webhook, _key(request), body, request.headers, datetime.now(UTC))
    params = _params(webhooks.params_of(webhook, _payload(body)))
    key = f"webhook {webhook.id} {delivery}" if delivery else None
    caller = Account(id=None, email=f"webhook {webhook.name}", name=f"Webhook {webhook.name}", role="editor")
    created = executions.create(
        session, webhook.pipeline_id, params, key, trigger_type="webhook", by=caller, request_id=request_id()
    )
    webhooks.used(session, webhook)
    execution = created.execution
    if created.is_new:
        details = {"pipeline_id": str(webhook.pipeline_id), "webhook": str(webhook.id)}
        audit.record(session, caller, "execution.create", "execution", execution.id, None, details)
    return HookAnswerOut.model_validate({"execution_id": execution.id, "status": execution.status})


def _payload(body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        return read_json(body.decode())
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid("The body is no JSON.") from error


def _params(params: dict[str, Any]) -> dict[str, Any]:
    """Held to what any run's parameters are held to."""
    try:
        return ExecuteIn(params=params).params
    except ValidationError as error:
        raise PayloadInvalid(f"The parameters from it {error.errors()[0]['msg']}.") from error


def _key(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.jwt_secret.get_secret_value()
