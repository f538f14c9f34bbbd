"""The kinds of connections that modules use: what a form asks for, and where Airflow keeps each answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Place = Literal["host", "port", "schema", "login", "password"]
PLACES: tuple[Place, ...] = ("host", "port", "schema", "login", "password")


@dataclass(frozen=True)
class Field:
    """One entry of a form."""

    name: str
    title: str
    place: Place | None = None
    """Airflow's own field; None where it is a key of `extra`."""
    secret: bool = False
    required: bool = False
    kind: Literal["string", "integer", "boolean", "object"] = "string"
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema; a secret is write-only."""
        told: dict[str, Any] = {"type": self.kind, "title": self.title}
        if self.help:
            told["description"] = self.help
        if self.default is not None:
            told["default"] = self.default
        if self.choices:
            told["enum"] = list(self.choices)
        if self.secret:
            told |= {"format": "password", "writeOnly": True}
        if self.kind == "integer":
            told |= {"minimum": 1, "maximum": 65535}
        return told


@dataclass(frozen=True)
class ConnectionType:
    """One of Airflow's `conn_type`s."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """The form's JSON Schema."""
        return {
            "type": "object",
            "properties": {field.name: field.schema for field in self.fields},
            "required": [field.name for field in self.fields if field.required],
            "additionalProperties": False,
        }

    def field(self, name: str) -> Field | None:
        """The entry of this name."""
        return next((field for field in self.fields if field.name == name), None)


def _server(port: int, database: str = "Database") -> tuple[Field, ...]:
    return (
        Field("host", "Host", "host", required=True, help="Name or address of the server."),
        Field("port", "Port", "port", kind="integer", default=port),
        Field("database", database, "schema"),
        Field("login", "User", "login"),
        Field("password", "Password", "password", secret=True),
    )


_TYPES = (
    ConnectionType(
        "postgres",
        "PostgreSQL",
        "A PostgreSQL database.",
        (
            *_server(5432),
            Field(
                "sslmode",
                "TLS",
                choices=("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
                help="Whether the way there is encrypted and the server's certificate checked.",
            ),
        ),
    ),
    ConnectionType(
        "mysql",
        "MySQL / MariaDB",
        "A MySQL or MariaDB database.",
        (
            *_server(3306),
            Field(
                "ssl_mode",
                "TLS",
                choices=("disabled", "preferred", "required", "verify_ca", "verify_identity"),
                help="Whether the way there is encrypted and the server's certificate checked.",
            ),
            Field("unix_socket", "Unix socket", help="Instead of host and port."),
        ),
    ),
    ConnectionType(
        "mongo",
        "MongoDB",
        "A MongoDB server or replica set.",
        (
            *_server(27017),
            Field("srv", "DNS seed list", kind="boolean", help="mongodb+srv:// instead of mongodb://."),
            Field("authSource", "Authentication database"),
            Field("replicaSet", "Replica set"),
            Field("tls", "TLS", kind="boolean"),
        ),
    ),
    ConnectionType(
        "aws",
        "S3 / AWS",
        "Amazon S3, or a store that speaks its protocol, such as MinIO.",
        (
            Field("login", "Access key id", "login"),
            Field("password", "Secret access key", "password", secret=True),
            Field("region_name", "Region", help="Such as eu-west-1."),
            Field("endpoint_url", "Endpoint", help="For stores other than Amazon's: http://minio:9000."),
            Field("aws_session_token", "Session token", secret=True),
        ),
    ),
    ConnectionType(
        "http",
        "REST API",
        "Credentials and base address of a REST API.",
        (
            Field("host", "Base address", "host", help="Such as https://api.example.com; empty: the node names all."),
            Field("login", "User", "login", help="For basic authentication."),
            Field("password", "Password", "password", secret=True),
            Field("token", "Bearer token", secret=True, help="Sent as Authorization: Bearer …"),
            Field("headers", "Headers", kind="object", secret=True, help="Sent with every request."),
        ),
    ),
    ConnectionType(
        "snowflake",
        "Snowflake",
        "A Snowflake account.",
        (
            Field("account", "Account", required=True, help="Such as myorg-account123."),
            Field("login", "User", "login", required=True),
            Field("password", "Password", "password", secret=True),
            Field("warehouse", "Warehouse"),
            Field("database", "Database"),
            Field("schema", "Schema", "schema"),
            Field("role", "Role"),
            Field("private_key_content", "Private key", secret=True, help="PEM text, instead of a password."),
        ),
    ),
    ConnectionType(
        "google_cloud_platform",
        "Google Cloud / BigQuery",
        "A Google Cloud project and the service account that works in it.",
        (
            Field("project", "Project"),
            Field("keyfile_dict", "Key", kind="string", secret=True, help="The service account's key as JSON text."),
        ),
    ),
    ConnectionType(
        "redshift",
        "Amazon Redshift",
        "A Redshift cluster or workgroup.",
        (*_server(5439), Field("sslmode", "TLS", choices=("disable", "prefer", "require", "verify-ca", "verify-full"))),
    ),
    ConnectionType(
        "smtp",
        "E-mail (SMTP)",
        "The server that sends alerts by e-mail.",
        (
            Field("host", "Host", "host", required=True),
            Field("port", "Port", "port", kind="integer", default=587),
            Field("login", "User", "login"),
            Field("password", "Password", "password", secret=True),
            Field("from_email", "From", help="The sender's address."),
            Field("disable_ssl", "No TLS from the start", kind="boolean", default=True),
            Field("disable_tls", "No STARTTLS", kind="boolean", default=False),
        ),
    ),
    ConnectionType(
        "slackwebhook",
        "Slack",
        "An incoming webhook of a Slack channel, for alerts.",
        (Field("password", "Webhook", "password", secret=True, required=True, help="The address that Slack gave."),),
    ),
)

TYPES: Mapping[str, ConnectionType] = {each.name: each for each in _TYPES}
