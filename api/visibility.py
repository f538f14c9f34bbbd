"""Private pipelines, what belongs to them, and private templates do not exist for anybody but owner and admins.

A session that carries an account sees nothing else, whatever is asked of it, so that no query has to remember.
"""

from uuid import UUID

from sqlalchemy import ClauseElement, Executable, Table, event, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker, with_loader_criteria
from sqlalchemy.sql import visitors

from api.models import Pipeline, PipelineExecution, PipelineVersion, Template

ACCOUNT = "account"
"""Where a session's `info` keeps the id of the person whom it shows things to; absent, it shows everything."""

TO_COUNT = {"also_hidden": True}
"""Execution options of a query that only counts: what others keep private may still stand in the way of a change."""

GUARDED = frozenset(part.__tablename__ for part in (Pipeline, PipelineVersion, PipelineExecution, Template))


def see_as(session: Session, user_id: UUID) -> None:
    """Let a session show only what this person, who is no admin, may see."""
    session.info[ACCOUNT] = user_id


def guard(sessions: sessionmaker[Session]) -> None:
    """Make all sessions of this kind heed the account that they carry."""
    event.listen(sessions, "do_orm_execute", _hide)


def _hide(execution: ORMExecuteState) -> None:
    user_id = execution.session.info.get(ACCOUNT)
    if execution.execution_options.get("also_hidden"):
        return
    if user_id is None or not (execution.is_select or execution.is_update or execution.is_delete):
        return
    of_all = Pipeline.__table__.c  # the class itself stands for what is visible only, from here on
    hidden = select(of_all.id).where(of_all.visibility == "private", of_all.owner_id.is_distinct_from(user_id))
    statement = execution.statement
    if not execution.is_orm_statement:
        _refuse_tables(statement)
        return
    execution.statement = statement.options(
        *(
            with_loader_criteria(
                part, lambda found: or_(found.visibility == "shared", found.owner_id == user_id), include_aliases=True
            )
            for part in (Pipeline, Template)
        ),
        *(
            with_loader_criteria(part, lambda found: found.pipeline_id.not_in(hidden), include_aliases=True)
            for part in (PipelineVersion, PipelineExecution)
        ),
    )


def _refuse_tables(statement: Executable) -> None:
    """SQLAlchemy adds criteria to mapped classes only."""
    assert isinstance(statement, ClauseElement)
    found = {part.name for part in visitors.iterate(statement) if isinstance(part, Table)} & GUARDED
    if found:
        raise RuntimeError(f"{', '.join(sorted(found))}: name a mapped class in this query, not its table")
