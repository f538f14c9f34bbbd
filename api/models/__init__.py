"""The tables."""

from api.models.base import Base
from api.models.execution import ExecutionEvent, ExecutionNode, PipelineExecution, SyncState
from api.models.module import Module
from api.models.pipeline import Pipeline, PipelineVersion

__all__ = [
    "Base",
    "ExecutionEvent",
    "ExecutionNode",
    "Module",
    "Pipeline",
    "PipelineExecution",
    "PipelineVersion",
    "SyncState",
]
