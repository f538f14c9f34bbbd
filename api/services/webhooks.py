"""Start pipelines from outside: tokens, signatures, parameters from what was sent, and how often."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from limits import RateLimitItemPerMinute
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.errors import (
    HookNotFound,
    PayloadPathInvalid,
    SignatureInvalid,
    TooManyCalls,
    WebhookNameTaken,
    WebhookNotFound,
)
from api.models import Pipeline, Webhook
from api.services import pipelines
from api.services.rate_limit import RateLimiter

PREFIX = "ldh_"
REPLAY_WINDOW = timedelta(minutes=5)
UNKNOWN_PER_MINUTE = 600
"""Calls with tokens that nobody has, in all: guessing is hopeless, but each costs a query."""

_STEP = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(\d{1,9})\]|\[\"([^\"]*)\"\]|\['([^']*)'\]")


@dataclass(frozen=True)
class Made:
    """A webhook with what is shown only once."""

    webhook: Webhook
    token: str
    signing_secret: str | None


def make(session: Session, pipeline_id: UUID, fields: Mapping[str, Any], created_by: UUID | None, key: str) -> Made:
    """A new token of a pipeline.

    Args:
        session: the request's.
        pipeline_id: what it starts.
        fields: name, is_signed, params, payload_param, calls_per_minute.
        created_by: who makes it.
        key: the service's own secret, from which signing secrets are derived, so that none is stored.
    """
    pipeline = pipelines.get(session, pipeline_id)
    for param, path in fields["params"].items():
        if _steps(path) is None:
            raise PayloadPathInvalid(param, path)
    token = PREFIX + secrets.token_urlsafe(32)
    webhook = Webhook(
        id=uuid4(),
        pipeline_id=pipeline.id,
        token_hash=_hash(token),
        token_hint=token[-4:],
        created_by=created_by,
        **fields,
    )
    try:
        with session.begin_nested():
            session.add(webhook)
    except IntegrityError as error:
        raise WebhookNameTaken(webhook.name) from error
    session.refresh(webhook)
    return Made(webhook, token, signing_secret(webhook.id, key) if webhook.is_signed else None)


def listed(session: Session, pipeline_id: UUID) -> list[Webhook]:
    """A pipeline's webhooks, by name."""
    pipeline = pipelines.get(session, pipeline_id)
    query = select(Webhook).where(Webhook.pipeline_id == pipeline.id)
    return list(session.scalars(query.order_by(func.lower(Webhook.name), Webhook.id)))


def get(session: Session, pipeline_id: UUID, webhook_id: UUID) -> Webhook:
    """One webhook of a pipeline."""
    pipeline = pipelines.get(session, pipeline_id)
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.pipeline_id != pipeline.id:
        raise WebhookNotFound(webhook_id)
    return webhook


def change(session: Session, webhook: Webhook, changes: Mapping[str, Any]) -> None:
    """Another name, other parameters or another limit; the token stays."""
    for param, path in changes.get("params", {}).items():
        if _steps(path) is None:
            raise PayloadPathInvalid(param, path)
    name = changes.get("name", webhook.name)
    try:
        with session.begin_nested():
            for field, value in changes.items():
                setattr(webhook, field, value)
    except IntegrityError as error:
        raise WebhookNameTaken(name) from error


def signing_secret(webhook_id: UUID, key: str) -> str:
    """What a signed webhook's callers sign with."""
    digest = hmac.digest(key.encode(), f"webhook signing secret {webhook_id}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def called(session: Session, limiter: RateLimiter, token: str) -> Webhook:
    """The webhook of a token, unless it was called too often; counted also when the call is refused later."""
    query = select(Webhook).join(Pipeline, Pipeline.id == Webhook.pipeline_id)
    webhook = session.scalar(query.where(Webhook.token_hash == _hash(token), Pipeline.deleted_at.is_(None)))
    if webhook is None:
        _count(limiter, "webhook:unknown", UNKNOWN_PER_MINUTE)
        raise HookNotFound
    _count(limiter, f"webhook:{webhook.id}", webhook.calls_per_minute)
    return webhook


def _count(limiter: RateLimiter, key: str, limit: int) -> None:
    seconds = limiter.wait({key: RateLimitItemPerMinute(limit)})
    if seconds is not None:
        raise TooManyCalls(limit, seconds)


def check_signature(webhook: Webhook, key: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Refuse a call that its sender did not sign, or signed too long ago.

    Either `X-LogiData-Signature: sha256=<hex>` over `<X-LogiData-Timestamp>.<body>`, the time in seconds, or GitHub's
    `X-Hub-Signature-256` over the body, which GitHub makes safe to repeat by the delivery's own id.
    """
    if not webhook.is_signed:
        return
    secret = signing_secret(webhook.id, key).encode()
    if "x-logidata-signature" in headers:
        stamp = headers.get("x-logidata-timestamp", "")
        if not re.fullmatch(r"\d{1,12}", stamp) or abs(now.timestamp() - int(stamp)) > REPLAY_WINDOW.total_seconds():
            raise SignatureInvalid(f"X-LogiData-Timestamp must be within {REPLAY_WINDOW.seconds} seconds of now")
        expected = hmac.digest(secret, stamp.encode() + b"." + body, "sha256").hex()
        given = headers["x-logidata-signature"]
    else:
        expected, given = hmac.digest(secret, body, "sha256").hex(), headers.get("x-hub-signature-256", "")
        if given and not headers.get("x-github-delivery"):
            raise SignatureInvalid("X-GitHub-Delivery is missing, without which a call could be repeated")
    if not hmac.compare_digest(given.encode(), f"sha256={expected}".encode()):
        raise SignatureInvalid("send X-LogiData-Signature or X-Hub-Signature-256, made with the signing secret")


def params_of(webhook: Webhook, payload: Any) -> dict[str, Any]:
    """The run's parameters; a path that leads nowhere leaves its parameter to the pipeline's default."""
    params: dict[str, Any] = {}
    if webhook.payload_param is not None and payload is not None:
        params[webhook.payload_param] = payload
    for name, path in webhook.params.items():
        found, value = _at(payload, path)
        if found:
            params[name] = value
    return params


def used(session: Session, webhook: Webhook) -> None:
    """Note the use down."""
    noted = {"last_used_at": func.now(), "use_count": Webhook.use_count + 1}
    session.execute(update(Webhook).where(Webhook.id == webhook.id).values(**noted))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _steps(path: str) -> list[str | int] | None:
    """`$.order.items[0]["unit price"]` as its steps; None for what is no such path."""
    rest, steps = path.removeprefix("$"), []
    while rest:
        match = _STEP.match(rest)
        if match is None:
            return None
        name, index, *quoted = match.groups()
        steps.append(int(index) if index is not None else next(each for each in (name, *quoted) if each is not None))
        rest = rest[match.end() :]
    return steps if path else None


def _at(payload: Any, path: str) -> tuple[bool, Any]:
    value = payload
    for step in _steps(path) or []:
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return False, None
            value = value[step]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False, None
    return True, value
