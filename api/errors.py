"""What can go wrong, in the domain's words.

DomainError
├── NotFound            PipelineNotFound, VersionNotFound, ModuleNotFound, ExecutionNotFound
├── Conflict            NameTaken, RevisionOutdated, PipelineNotRunnable, NotPublished, IdempotencyKeyReused,
│                       ExecutionFinished
├── Invalid             PipelineNotSchedulable, RevisionMissing, PresetInvalid, PreviewFailed, PreviewNodeUnknown
├── Unauthenticated     TokenInvalid, TokenExpired, LoginEnded
├── Forbidden           RoleTooLow, NotOwner
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


class NameTaken(Conflict):
    code = "name-taken"
    title = "Name is taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"Another pipeline is already called “{name}”.")


class RevisionOutdated(Conflict):
    code = "revision-outdated"
    title = "The pipeline has changed since"

    def __init__(self, edited: int, current: int) -> None:
        super().__init__(
            f"You edited revision {edited}, but the pipeline is at revision {current} by now.", revision=current
        )


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
