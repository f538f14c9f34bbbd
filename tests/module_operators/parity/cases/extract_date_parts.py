# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import UTC, date, datetime

from module_operators.relation import SortKey
from module_operators.transformers.extract_date_parts import ExtractDatePartsTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, NEW_YORK, ODD, ODD_COLUMNS, TOKYO

ALL = ["year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "second"]


def case(name, config, table, columns=None, rows=None, **more):
    return Case(ExtractDatePartsTransformer, name, [table], config, columns, rows, **more)


def parts(name, kind, *pairs, **config):
    """Cases of `(moment, its nine parts)`."""
    rows = [(moment, *(found or [None] * 9)) for moment, found in pairs]
    columns = {"Ab": kind, **{f"Ab_{part}": "bigint" for part in ALL}}
    table = Table({"Ab": kind}, [(moment,) for moment, _ in pairs])
    return case(name, {"date_column": "Ab", "parts": ALL, **config}, table, columns, rows)


CASES = [
    parts(
        "dates, ISO weeks at both ends of a year",
        "date",
        (date(2024, 2, 29), [2024, 1, 2, 9, 29, 4, 0, 0, 0]),
        (date(2024, 12, 30), [2024, 4, 12, 1, 30, 1, 0, 0, 0]),
        (date(2021, 1, 3), [2021, 1, 1, 53, 3, 7, 0, 0, 0]),
        (date(1969, 12, 31), [1969, 4, 12, 1, 31, 3, 0, 0, 0]),
        (date(9999, 12, 31), [9999, 4, 12, 52, 31, 5, 0, 0, 0]),
        (None, None),
    ),
    parts(
        "timestamps",
        "timestamp",
        (datetime(2024, 2, 29, 23, 59, 59, 999999), [2024, 1, 2, 9, 29, 4, 23, 59, 59]),
        (datetime(1969, 12, 31, 23, 59, 59, 500000), [1969, 4, 12, 1, 31, 3, 23, 59, 59]),
        (datetime(1900, 1, 1), [1900, 1, 1, 1, 1, 1, 0, 0, 0]),
        (None, None),
    ),
    parts(
        "moments with a zone are read in UTC",
        "timestamptz",
        (datetime(2024, 1, 1, 8, 30, tzinfo=TOKYO), [2023, 4, 12, 52, 31, 7, 23, 30, 0]),
        (datetime(2024, 12, 31, 20, 0, 5, tzinfo=NEW_YORK), [2025, 1, 1, 1, 1, 3, 1, 0, 5]),
        (None, None),
    ),
    parts(
        "or in a zone, in summer and winter",
        "timestamptz",
        (datetime(2024, 6, 30, 22, 30, tzinfo=UTC), [2024, 3, 7, 27, 1, 1, 0, 30, 0]),
        (datetime(2024, 12, 31, 23, 15, tzinfo=UTC), [2025, 1, 1, 1, 1, 3, 0, 15, 0]),
        (None, None),
        timezone="Europe/Amsterdam",
    ),
    case(
        "another prefix, in the order named",
        {"date_column": "it's; -- day", "parts": ["month", "year"], "prefix": 'a "b" '},
        Table({"it's; -- day": "date"}, [(date(2024, 2, 29),)]),
        {"it's; -- day": "date", 'a "b" month': "bigint", 'a "b" year': "bigint"},
        [(date(2024, 2, 29), 2, 2024)],
    ),
    case(
        "no prefix, duplicates",
        {"date_column": "d", "parts": ["day"], "prefix": ""},
        Table({"d": "date"}, [(date(2024, 2, 29),), (date(2024, 2, 29),)]),
        {"d": "date", "day": "bigint"},
        [(date(2024, 2, 29), 29), (date(2024, 2, 29), 29)],
    ),
    case(
        "other columns stay",
        {"date_column": "x.y`z", "parts": ["second"]},
        ODD,
        {**ODD_COLUMNS, "x.y`z_second": "bigint"},
        [(*row, second) for row, second in zip(ODD.rows, [59, None, 59, 0, 59], strict=True)],
    ),
    case(
        "an empty table",
        {"date_column": "日本 時間", "parts": ["hour"]},
        EMPTY_ODD,
        {**ODD_COLUMNS, "日本 時間_hour": "bigint"},
        [],
    ),
    case(
        "a sorted input stays sorted",
        {"date_column": "d", "parts": ["day"]},
        Table({"d": "date"}, [(date(2024, 2, 1),), (date(2024, 2, 2),)], (SortKey("d", "desc"),)),
        {"d": "date", "d_day": "bigint"},
        [(date(2024, 2, 2), 2), (date(2024, 2, 1), 1)],
        order=(SortKey("d", "desc"),),
    ),
    case(
        "what is no date",
        {"date_column": "Größe (cm)", "parts": ["day", "day"]},
        ODD,
        error=Refused(
            [
                ("/date_column", "Column 'Größe (cm)' is string, not a date", "Parse Dates can make it one."),
                ("/parts/1", "Part 'day' is listed twice.", "Remove one of the two."),
            ]
        ),
    ),
    case(
        "a name that is taken, and a zone for what has none",
        {"date_column": "d", "parts": ["day"], "prefix": "D_", "timezone": "Europe/Berlin"},
        Table({"d": "date", "d_day": "integer"}),
        error=Refused(
            [
                ("/timezone", "Column 'd' is date: it has no time zone", "Remove the time zone."),
                ("/prefix", "Columns 'd_day' and 'D_day' differ only in case", "Give one another name."),
            ]
        ),
    ),
]
