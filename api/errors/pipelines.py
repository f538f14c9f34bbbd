"""Pipelines, their versions and modules, and what previews them."""

from typing import Any
from uuid import UUID

from api.errors.families import Conflict, Invalid, NotFound, Unavailable


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


class ExampleNotFound(NotFound):
    code = "example-not-found"
    title = "Example not found"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no example called “{name}”.")


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


class ImportInvalid(Invalid):
    """What was to be imported is no pipeline; `problems` have the lines."""

    code = "import-invalid"
    title = "This is no pipeline"

    def __init__(self, message: str, problems: list[dict[str, Any]]) -> None:
        super().__init__(message, problems=problems)


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


class LineageUnavailable(Unavailable):
    code = "lineage-unavailable"
    title = "Columns cannot be traced now"


class TemplateNotFound(NotFound):
    code = "template-not-found"
    title = "Template not found"

    def __init__(self, template_id: UUID) -> None:
        super().__init__(f"There is no template {template_id}.")
