"""The API's description: `python -m api.openapi` prints it for client generators."""

import json
import sys
from secrets import token_hex
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, SecretStr

from api.routes.answers import MALFORMED, TOO_LARGE
from api.schemas.problem import ProblemDocument
from api.schemas.stream import StreamMessage, StreamRequest

TAGS = [
    {"name": "pipelines", "description": "Graphs: saved, listed, validated, run."},
    {"name": "versions", "description": "Every save is kept; the DAG file that it became."},
    {"name": "executions", "description": "Runs, whoever started them, with their nodes and logs."},
    {"name": "files", "description": "The file store that file modules read and write."},
    {"name": "connections", "description": "Ways to databases and services, kept by Airflow; secrets go in only."},
    {"name": "schedules", "description": "When pipelines run by themselves, and runs for their past."},
    {"name": "webhooks", "description": "Addresses at which other systems start pipelines."},
    {"name": "alerts", "description": "Who is told of failed, recovered, late and long runs."},
    {"name": "templates", "description": "Nodes and parts of graphs that are kept to be used again."},
    {"name": "modules", "description": "What nodes can be."},
    {"name": "assist", "description": "Help while drawing."},
    {"name": "auth", "description": "Signing in, staying so, and one's own account."},
    {"name": "users", "description": "People, for admins."},
    {"name": "audit", "description": "Who changed what, for admins."},
    {"name": "health", "description": "For probes; no token needed."},
]
PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}


def describe(app: FastAPI) -> None:
    """Show problem documents where FastAPI would show its own error shape."""
    app.openapi_tags = TAGS
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            schemas = document["components"]["schemas"]
            definitions = ProblemDocument.model_json_schema(
                ref_template="#/components/schemas/{model}", mode="serialization"
            )
            schemas |= definitions.pop("$defs", {}) | {"ProblemDocument": definitions}
            for message in (StreamRequest, StreamMessage):  # of the WebSocket, which OpenAPI cannot describe
                schemas |= _definitions(message)
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            for path in document["paths"].values():
                for operation in path.values():
                    _show_problems(operation["responses"])
                    if "requestBody" in operation:
                        of_bodies = {str(status): answer for status, answer in (MALFORMED | TOO_LARGE).items()}
                        operation["responses"] = of_bodies | operation["responses"]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi


def _definitions(model: type[BaseModel]) -> dict[str, Any]:
    """A model and those that it is made of, as components."""
    mode = "serialization" if issubclass(model, StreamMessage) else "validation"
    definition = model.model_json_schema(ref_template="#/components/schemas/{model}", mode=mode)
    return definition.pop("$defs", {}) | {model.__name__: definition}


def _show_problems(responses: dict[str, Any]) -> None:
    malformed = responses.get("422")
    if malformed and "application/json" in malformed.get("content", {}):
        malformed["description"] = "The request is malformed; `errors` or `problems` say where."
        malformed["content"] = {"application/problem+json": {"schema": PROBLEM}}


def main() -> None:
    """Print the description; it depends on no setting, so that it can be made anywhere."""
    from api.main import create_app  # noqa: PLC0415 - `api.main` imports this module
    from api.settings import Settings  # noqa: PLC0415

    settings = Settings(
        database_url="postgresql+psycopg2://nowhere/logidata",
        service_token=SecretStr(token_hex()),
        jwt_secret=SecretStr(token_hex()),
    )
    json.dump(create_app(settings, background=False).openapi(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
