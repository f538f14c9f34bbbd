"""What can go wrong, in the domain's words.

DomainError
├── NotFound            PipelineNotFound, VersionNotFound, ModuleNotFound, ExecutionNotFound, NodeNotFound
├── Conflict            NameTaken, RevisionOutdated, PipelineNotRunnable, NotPublished, IdempotencyKeyReused,
│                       ExecutionFinished, ExecutionActive, NothingToRetry, StoredOutputGone, NoStoredOutput
├── Invalid             PipelineNotSchedulable, RevisionMissing, PresetInvalid, PreviewFailed, PreviewNodeUnknown
├── Unauthenticated     TokenInvalid, TokenExpired, LoginEnded
├── Forbidden           RoleTooLow, NotOwner
├── TooLarge            FileTooLarge
├── TooMany             TooManyCalls
├── NoSpace             StoreFull
└── Unavailable         PublishFailed, AirflowUnavailable, PreviewUnavailable, TooManyViewers

`api.problems` maps each family to an HTTP status; nothing here knows HTTP.
"""

from typing import Any, ClassVar
from uuid import UUID


class DomainError(Exception):
    """An error whose message may be shown to whoever asked; `details` travel beside it."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(DomainError):
    """The thing named does not exist."""

    code = "not-found"
    title = "Not found"


class Conflict(DomainError):
    """The request is well-formed, but not possible in the present state."""

    code = "conflict"
    title = "Conflict"


class Invalid(DomainError):
    """The request's content is wrong."""

    code = "invalid"
    title = "Invalid content"


class Unauthenticated(DomainError):
    """Nobody, or an unknown somebody, is asking."""

    code = "unauthenticated"
    title = "Authentication required"


class Forbidden(DomainError):
    """It is known who asks, and they may not."""

    code = "forbidden"
    title = "Not allowed"


class Unavailable(DomainError):
    """Something this service depends on is away; the same request may work later."""

    code = "unavailable"
    title = "Temporarily unavailable"


class TokenInvalid(Unauthenticated):
    code = "token-invalid"
    title = "The token is not valid"

    def __init__(self) -> None:
        super().__init__("The token that was sent is neither an access token nor the service token; sign in again.")


class TokenExpired(Unauthenticated):
    code = "token-expired"
    title = "The access token has expired"

    def __init__(self) -> None:
        super().__init__("The access token has expired; get the next one from auth/refresh.")


class LoginEnded(Unauthenticated):
    code = "login-ended"
    title = "No longer signed in"

    def __init__(self) -> None:
        super().__init__("This sign-in has ended, or its account was deactivated; sign in again.")


class RoleTooLow(Forbidden):
    code = "role-too-low"
    title = "Your role may not do this"

    def __init__(self, needed: str, has: str) -> None:
        super().__init__(f"This needs the role {needed}; yours is {has}.", role_needed=needed)


class NotOwner(Forbidden):
    code = "not-owner"
    title = "Only its owner may do this"

    def __init__(self, what: str) -> None:
        super().__init__(f"Only the owner or an admin may {what}.")


class TooLarge(DomainError):
    """What was sent is larger than what is taken."""

    code = "too-large"
    title = "Too large"


class TooMany(DomainError):
    """Asked too often; `retry_after` says in how many seconds it may work."""

    code = "too-many-requests"
    title = "Too many requests"


class NoSpace(DomainError):
    """There is no room for it."""

    code = "no-space"
    title = "No space"


class PipelineNotFound(NotFound):
    code = "pipeline-not-found"
    title = "Pipeline not found"

    def __init__(self, pipeline_id: UUID) -> None:
        super().__init__(f"There is no pipeline {pipeline_id}.")


class VersionNotFound(NotFound):
    code = "version-not-found"
    title = "Version not found"

    def __init__(self, pipeline_id: UUID, version: int) -> None:
        super().__init__(f"Pipeline {pipeline_id} has no version {version}.")


class ModuleNotFound(NotFound):
    code = "module-not-found"
    title = "Module not found"

    def __init__(self, module_type: str, name: str) -> None:
        super().__init__(f"There is no {module_type} called “{name}”.")


class ExecutionNotFound(NotFound):
    code = "execution-not-found"
    title = "Execution not found"

    def __init__(self, execution_id: UUID) -> None:
        super().__init__(f"There is no execution {execution_id}.")


class NodeNotFound(NotFound):
    code = "node-not-found"
    title = "Node not found"

    def __init__(self, node_id: str) -> None:
        super().__init__(f"There is no node “{node_id}” in the version that runs.")


class NameTaken(Conflict):
    code = "name-taken"
    title = "Name is taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"Another pipeline is already called “{name}”.")


class RevisionOutdated(Conflict):
    """Somebody else saved first; `changes` say who, and what became different."""

    code = "revision-outdated"
    title = "The pipeline has changed since"

    def __init__(self, edited: int, current: int, changes: dict[str, Any]) -> None:
        message = f"You edited revision {edited}, but the pipeline is at revision {current} by now."
        super().__init__(message, revision=current, **changes)


class RevisionMissing(Invalid):
    code = "revision-missing"
    title = "Revision is missing"

    def __init__(self) -> None:
        super().__init__("Say which revision you edited: `revision` in the body or an If-Match header.")


class PipelineNotRunnable(Conflict):
    """The newest version has errors, so it cannot be run."""

    code = "pipeline-invalid"
    title = "The pipeline has errors"

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__("This pipeline is a draft with errors; correct them and save, then run it.", problems=problems)


class PipelineNotSchedulable(Invalid):
    """A schedule was asked for, but the graph has errors."""

    code = "pipeline-invalid"
    title = "The pipeline has errors"

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(
            "A pipeline with errors can be saved as a draft, but not scheduled; turn the schedule off or correct it.",
            problems=problems,
        )


class PresetInvalid(Invalid):
    code = "preset-invalid"
    title = "A preset does not fit the module"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(f"{errors[0]['message']} ({errors[0]['pointer']})", errors=errors)


class NotPublished(Conflict):
    """No version of the pipeline was ever free of errors, so Airflow has no file of it."""

    code = "not-published"
    title = "Nothing is published yet"

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__("No version of this pipeline was free of errors so far.", problems=problems)


class IdempotencyKeyReused(Conflict):
    code = "idempotency-key-reused"
    title = "Idempotency-Key was used for another request"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key already started an execution with other params.")


class ExecutionFinished(Conflict):
    code = "execution-finished"
    title = "The execution has ended"

    def __init__(self, status: str) -> None:
        super().__init__(f"This execution has ended already, as {status}.", status_now=status)


class ConnectionNotFound(NotFound):
    code = "connection-not-found"
    title = "Connection not found"

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"There is no connection “{connection_id[:200]}”.")


class ConnectionTaken(Conflict):
    code = "connection-taken"
    title = "The id is taken"

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"There is a connection “{connection_id}” already.")


class ConnectionInUse(Conflict):
    code = "connection-in-use"
    title = "Pipelines use the connection"

    def __init__(self, connection_id: str, number: int, used_by: list[dict[str, Any]]) -> None:
        pipelines = "1 pipeline uses" if number == 1 else f"{number} pipelines use"
        super().__init__(f"{pipelines} “{connection_id}”; let them use another one first.", used_by=used_by)


class ConnectionInvalid(Invalid):
    code = "connection-invalid"
    title = "The connection is not complete or wrong"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(f"{errors[0]['message']} ({errors[0]['pointer']})", errors=errors)


class ProbeFailed(Invalid):
    """A connection cannot say what it holds; the reason is the driver's, without secrets."""

    code = "connection-failed"
    title = "The connection does not work"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class PreviewNodeUnknown(Invalid):
    code = "node-unknown"
    title = "The graph has no such node"

    def __init__(self, node_id: str) -> None:
        super().__init__(f"The graph has no node “{node_id[:100]}”.")


class PreviewFailed(Invalid):
    code = "preview-failed"
    title = "The node cannot be previewed"

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        problems = [{"edge_id": None, **problem} for problem in problems]
        super().__init__(problems[0]["message"], problems=problems)


class ExecutionActive(Conflict):
    code = "execution-active"
    title = "The execution has not ended"

    def __init__(self) -> None:
        super().__init__("This execution is still under way; cancel it, or wait for its end, then run it again.")


class NothingToRetry(Conflict):
    code = "nothing-to-retry"
    title = "Nothing to run again"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class StoredOutputGone(Conflict):
    """What a node handed on is needed again, but housekeeping has removed it."""

    code = "stored-output-gone"
    title = "Stored output is gone"

    def __init__(self, node_ids: list[str], titles: list[str]) -> None:
        names = ", ".join(f"“{title}”" for title in titles)
        super().__init__(
            f"The stored output of {names} is gone (LOGIDATA_STAGING_TTL); run from there, or the whole pipeline.",
            node_ids=node_ids,
        )


class NoStoredOutput(Conflict):
    code = "no-stored-output"
    title = "The node has no output"

    def __init__(self, title: str, why: str) -> None:
        super().__init__(f"“{title}” {why}")


class LogCursorInvalid(Invalid):
    code = "cursor-invalid"
    title = "The cursor is not one of this log's"

    def __init__(self) -> None:
        super().__init__("Give the cursor that the last page came with, or none to begin at the start.")


class TooManyViewers(Unavailable):
    code = "too-many-viewers"
    title = "Too many live streams"

    def __init__(self) -> None:
        super().__init__("This process serves as many live streams as it can; try again later.")


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


class FilePathUnsafe(Invalid):
    code = "file-path-unsafe"
    title = "The path cannot be used"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class FileNotFound(NotFound):
    code = "file-not-found"
    title = "File not found"

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no “{path}” in the file store.")


class FileExists(Conflict):
    """The name is taken, or what has it is not what the request expected; `etag` is what it is."""

    code = "file-exists"
    title = "The name is taken"

    def __init__(self, path: str, etag: str | None = None) -> None:
        message = (
            f"“{path}” is there already, or is not what you expected; say `overwrite=true`, or its ETag in If-Match."
        )
        super().__init__(message, etag=etag)


class FolderNotEmpty(Conflict):
    code = "folder-not-empty"
    title = "The folder is not empty"

    def __init__(self, path: str) -> None:
        super().__init__(f"“{path}” holds files; delete or move them first.")


class FileInUse(Conflict):
    """Pipelines name it: those that may be seen are told by name, others by number."""

    code = "file-in-use"
    title = "Pipelines use the file"

    def __init__(self, path: str, used_by: list[dict[str, Any]], hidden: int) -> None:
        message = f"“{path}” is used by {_named(used_by, hidden)}; say `force=true` to do it all the same."
        super().__init__(message, used_by=used_by, used_by_hidden=hidden)


class FileTooLarge(TooLarge):
    code = "file-too-large"
    title = "The file is too large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A file may hold at most {limit:,} bytes.", limit_bytes=limit)


class StoreFull(NoSpace):
    """The quota is used up, or (without one) the disk is full."""

    code = "store-full"
    title = "The file store is full"

    def __init__(self, quota: int | None, free: int) -> None:
        message = "The file store's disk is full." if quota is None else f"{free:,} bytes of {quota:,} are free."
        super().__init__(f"{message} Delete files that are no longer needed.", quota_bytes=quota, free_bytes=free)


class FileStoreAway(Unavailable):
    code = "file-store-unavailable"
    title = "The file store is not reachable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file store did not answer: {reason}.")


def _named(used_by: list[dict[str, Any]], hidden: int) -> str:
    """Some pipelines by name, the others by number."""
    names = [f"“{use['name']}”" for use in used_by[:5]]
    rest = len(used_by) - len(names) + hidden
    others = [f"{rest} {'other' if names else 'pipeline'}{'' if rest == 1 else 's'}"] if rest else []
    return " and ".join([", ".join(names), *others] if names else others)


class PublishFailed(Unavailable):
    code = "publish-failed"
    title = "The DAG file could not be written"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Nothing was saved, because the DAG file could not be written: {reason}.")


class PreviewUnavailable(Unavailable):
    code = "preview-unavailable"
    title = "Previews are not available now"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The preview cannot be made now: {reason}. Try again in a moment.")


class AirflowUnavailable(Unavailable):
    code = "airflow-unavailable"
    title = "Airflow is not reachable"

    def __init__(self, reason: str = "it does not answer") -> None:
        super().__init__(f"Airflow cannot be asked to do this now: {reason}. Nothing was changed; try again.")
        self.reason = reason
