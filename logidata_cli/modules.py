"""What nodes can be."""

from typing import Annotated

import typer

from logidata_cli.failures import Failure
from logidata_cli.service import Service
from logidata_cli.shown import AsJson, as_json, line, rows

app = typer.Typer(help="What nodes can be.", no_args_is_help=True)


@app.command("list")
def list_modules(context: typer.Context, json: AsJson = False) -> None:
    """List all modules."""
    service: Service = context.obj
    items = service.get("/modules")["items"]
    if json:
        as_json(items)
    else:
        rows(items, {"name": "Module", "display_name": "Title", "type": "Type", "category": "Category"})


@app.command()
def show(context: typer.Context, name: Annotated[str, typer.Argument(help="Such as csv-extractor.")]) -> None:
    """Show a module's options as JSON Schema."""
    service: Service = context.obj
    items = service.get("/modules")["items"]
    module = next((each for each in items if each["name"] == name), None)
    if module is None:
        raise Failure(f"There is no module “{name}”.", "`logidata modules list` lists them.")
    line(f"{module['display_name']}: {module['description']}")
    as_json(module["config_schema"])
