"""Pipelines to begin with: shipped as `export` writes them, with the files that they read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from api.errors import ExampleNotFound, FileExists
from api.services import portable
from api.services.files import Files
from dag_factory.graph import PipelineGraph

SHIPPED = Path(__file__).parents[1] / "example_pipelines"
FOLDER = "examples"
"""Of the file store, where the shipped files go."""


@dataclass(frozen=True)
class Example:
    """A shipped pipeline."""

    name: str
    graph: PipelineGraph

    @property
    def files(self) -> list[str]:
        """The shipped files that it reads, by their names."""
        read = {str(node.data.config.get("file_path", "")) for node in self.graph.config.nodes}
        return sorted(path.name for path in SHIPPED.glob("*.csv") if f"{FOLDER}/{path.name}" in read)


@cache
def all_by_name() -> Mapping[str, Example]:
    """Every example, the simplest to run first."""
    names = ("sales-by-country", "cleaned-customers", "revenue-by-month")
    return MappingProxyType(
        {name: Example(name, portable.parse((SHIPPED / f"{name}.yaml").read_bytes(), PipelineGraph)) for name in names}
    )


def get(name: str) -> Example:
    """One example."""
    found = all_by_name().get(name)
    if found is None:
        raise ExampleNotFound(name)
    return found


def bring_files(example: Example, files: Files) -> list[str]:
    """Put what an example reads into the file store; a file that is there stays as somebody left it."""
    brought: list[str] = []
    for name in example.files:
        content = (SHIPPED / name).read_bytes()
        path = f"{FOLDER}/{name}"
        try:
            with files.receiving(path, len(content)) as upload:
                upload.write(content)
                upload.place(expected=None, overwrite=False)
        except FileExists:
            continue
        brought.append(path)
    return brought
