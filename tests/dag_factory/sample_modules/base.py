"""Real operators, as small as the contract of compiled files allows, for DAGs that only have to be read."""

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk import literal as unrendered


class SampleOperator(BaseOperator):
    template_fields = ("inputs", "config")

    def __init__(
        self,
        *,
        node_id: str,
        config: Mapping[str, Any],
        inputs: Mapping[str, Sequence[Any]] | None = None,
        columns: dict[str, str] | None = None,
        materialize: bool = False,
        engine: str = "duckdb",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.graph_node_id = node_id
        self.inputs = inputs or {}
        self.columns = columns
        self.materialize = materialize
        self.engine = engine
        self.config = unrendered(config)

    def execute(self, context: Any) -> None:
        raise NotImplementedError
