"""Executions, their logs and outputs, and Airflow, which runs them."""

from uuid import UUID

from api.errors.families import Conflict, Invalid, NotFound, Unavailable


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


class AirflowUnavailable(Unavailable):
    code = "airflow-unavailable"
    title = "Airflow is not reachable"

    def __init__(self, reason: str = "it does not answer") -> None:
        super().__init__(f"Airflow cannot be asked to do this now: {reason}. Nothing was changed; try again.")
        self.reason = reason
