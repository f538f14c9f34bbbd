# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import UTC, date, datetime

from module_operators.relation import SortKey
from module_operators.transformers.parse_date import ParseDateTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, ODD, ODD_COLUMNS, ODD_ROWS

DAY = datetime(2024, 2, 29)


def case(name, config, table, columns=None, rows=None, **more):
    return Case(ParseDateTransformer, name, [table], config, columns, rows, **more)


def texts(name, kind, *pairs, **config):
    """Cases of `(text, the moment)`."""
    table = Table({"from": "string"}, [(text,) for text, _ in pairs])
    options = {"columns": ["from"], "on_error": "null", **config}
    return case(name, options, table, {"from": kind}, [(moment,) for _, moment in pairs])


CASES = [
    texts(
        "ISO 8601",
        "timestamp",
        ("2024-02-29", DAY),
        ("20240229", DAY),
        ("2024-02-29 13:05", datetime(2024, 2, 29, 13, 5)),
        ("2024-02-29T13:05:01.25", datetime(2024, 2, 29, 13, 5, 1, 250000)),
        ("2024-02-29T23:30:00-05:00", datetime(2024, 3, 1, 4, 30)),
        ("2024-02-29T10:00:00Z", datetime(2024, 2, 29, 10)),
        ("  2024-02-29  ", DAY),
        ("1900-01-01", datetime(1900, 1, 1)),
        ("9999-12-31", datetime(9999, 12, 31)),
        (None, None),
    ),
    texts(
        "common forms",
        "timestamp",
        ("2024/2/29", DAY),
        ("2024/02/29 13:05:01", datetime(2024, 2, 29, 13, 5, 1)),
        ("29.02.2024", DAY),
        ("29.2.2024 13:05", datetime(2024, 2, 29, 13, 5)),
        ("29 Feb 2024", DAY),
        ("1 september 2024", datetime(2024, 9, 1)),
        ("FEB 29, 2024", DAY),
        ("Thu, 29 Feb 2024 13:05:01 +0100", datetime(2024, 2, 29, 12, 5, 1)),
    ),
    texts(
        "what is no date",
        "timestamp",
        ("02/03/2024", None),
        ("2023-02-29", None),
        ("31.04.2024", None),
        ("29 Foo 2024", None),
        ("2024-02-29 25:00", None),
        ("２０２４-02-29", None),
        ("now", None),
        ("", None),
        ("2024-02-29; DROP", None),
    ),
    texts(
        "a format without time",
        "date",
        ("29.02.2024", date(2024, 2, 29)),
        ("1.3.2024", date(2024, 3, 1)),
        ("29.02.2023", None),
        ("29.02.24", None),
        ("2024-02-29", None),
        ("29.02.2024 x", None),
        (None, None),
        format="%d.%m.%Y",
    ),
    texts(
        "the clock of twelve hours and years of two digits",
        "timestamp",
        ("02/29/24 1:05 PM", datetime(2024, 2, 29, 13, 5)),
        ("2/9/69 12:00 a.m.", datetime(1969, 2, 9)),
        ("02/09/68 12:30 pm", datetime(2068, 2, 9, 12, 30)),
        ("02/09/68 13:30 pm", None),
        ("02/09/68 00:30 am", None),
        format="%m/%d/%y %I:%M %p",
    ),
    texts(
        "names of months and days, a fraction",
        "timestamp",
        ("Thursday, 29. February 2024 at 7h05:09.5", datetime(2024, 2, 29, 7, 5, 9, 500000)),
        ("Friday, 01. mar 2024 at 23h00:00.000001", datetime(2024, 3, 1, 23, 0, 0, 1)),
        ("Thursday, 29. Mai 2024 at 7h05:09.5", None),
        format="%A, %d. %B %Y at %Hh%M:%S.%f",
    ),
    texts(
        "an offset in the format",
        "timestamptz",
        ("2024-02-29 23:30 -0500", datetime(2024, 3, 1, 4, 30, tzinfo=UTC)),
        ("2024-02-29 23:30 Z", datetime(2024, 2, 29, 23, 30, tzinfo=UTC)),
        ("2024-02-29 23:30 +05:30", datetime(2024, 2, 29, 18, tzinfo=UTC)),
        ("2024-02-29 23:30", None),
        format="%Y-%m-%d %H:%M %z",
    ),
    texts(
        "characters that patterns know, and a percent sign",
        "date",
        ("[2024] (02) 29+ 100%", date(2024, 2, 29)),
        ("2024 02 29 100", None),
        format="[%Y] (%m) %d+ 100%%",
    ),
    texts(
        "a time zone for texts without one",
        "timestamptz",
        ("2024-06-30", datetime(2024, 6, 29, 22, tzinfo=UTC)),
        ("2024-01-31 12:00", datetime(2024, 1, 31, 11, tzinfo=UTC)),
        ("2024-01-31T12:00:00+05:00", datetime(2024, 1, 31, 7, tzinfo=UTC)),
        ("31.01.2024 12:00", datetime(2024, 1, 31, 11, tzinfo=UTC)),
        ("x", None),
        timezone="Europe/Amsterdam",
    ),
    texts(
        "a time zone and a format",
        "timestamptz",
        ("01.07.2024", datetime(2024, 7, 1, 4, tzinfo=UTC)),
        ("01.01.2024", datetime(2024, 1, 1, 5, tzinfo=UTC)),
        format="%d.%m.%Y",
        timezone="America/New_York",
    ),
    case(
        "two columns with odd names, duplicates",
        {"columns": ['a "b"', "ÄÖ"]},
        Table({'a "b"': "string", "n": "bigint", "ÄÖ": "string"}, [("2024-02-29", 1, None), ("2024-02-29", 1, None)]),
        {'a "b"': "timestamp", "n": "bigint", "ÄÖ": "timestamp"},
        [(DAY, 1, None), (DAY, 1, None)],
    ),
    case(
        "every other column stays, duplicates too",
        {"columns": ["Größe (cm)"], "on_error": "null"},
        ODD,
        {name: "timestamp" if name == "Größe (cm)" else kind for name, kind in ODD_COLUMNS.items()},
        [(row[0], None, *row[2:]) for row in ODD_ROWS],
    ),
    case(
        "an empty table",
        {"columns": ["Größe (cm)"], "format": "%Y%m%d"},
        EMPTY_ODD,
        {name: "date" if name == "Größe (cm)" else kind for name, kind in ODD_COLUMNS.items()},
        [],
    ),
    case(
        "sorted by the text: the order is that of before",
        {"columns": ["d"], "format": "%d.%m.%Y"},
        Table({"d": "string"}, [("02.01.2024",), ("01.02.2024",)], (SortKey("d"),)),
        {"d": "date"},
        [(date(2024, 2, 1),), (date(2024, 1, 2),)],
    ),
    case(
        "a failure names the text and its row",
        {"columns": ["d"], "format": "%d.%m.%Y"},
        Table({"id": "bigint", "d": "string"}, [(7, "29.02.2024"), (8, "it's 29.02.2023"), (9, "x")]),
        error=Fails(
            "Column 'd' holds what is no date of the form %d.%m.%Y: 'it's 29.02.2023' "
            "(in the row id = 8, d = it's 29.02.2023)"
        ),
    ),
    case(
        "what is no text, or missing",
        {"columns": ["d", "n", "dd"]},
        Table({"d": "date", "n": "bigint"}),
        error=Refused(
            [
                ("/columns/2", "There is no column 'dd'.", "Did you mean 'd'?"),
                (
                    "/columns/0",
                    "Column 'd' is date, not text.",
                    "It needs no parsing; Cast Data Types changes its type.",
                ),
                ("/columns/1", "Column 'n' is bigint, not text.", "Cast Data Types can make it a string."),
            ]
        ),
    ),
]
