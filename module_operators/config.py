"""Building blocks of module options: one Pydantic model a module is its schema, its form and its validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from module_operators.files import checked_path
from module_operators.relation import HIDDEN_PREFIX

MAX_EXPRESSION = 10_000


class ModuleConfig(BaseModel):
    """A module's options. Unknown keys are errors; a node's options never change after parsing."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=1_000_000)


def field(
    default: Any,
    title: str,
    help: str,  # noqa: A002 - JSON Schema's word
    *examples: Any,
    hints: Mapping[str, Any] | None = None,
    **limits: Any,
) -> Any:
    """An option with what the form shows: a title, a help text and examples; `...` as default makes it required.

    Args:
        default: what holds when the option is not given.
        title: its label.
        help: the sentences under it.
        examples: values that the form shows.
        hints: what the form needs beyond JSON Schema, kept there as `x-…`: `advanced` folds it away, `unit` is what a
            number counts, `input` the handle that a column comes from, `pair` the option that is edited beside it,
            `condition` an expression that lines of comparisons can stand for; `when` shows it only beside such values
            of another, `by` says for each value of another what this one is.
        limits: as Pydantic's Field takes them.
    """
    if hints:
        limits["json_schema_extra"] = {f"x-{name}": value for name, value in hints.items()}
    return Field(default, title=title, description=help, examples=list(examples) or None, **limits)


ADVANCED: dict[str, Any] = {"advanced": True}
"""A hint: few need this option, so that the form folds it away."""


def shown_as(name: str) -> Any:
    """Which widget the form shows: JSON Schema's `format`."""
    return Field(json_schema_extra={"format": name})


def _inside_the_store(path: str) -> str:
    """Refused while it is drawn: no run could read or write it."""
    checked_path(path)
    return path


ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=255), shown_as("column")]
"""A column of the input; the builder offers those that the column check derived."""


def _not_hidden(name: str) -> str:
    """Refuses names that hidden columns have."""
    if name.lower().startswith(HIDDEN_PREFIX):
        raise ValueError(f"A column's name cannot start with {HIDDEN_PREFIX}.")
    return name


NewColumnName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    AfterValidator(_not_hidden),
    Field(json_schema_extra={"pattern": f"^(?!{HIDDEN_PREFIX})"}),
]
"""A column that the module makes."""


def _parsed(text: str) -> str:
    """Refuses what is no expression, even while the input's columns are unknown."""
    from module_operators.expressions.grammar import parse  # noqa: PLC0415
    from module_operators.expressions.tokens import ExpressionError  # noqa: PLC0415
    from module_operators.text_place import BadText  # noqa: PLC0415

    try:
        parse(text)
    except ExpressionError as error:
        raise BadText(error.message, error.place, error.hint) from None
    return text


Expression = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_EXPRESSION),
    AfterValidator(_parsed),
    shown_as("expression"),
]
"""An SQL scalar expression over the input's columns."""


def _known_zone(name: str) -> str:
    """Refuses what is no IANA time zone."""
    from zoneinfo import available_timezones  # noqa: PLC0415

    if name == "localtime" or name not in available_timezones():
        from difflib import get_close_matches  # noqa: PLC0415

        close = get_close_matches(name, available_timezones(), n=1)
        raise ValueError(f"There is no time zone '{name}'." + (f" Did you mean '{close[0]}'?" if close else ""))
    return name


TimeZone = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_known_zone)]
"""An IANA time zone, such as Europe/Amsterdam."""

SqlQuery = Annotated[str, StringConstraints(min_length=1, max_length=100_000), shown_as("sql")]
"""One SELECT in the source's own SQL, with `:name` parameters."""

ConnectionId = Annotated[str, StringConstraints(min_length=1, max_length=250), shown_as("connection")]
"""An Airflow connection; credentials stay there."""

_Path = Annotated[str, StringConstraints(min_length=1, max_length=1024), AfterValidator(_inside_the_store)]
FilePath = Annotated[_Path, shown_as("file-path")]
"""A path relative to the file store."""

ObjectKey = Annotated[_Path, shown_as("object-key")]
"""A key below a bucket, or a pattern of keys; as safe as a path."""
