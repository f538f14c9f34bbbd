"""What bodies and parameters are made of; text and JSON that the database cannot hold is refused at the edge."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from dag_factory.plain import refuse_unless_plain


class In(BaseModel):
    """A request body: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """An answer, read from a table's row; it has no defaults, so that it is always complete."""

    model_config = ConfigDict(from_attributes=True)


def _plain_text(text: str) -> str:
    refuse_unless_plain(text)
    return text


def _plain_object(value: Any) -> Any:
    refuse_unless_plain(value)
    return value


def _storable(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 2200:
        raise ValueError("must be between the years 1970 and 2199")
    return moment.astimezone(UTC)  # PostgreSQL takes no offset of 16 hours and more


StoredText = Annotated[str, AfterValidator(_plain_text)]
JsonObject = Annotated[dict[str, Any], BeforeValidator(_plain_object)]
Moment = Annotated[AwareDatetime, AfterValidator(_storable)]
Search = Annotated[StoredText, Field(max_length=200)]
Limit = Annotated[int, Field(ge=1, le=200)]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]
