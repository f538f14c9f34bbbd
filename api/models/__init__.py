"""The tables."""

from api.models.alert import Alert
from api.models.audit import AuditEvent
from api.models.base import Base
from api.models.execution import ExecutionEvent, ExecutionNode, PipelineExecution, SyncState
from api.models.module import Module
from api.models.pipeline import Pipeline, PipelineVersion
from api.models.setting import Setting
from api.models.template import Template
from api.models.user import Login, RateLimit, RefreshToken, User
from api.models.webhook import Webhook

__all__ = [
    "Alert",
    "AuditEvent",
    "Base",
    "ExecutionEvent",
    "ExecutionNode",
    "Login",
    "Module",
    "Pipeline",
    "PipelineExecution",
    "PipelineVersion",
    "RateLimit",
    "RefreshToken",
    "Setting",
    "SyncState",
    "Template",
    "User",
    "Webhook",
]
