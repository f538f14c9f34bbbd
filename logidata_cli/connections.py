"""Ways to databases and services; secrets are never shown."""

from typing import Annotated

import typer

from logidata_cli.failures import DIFFERENT
from logidata_cli.service import Service, segment
from logidata_cli.shown import AsJson, as_json, line, rows

app = typer.Typer(help="Connections to databases and services.", no_args_is_help=True)


@app.command("list")
def list_connections(
    context: typer.Context,
    search: Annotated[str | None, typer.Option(help="Words in the id or the description.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Such as postgres.")] = None,
    json: AsJson = False,
) -> None:
    """List connections, without their secrets."""
    service: Service = context.obj
    items = service.all("/connections", search=search, type=type_)
    if json:
        as_json(items)
    else:
        rows(items, {"connection_id": "Connection", "type": "Type", "description": "Description"})


@app.command("test")
def try_connection(
    context: typer.Context, connection_id: Annotated[str, typer.Argument(help="Its id.")], json: AsJson = False
) -> None:
    """Try a connection; exit code 1 when it does not work."""
    service: Service = context.obj
    verdict = service.post(f"/connections/{segment(connection_id)}/test")
    as_json(verdict) if json else line(verdict["message"], "green" if verdict["ok"] else "red")
    if not verdict["ok"]:
        raise typer.Exit(DIFFERENT)
