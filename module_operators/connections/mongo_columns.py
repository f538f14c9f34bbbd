"""The columns that documents have, and their values as Arrow takes them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from module_operators.column_names import unique_names
from module_operators.problems import SourceError

_SCALARS = ("bigint", "float", "boolean", "string", "timestamptz")
_WIDEST = 38
_LIMITS = {"integer": 2**31, "bigint": 2**63}


@dataclass(frozen=True, slots=True)
class DocumentColumn:
    """A field of the documents, and the column that it becomes."""

    key: str
    name: str
    type: str

    def value(self, document: Mapping[str, Any]) -> Any:
        """The field of one document.

        Raises:
            SourceError: it does not fit; names the document and the remedy.
        """
        found = document.get(self.key)
        if found is None:
            return None
        try:
            return _fitted(found, self.type)
        except (ValueError, TypeError, ArithmeticError):
            which, shown = str(document.get("_id", "?"))[:100], _text(found)[:100]
            raise SourceError(
                f"'{self.key}' of the document with _id {which} is {shown}, which does not fit {self.type}, the type "
                f"that the sampled documents have. Give '{self.name}' another type in 'Column types', such as string."
            ) from None

    @property
    def arrow(self) -> Any:
        return _arrow(self.type)


def document_columns(samples: Sequence[Mapping[str, Any]], given: Mapping[str, str]) -> tuple[DocumentColumn, ...]:
    """The columns of sampled documents, each as wide as its values need; `given` types win and may add columns."""
    keys = list(dict.fromkeys(key for document in samples for key in document))
    columns = [
        DocumentColumn(key, name, given.get(name, "").replace(" ", "") or _type([each.get(key) for each in samples]))
        for key, name in zip(keys, unique_names(keys), strict=True)
    ]
    there = {column.name for column in columns}
    added = (DocumentColumn(name, name, kind.replace(" ", "")) for name, kind in given.items() if name not in there)
    return (*columns, *added)


def _type(values: Sequence[Any]) -> str:
    """The type that holds every value; text where they differ."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, list) for value in present):
        members = [each for value in present for each in value]
        kind = _scalar_type(members)
        nested = any(isinstance(each, list | dict) for each in members)
        return f"list({kind})" if kind in _SCALARS and members and not nested else "string"
    return _scalar_type(present)


def _scalar_type(values: Sequence[Any]) -> str:
    from bson import Decimal128, Int64  # noqa: PLC0415

    present = [value for value in values if value is not None]
    kinds = {int if type(value) is Int64 else type(value) for value in present}
    if kinds == {int}:
        return "bigint"
    if kinds == {float} or (kinds == {int, float} and all(abs(each) <= 2**53 for each in present)):
        return "float"
    if Decimal128 in kinds and kinds <= {int, Decimal128}:
        return _decimal_type([each.to_decimal() if isinstance(each, Decimal128) else Decimal(each) for each in present])
    if kinds == {bool}:
        return "boolean"
    if kinds == {datetime}:
        return "timestamptz"
    return "binary" if kinds == {bytes} else "string"


def _decimal_type(values: Sequence[Decimal]) -> str:
    """38 digits, of which as many are behind the point as the sample has; text when that is too few."""
    if not all(value.is_finite() for value in values):
        return "string"
    scale = max(max(0, -int(value.as_tuple().exponent)) for value in values)
    whole = max(max(0, value.adjusted() + 1) for value in values)
    return f"decimal({_WIDEST},{scale})" if whole + scale <= _WIDEST else "string"


def _fitted(value: Any, kind: str) -> Any:  # noqa: C901, PLR0911 - one branch a type
    from bson import Decimal128  # noqa: PLC0415

    if kind.startswith("list("):
        if not isinstance(value, list):
            raise ValueError
        return [None if each is None else _fitted(each, kind[5:-1]) for each in value]
    if kind == "string":
        return _text(value)
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    if kind in _LIMITS:
        return _whole(value, _LIMITS[kind])
    if kind == "float":
        return _number(value)
    if kind.startswith("decimal("):
        return _decimal(value, kind)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in {"timestamptz", "timestamp", "date"}:
        return _moment(value, kind)
    if kind == "binary" and isinstance(value, bytes):
        return value
    raise ValueError


def _whole(value: Any, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError
    number = int(value)
    if Decimal(value) != number or not -limit <= number < limit:
        raise ValueError
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError
    number = float(value)
    if isinstance(value, int) and int(number) != value:
        raise ValueError
    return number


def _decimal(value: Any, kind: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    digits, scale = (int(each) for each in re.findall(r"\d+", kind))
    if not number.is_finite() or (number and number.adjusted() + 1 > digits - scale):
        raise ValueError
    sign, figures, exponent = number.as_tuple()
    shift = int(exponent) + scale
    if shift < 0 and any(figures[shift:]):
        raise InvalidOperation
    figures = (*figures, *([0] * shift)) if shift >= 0 else figures[:shift]
    return Decimal((sign, figures or (0,), -scale))


def _moment(value: Any, kind: str) -> datetime | date:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError
    zoned = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if kind == "timestamptz":
        return zoned
    plain = zoned.replace(tzinfo=None)
    if kind == "timestamp":
        return plain
    if plain.time() != plain.min.time():
        raise ValueError
    return plain.date()


def _text(value: Any) -> str:
    """Any value as text: what has no text of its own is relaxed Extended JSON."""
    from bson import Decimal128, ObjectId  # noqa: PLC0415
    from bson.json_util import RELAXED_JSON_OPTIONS, dumps  # noqa: PLC0415

    if isinstance(value, str):
        return value
    if isinstance(value, ObjectId | Decimal128 | UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return dumps(value, json_options=RELAXED_JSON_OPTIONS, ensure_ascii=False)


def _arrow(kind: str) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    if kind.startswith("list("):
        return pa.list_(_arrow(kind[5:-1]))
    if kind.startswith("decimal("):
        return pa.decimal128(*(int(each) for each in re.findall(r"\d+", kind)))
    simple = {
        "integer": pa.int32(),
        "bigint": pa.int64(),
        "float": pa.float64(),
        "boolean": pa.bool_(),
        "timestamptz": pa.timestamp("us", "UTC"),
        "timestamp": pa.timestamp("us"),
        "date": pa.date32(),
        "binary": pa.binary(),
    }
    return simple.get(kind, pa.string())
