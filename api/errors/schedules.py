"""Schedules, backfills and the webhooks that start pipelines."""

from uuid import UUID

from api.errors.families import Conflict, Invalid, NotFound, TooMany, Unauthenticated


class NotScheduled(Conflict):
    code = "not-scheduled"
    title = "The pipeline has no schedule"

    def __init__(self) -> None:
        super().__init__("This pipeline does not run by itself; turn its schedule on and save it.")


class BackfillNotFound(NotFound):
    code = "backfill-not-found"
    title = "Backfill not found"

    def __init__(self, backfill_id: int) -> None:
        super().__init__(f"This pipeline has no backfill {backfill_id}.")


class BackfillRefused(Conflict):
    code = "backfill-refused"
    title = "The backfill is not possible"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The range was not run: {reason}.")


class HookNotFound(NotFound):
    code = "hook-not-found"
    title = "There is no such webhook"

    def __init__(self) -> None:
        super().__init__("This token starts nothing; it is mistyped or was revoked.")


class WebhookNotFound(NotFound):
    code = "webhook-not-found"
    title = "Webhook not found"

    def __init__(self, webhook_id: UUID) -> None:
        super().__init__(f"This pipeline has no webhook {webhook_id}.")


class WebhookNameTaken(Conflict):
    code = "webhook-name-taken"
    title = "Name is taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"Another webhook of this pipeline is called “{name}”.")


class PayloadPathInvalid(Invalid):
    code = "payload-path-invalid"
    title = "This is no path"

    def __init__(self, param: str, path: str) -> None:
        super().__init__(f"“{path}”, from which “{param}” is to come, is no path such as $.order.items[0].id.")


class PayloadInvalid(Invalid):
    code = "payload-invalid"
    title = "The payload cannot be used"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class SignatureInvalid(Unauthenticated):
    code = "signature-invalid"
    title = "The signature does not fit"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The call was not accepted: {reason}.")


class TooManyCalls(TooMany):
    code = "too-many-calls"
    title = "Called too often"

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(f"At most {limit} calls a minute are taken.", retry_after=retry_after)
