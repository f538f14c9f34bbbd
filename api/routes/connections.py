"""Connections: made, tried and looked into; Airflow keeps them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.database import SessionDep
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import AirflowDep, PageLimit, PageOffset, PreviewerDep
from api.schemas.connection import (
    ConnectionFields,
    ConnectionIn,
    ConnectionOut,
    ConnectionPage,
    ConnectionTestOut,
    ConnectionTypeList,
    ConnectionTypeOut,
    TableColumns,
    TableList,
    TableOut,
)
from api.schemas.pipeline import ColumnOut
from api.schemas.values import Search, StoredText
from api.security import AdminDep, EditorDep, ViewerDep
from api.services import audit, connections, probes
from api.services.connection_types import TYPES
from api.services.connections import Draft

router = APIRouter(prefix="/connections", tags=["connections"])

ConnectionId = Annotated[StoredText, Path(min_length=1, max_length=250, examples=["warehouse"])]


@router.get("", responses=INVALID | UNAVAILABLE)
def list_connections(
    *,
    session: SessionDep,
    _: ViewerDep,
    airflow: AirflowDep,
    search: Annotated[Search | None, Query(description="Words in the id or the description.")] = None,
    type: Annotated[Search | None, Query(description="Only of this type.")] = None,  # noqa: A002
    limit: PageLimit = 50,
    offset: PageOffset = 0,
) -> ConnectionPage:
    """List connections without their secrets, with the pipelines that use each."""
    found, total = connections.listed(session, airflow, search=search, conn_type=type, limit=limit, offset=offset)
    items = [ConnectionOut.model_validate(shown) for shown in found]
    return ConnectionPage(items=items, total=total, limit=limit, offset=offset)


@router.post("", status_code=201, responses=CONFLICT | INVALID | UNAVAILABLE)
def create_connection(
    session: SessionDep, account: AdminDep, airflow: AirflowDep, body: ConnectionIn, response: Response
) -> ConnectionOut:
    """Make a connection; what is secret in it is never shown again."""
    made = connections.create(session, airflow, Draft(**body.model_dump()))
    audit.record(session, account, "connection.create", "connection", body.connection_id, None, {"type": body.type})
    response.headers["Location"] = f"/api/v1/connections/{body.connection_id}"
    return ConnectionOut.model_validate(made)


@router.get("/types")
def list_connection_types(_: ViewerDep) -> ConnectionTypeList:
    """List the kinds of connections, each with the form that it asks for."""
    return ConnectionTypeList(items=[ConnectionTypeOut.model_validate(each) for each in TYPES.values()])


@router.post("/test", responses=INVALID | UNAVAILABLE)
def try_unsaved_connection(_: AdminDep, previewer: PreviewerDep, body: ConnectionFields) -> ConnectionTestOut:
    """Try a connection that is not saved; its secrets are kept nowhere."""
    ok, message = probes.test(previewer, {"connection": connections.probed(Draft("unsaved", **body.model_dump()))})
    return ConnectionTestOut(ok=ok, message=message)


@router.get("/{connection_id}", responses=NOT_FOUND | UNAVAILABLE)
def get_connection(
    session: SessionDep, _: ViewerDep, airflow: AirflowDep, connection_id: ConnectionId
) -> ConnectionOut:
    """Get a connection without its secrets, with the pipelines and nodes that use it."""
    return ConnectionOut.model_validate(connections.get(session, airflow, connection_id))


@router.put("/{connection_id}", responses=NOT_FOUND | INVALID | UNAVAILABLE)
def update_connection(
    session: SessionDep, account: AdminDep, airflow: AirflowDep, connection_id: ConnectionId, body: ConnectionFields
) -> ConnectionOut:
    """Change a connection; a secret that is left out stays as it is."""
    changed = connections.update(session, airflow, Draft(connection_id, **body.model_dump()))
    details = {"type": body.type, "fields": sorted(body.fields)}
    audit.record(session, account, "connection.update", "connection", connection_id, None, details)
    return ConnectionOut.model_validate(changed)


@router.delete("/{connection_id}", status_code=204, responses=NOT_FOUND | CONFLICT | UNAVAILABLE)
def delete_connection(session: SessionDep, account: AdminDep, airflow: AirflowDep, connection_id: ConnectionId) -> None:
    """Remove a connection that no pipeline uses."""
    connections.delete(session, airflow, connection_id)
    audit.record(session, account, "connection.delete", "connection", connection_id)


@router.post("/{connection_id}/test", responses=NOT_FOUND | UNAVAILABLE)
def try_connection(
    session: SessionDep, _: EditorDep, airflow: AirflowDep, previewer: PreviewerDep, connection_id: ConnectionId
) -> ConnectionTestOut:
    """Try a connection; the answer says why when it does not work."""
    connections.get(session, airflow, connection_id)
    ok, message = probes.test(previewer, {"connection_id": connection_id})
    return ConnectionTestOut(ok=ok, message=message)


@router.get("/{connection_id}/tables", responses=NOT_FOUND | INVALID | UNAVAILABLE)
def list_tables(
    *,
    session: SessionDep,
    _: EditorDep,
    airflow: AirflowDep,
    previewer: PreviewerDep,
    connection_id: ConnectionId,
    search: Annotated[Search | None, Query(description="Part of `schema.table`.")] = None,
) -> TableList:
    """List a database's tables and views, at most 500."""
    connections.get(session, airflow, connection_id)
    return TableList(items=[TableOut.model_validate(each) for each in probes.tables(previewer, connection_id, search)])


@router.get("/{connection_id}/tables/{table}/columns", responses=NOT_FOUND | INVALID | UNAVAILABLE)
def list_table_columns(
    *,
    session: SessionDep,
    _: EditorDep,
    airflow: AirflowDep,
    previewer: PreviewerDep,
    connection_id: ConnectionId,
    table: Annotated[StoredText, Path(min_length=1, max_length=300, examples=["sales.orders"])],
) -> TableColumns:
    """List the columns of `table` or `schema.table` with the types that nodes see."""
    connections.get(session, airflow, connection_id)
    found = probes.columns(previewer, connection_id, table)
    return TableColumns(items=[ColumnOut.model_validate(column) for column in found])
