"""What can go wrong, in the domain's words.

DomainError
├── NotFound            PipelineNotFound, VersionNotFound, ModuleNotFound, ExecutionNotFound, NodeNotFound,
│                       TemplateNotFound, ExampleNotFound, ConnectionNotFound, FileNotFound, BackfillNotFound,
│                       HookNotFound, WebhookNotFound
├── Conflict            NameTaken, RevisionOutdated, PipelineNotRunnable, NotPublished, IdempotencyKeyReused,
│                       ExecutionFinished, ExecutionActive, NothingToRetry, StoredOutputGone, NoStoredOutput,
│                       ConnectionTaken, ConnectionInUse, ConnectionOfAlerts, FileExists, FileInUse, FolderNotEmpty,
│                       NotScheduled, BackfillRefused, WebhookNameTaken
├── Invalid             PipelineNotSchedulable, RevisionMissing, PresetInvalid, PreviewFailed, PreviewNodeUnknown,
│                       ImportInvalid, AlertsInvalid, ConnectionInvalid, ProbeFailed, LogCursorInvalid,
│                       FilePathUnsafe, PayloadPathInvalid, PayloadInvalid, GraphTooLarge, HandleUnknown,
│                       GraphNotInOrder
├── Unauthenticated     TokenInvalid, TokenExpired, LoginEnded, SignatureInvalid
├── Forbidden           RoleTooLow, NotOwner
├── TooLarge            FileTooLarge
├── TooMany             TooManyCalls
├── NoSpace             StoreFull
└── Unavailable         PublishFailed, AirflowUnavailable, PreviewUnavailable, TooManyViewers, FileStoreAway,
                        OptimizeUnavailable

A file a subject; those of signing in are asked for by `api.errors.sign_in`. `api.problems` maps each family to an HTTP
status; nothing here knows HTTP.
"""

from api.errors.access import LoginEnded, NotOwner, RoleTooLow, TokenExpired, TokenInvalid
from api.errors.assist import GraphTooLarge, HandleUnknown
from api.errors.connections import (
    AlertsInvalid,
    ConnectionInUse,
    ConnectionInvalid,
    ConnectionNotFound,
    ConnectionOfAlerts,
    ConnectionTaken,
    ProbeFailed,
)
from api.errors.executions import (
    AirflowUnavailable,
    ExecutionActive,
    ExecutionFinished,
    ExecutionNotFound,
    IdempotencyKeyReused,
    LogCursorInvalid,
    NodeNotFound,
    NoStoredOutput,
    NothingToRetry,
    StoredOutputGone,
    TooManyViewers,
)
from api.errors.families import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NoSpace,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from api.errors.files import (
    FileExists,
    FileInUse,
    FileNotFound,
    FilePathUnsafe,
    FileStoreAway,
    FileTooLarge,
    FolderNotEmpty,
    StoreFull,
)
from api.errors.optimize import GraphNotInOrder, OptimizeUnavailable
from api.errors.pipelines import (
    ExampleNotFound,
    ImportInvalid,
    ModuleNotFound,
    NameTaken,
    NotPublished,
    PipelineNotFound,
    PipelineNotRunnable,
    PipelineNotSchedulable,
    PresetInvalid,
    PreviewFailed,
    PreviewNodeUnknown,
    PreviewUnavailable,
    PublishFailed,
    RevisionMissing,
    RevisionOutdated,
    TemplateNotFound,
    VersionNotFound,
)
from api.errors.schedules import (
    BackfillNotFound,
    BackfillRefused,
    HookNotFound,
    NotScheduled,
    PayloadInvalid,
    PayloadPathInvalid,
    SignatureInvalid,
    TooManyCalls,
    WebhookNameTaken,
    WebhookNotFound,
)

__all__ = [
    "AirflowUnavailable",
    "AlertsInvalid",
    "BackfillNotFound",
    "BackfillRefused",
    "Conflict",
    "ConnectionInUse",
    "ConnectionInvalid",
    "ConnectionNotFound",
    "ConnectionOfAlerts",
    "ConnectionTaken",
    "DomainError",
    "ExampleNotFound",
    "ExecutionActive",
    "ExecutionFinished",
    "ExecutionNotFound",
    "FileExists",
    "FileInUse",
    "FileNotFound",
    "FilePathUnsafe",
    "FileStoreAway",
    "FileTooLarge",
    "FolderNotEmpty",
    "Forbidden",
    "GraphNotInOrder",
    "GraphTooLarge",
    "HandleUnknown",
    "HookNotFound",
    "IdempotencyKeyReused",
    "ImportInvalid",
    "Invalid",
    "LogCursorInvalid",
    "LoginEnded",
    "ModuleNotFound",
    "NameTaken",
    "NoSpace",
    "NoStoredOutput",
    "NodeNotFound",
    "NotFound",
    "NotOwner",
    "NotPublished",
    "NotScheduled",
    "NothingToRetry",
    "OptimizeUnavailable",
    "PayloadInvalid",
    "PayloadPathInvalid",
    "PipelineNotFound",
    "PipelineNotRunnable",
    "PipelineNotSchedulable",
    "PresetInvalid",
    "PreviewFailed",
    "PreviewNodeUnknown",
    "PreviewUnavailable",
    "ProbeFailed",
    "PublishFailed",
    "RevisionMissing",
    "RevisionOutdated",
    "RoleTooLow",
    "SignatureInvalid",
    "StoreFull",
    "StoredOutputGone",
    "TemplateNotFound",
    "TokenExpired",
    "TokenInvalid",
    "TooLarge",
    "TooMany",
    "TooManyCalls",
    "TooManyViewers",
    "Unauthenticated",
    "Unavailable",
    "VersionNotFound",
    "WebhookNameTaken",
    "WebhookNotFound",
]
