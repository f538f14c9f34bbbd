# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
"""A table of everything that goes wrong elsewhere: every type, odd names, nulls, limits, unicode, zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from .case import Table

NAN, INFINITY = float("nan"), float("inf")
MOST, LEAST = 2**63 - 1, -(2**63)
WIDEST = Decimal("9" * 36 + ".99")
TOKYO, NEW_YORK = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))

ODD_COLUMNS = {
    "id": "integer",
    "Größe (cm)": "string",
    "select": "bigint",
    'a "quoted" name': "decimal(38,2)",
    "UPPER": "float",
    "_logidata_row": "boolean",
    "it's; -- day": "date",
    "x.y`z": "timestamp",
    "日本 時間": "timestamptz",
}
ODD_ROWS = [
    (
        1,
        "naïve 'quoted' \\ %_ 😀",
        MOST,
        WIDEST,
        NAN,
        True,
        date(2024, 2, 29),
        datetime(2024, 2, 29, 23, 59, 59, 999999),
        datetime(2024, 3, 1, 8, 30, tzinfo=TOKYO),
    ),
    (2, None, None, None, None, None, None, None, None),
    (
        3,
        "",
        LEAST,
        WIDEST.copy_negate(),
        -INFINITY,
        False,
        date(1969, 12, 31),
        datetime(1969, 12, 31, 23, 59, 59),
        datetime(2024, 11, 3, 1, 30, tzinfo=NEW_YORK),
    ),
    (
        4,
        "e\u0301",  # one character and an accent of its own
        0,
        Decimal("0.00"),
        INFINITY,
        True,
        date(9999, 12, 31),
        datetime(1900, 1, 1),
        datetime(1970, 1, 1, tzinfo=UTC),
    ),
    (
        3,
        "",
        LEAST,
        WIDEST.copy_negate(),
        -INFINITY,
        False,
        date(1969, 12, 31),
        datetime(1969, 12, 31, 23, 59, 59),
        datetime(2024, 11, 3, 1, 30, tzinfo=NEW_YORK),
    ),
]
ODD = Table(ODD_COLUMNS, ODD_ROWS)
EMPTY_ODD = Table(ODD_COLUMNS)


def column(name: str) -> list:
    """One column's values."""
    index = list(ODD_COLUMNS).index(name)
    return [row[index] for row in ODD_ROWS]
