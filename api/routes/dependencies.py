"""What routes are given besides the session."""

from typing import Annotated

from fastapi import Depends, Query, Request

from api.clients.airflow import AirflowClient
from api.clients.previewer import PreviewerProcess
from api.schemas.values import Limit, Offset
from api.services.files import Files
from api.services.logs.shelf import Shelf
from api.services.publishing import Publishing
from api.services.validation import Validator


def _publishing(request: Request) -> Publishing:
    return request.app.state.publishing


def _airflow(request: Request) -> AirflowClient:
    return request.app.state.airflow


def _log_shelf(request: Request) -> Shelf:
    return request.app.state.log_shelf


def _validator(request: Request) -> Validator:
    return request.app.state.validator


def _previewer(request: Request) -> PreviewerProcess:
    return request.app.state.previewer


def _files(request: Request) -> Files:
    return request.app.state.files


FilesDep = Annotated[Files, Depends(_files)]
PublishingDep = Annotated[Publishing, Depends(_publishing)]
AirflowDep = Annotated[AirflowClient, Depends(_airflow)]
LogShelfDep = Annotated[Shelf, Depends(_log_shelf)]
ValidatorDep = Annotated[Validator, Depends(_validator)]
PreviewerDep = Annotated[PreviewerProcess, Depends(_previewer)]
PageLimit = Annotated[Limit, Query(description="How many items at most.")]
PageOffset = Annotated[Offset, Query(description="How many items to skip.")]
