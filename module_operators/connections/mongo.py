"""Connections to MongoDB: credentials from Airflow, clients with limits, errors without the password."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from module_operators.problems import InvalidNode, ModuleError, ModuleProblem

if TYPE_CHECKING:
    from module_operators.run import Run

_EXTRA = ("authSource", "authMechanism", "replicaSet", "tls", "tlsCAFile", "directConnection")


@dataclass(frozen=True, slots=True)
class Server:
    """A MongoDB server or replica set that an Airflow connection names."""

    host: str
    port: int
    database: str | None
    options: Mapping[str, Any] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    time_limit: float | None
    problem: type[ModuleError]
    """What its failures are raised as: SourceError when reading, TargetError when loading."""

    @classmethod
    def named(cls, run: Run, connection_id: str, problem: type[ModuleError]) -> Self:
        """The server of an Airflow connection; nothing is opened yet."""
        found = run.connection(connection_id)
        extra = found.extra_dejson
        host = found.host or "localhost"
        if any(sign in host for sign in "/@?"):
            raise problem(f"The host of connection '{connection_id}' must be a name only; login and options go beside.")
        options: dict[str, Any] = {name: extra[name] for name in _EXTRA if extra.get(name) not in (None, "")}
        if found.login:
            options |= {"username": found.login, "password": found.password or ""}
        if extra.get("srv"):
            host = f"mongodb+srv://{host}/"
        secrets = (found.password,) if found.password else ()
        return cls(host, found.port or 27017, found.schema or None, options, secrets, run.time_limit, problem)

    def database_name(self, given: str | None) -> str:
        """The database asked for, or the connection's own.

        Raises:
            InvalidNode: there is neither.
        """
        name = given or self.database
        if not name:
            message = "Neither this node nor its connection names a database."
            raise InvalidNode([ModuleProblem("/database", message, "Name the database.")])
        return name

    @contextmanager
    def client(self) -> Iterator[Any]:
        """A client that closes with the block; what the driver says is raised as this server's problem."""
        from bson.codec_options import CodecOptions, DatetimeConversion  # noqa: PLC0415
        from pymongo import MongoClient  # noqa: PLC0415
        from pymongo.errors import ConfigurationError, InvalidName, OperationFailure, PyMongoError  # noqa: PLC0415

        codec: CodecOptions[dict[str, Any]] = CodecOptions(
            tz_aware=True, uuid_representation=4, datetime_conversion=DatetimeConversion.DATETIME_AUTO
        )
        patience = round((self.time_limit or 10) * 1000)
        limits: dict[str, Any] = {"serverSelectionTimeoutMS": patience, "connectTimeoutMS": patience}
        if self.time_limit is not None:
            limits["socketTimeoutMS"] = patience
        try:
            with MongoClient[dict[str, Any]](
                self.host, self.port, appname="logidata", **self.options, **limits
            ) as client:
                yield _WithCodec(client, codec)
        except OperationFailure as error:
            hint = " Check login, password and authSource of the connection." if error.code in {13, 18} else ""
            raise self.problem(f"MongoDB refuses: {self._told(error)}.{hint}") from None
        except (InvalidName, ConfigurationError) as error:
            raise self.problem(f"MongoDB: {self._told(error)}.") from None
        except PyMongoError as error:
            message = f"MongoDB at {self.host} cannot be reached or went away: {self._told(error)}."
            raise self.problem(f"{message} Are host, port and tls right?") from None

    def _told(self, error: Exception) -> str:
        text = str(error).split(", full error:", 1)[0].split(", Timeout:", 1)[0]
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text[:500].rstrip(".")


@dataclass(frozen=True, slots=True)
class _WithCodec:
    """A client whose collections answer moments with their zone and UUIDs as such."""

    client: Any
    codec: Any

    def collection(self, database: str, name: str) -> Any:
        return self.client.get_database(database).get_collection(name, codec_options=self.codec)

    def database(self, name: str) -> Any:
        """For loads: moments come back as they went in, and what was answered survives the loss of a server."""
        from bson.codec_options import DatetimeConversion  # noqa: PLC0415
        from pymongo import WriteConcern  # noqa: PLC0415
        from pymongo.read_concern import ReadConcern  # noqa: PLC0415

        exact = self.codec.with_options(datetime_conversion=DatetimeConversion.DATETIME_MS)
        safe = {"write_concern": WriteConcern("majority"), "read_concern": ReadConcern("majority")}
        return self.client.get_database(name, codec_options=exact, **safe)
