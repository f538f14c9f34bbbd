"""Expressions of values at which engines differ by themselves: odd texts and patterns, moments, the ends of numbers."""

from collections.abc import Iterator

_ODD_TEXTS = [
    "",
    "a",
    "Berlin",
    "naïve 👍🏽 e\u0301",
    "a,b,,c",
    "x" * 30,
    " \t pad \n",
    "50%_\\",
    "$1 ${x}",
    "it's",
    "ÄÖÜß",
]
_PATTERNS = [
    "[a-c]+",
    "^[^,]*$",
    "b*",
    "(.)(.)",
    "\\\\d+",
    "\\\\.$",
    "(?i)BERLIN",
    "[[a]",
    "[a&&b]",
    "\\\\s",
    "(?m)^a$",
    ".",
    "a|",
    "[]a]",
    "$",
]
_FLOATS = ["0.0", "-0.5", "2.5", "-2.5", "0.285", "-1.5e-7", "1e308", "123456789.125"]
_DAYS = ["2024-01-31", "2024-02-29", "2023-02-28", "1969-12-31", "0001-01-01", "9999-12-31", "2024-12-30", "2021-01-03"]
_TIMES = [
    "2024-01-31 10:00:00",
    "2024-02-29 09:59:59.999999",
    "1969-12-31 23:59:59.5",
    "2024-03-31 02:30:00",
    "2024-10-27 02:30:00",
]
_NUMBER_TEXTS = [
    "1",
    "+7",
    "-0",
    "3.7",
    "1e3",
    "1E-2",
    "1e999",
    "1e-999",
    ".5",
    "5.",
    "nan",
    "-NaN",
    "+inf",
    "Infinity",
    "infx",
    "0x1",
    "1_0",
    " 9 ",
    "９",
    "1d",
    "12345678901234567890",
    "0.285",
    "99999999.995",
    "1e400",
]
_MOMENT_TEXTS = [
    "2024-02-29",
    "2023-02-29",
    "2024-2-9",
    "2024-02-29T10:00",
    "2024-02-29 1:00:00",
    "2024-02-29 10:00:00.1234567",
    "2024-02-29 10:00:00.9999999",
    "2024-02-29 24:00:00",
    "2024-02-29 10:00:60",
    "2024-02-29 10:00:00Z",
    "2024-02-29 10:00:00 +02",
    "2024-02-29 10:00:00+0530",
    "2024-02-29 10:00:00-17:59",
    "2024-02-29 10:00:00+18:00",
    "2024-02-29T10:00:00 Z",
    "0000-01-01",
    "epoch",
    "now",
    "2024-02-29 10:00:00 Europe/Berlin",
    "10:00:00",
]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _edges() -> Iterator[str]:
    texts = [_quoted(text) for text in _ODD_TEXTS]
    for text in texts:
        yield from (
            f"{name}({text})" for name in ("lower", "upper", "trim", "ltrim", "rtrim", "length", "md5", "sha256")
        )
        yield from (
            f"substring({text}, {start}, {count})" for start in (-9, -2, 0, 1, 3, 90) for count in (-2, 0, 2, 90)
        )
        yield from (f"substring({text}, {start})" for start in (-9, 0, 3))
        yield f"substring({text}, n - 9, n - 4)"
        yield from (f"{name}({text}, {count})" for name in ("left", "right") for count in (-1, 0, 2, "n"))
        yield from (f"split_part({text}, {by}, {place})" for by in ("','", "''", "'b,'") for place in (-2, 1, 3))
        yield from (
            f"{name}({text}, {part})"
            for name in ("contains", "starts_with", "strpos")
            for part in ("''", "'a'", "'\\'")
        )
        yield from (f"replace({text}, {part}, '$\\1')" for part in ("''", "'a'", "'$'"))
        yield from (
            f"{text} LIKE {pattern}"
            for pattern in ("'%a%'", r"'50\%'", r"'50%\_'", "'50!%!_' ESCAPE '!'", "'_' || '%'", "status || '%'")
        )
        yield from (f"{text} ILIKE {pattern}" for pattern in ("'BER%'", "'äöü_'"))
        yield f"{text} LIKE '%' || status || '!%' ESCAPE '!'"
        for pattern in _PATTERNS:
            yield f"regexp_matches({text}, {_quoted(pattern)})"
            yield f"regexp_extract({text}, {_quoted(pattern)})"
            if pattern not in {"b*", "a|"}:  # what replaces nothing at all differs: docs/decisions/spark.md
                yield f"regexp_replace({text}, {_quoted(pattern)}, '<\\0>$1\\\\')"
        yield f"regexp_replace({text}, 'a', status || '$1')"
        yield f"lpad({text}, 5, '*-')"
        yield f"rpad({text}, 2, '')"
    for number in (*(f"CAST({number} AS float)" for number in _FLOATS), "nan", "amount"):
        yield from (
            f"{name}({number})" for name in ("floor", "ceil", "trunc", "round", "sign", "abs", "exp", "sqrt", "ln")
        )
        yield from (f"round({number}, {digits})" for digits in (-3, -1, 1, 2, 10))
        yield from (
            f"TRY_CAST({number} AS {kind})"
            for kind in ("integer", "bigint", "decimal(10,2)", "decimal(38,10)", "decimal(4,0)", "string")
        )
        yield from (
            f"{number} {operator} {other}"
            for operator in ("=", "<", ">", "%", "/")
            for other in ("nan", "0", "n", "price")
        )
    for number in ("12.345", "-12.345", "99.995", "0.5", "price", "n", "big", "-9223372036854775807"):
        yield from (f"round({number}, {digits})" for digits in (-1, 0, 1, 2))
        yield from (
            f"TRY_CAST({number} AS {kind})"
            for kind in ("integer", "bigint", "decimal(4,2)", "decimal(38,3)", "float", "string")
        )
        yield from (
            f"{number} {operator} {other}" for operator in "+-*/%" for other in ("price", "2", "0.001", "-3", "amount")
        )
        yield from (f"mod({number}, 3)", f"abs({number})", f"greatest({number}, price, 3)", f"least({number}, nan, 1)")
    for text in (*_NUMBER_TEXTS, *_ODD_TEXTS[:4]):
        yield from (
            f"TRY_CAST({_quoted(text)} AS {kind})"
            for kind in ("integer", "bigint", "float", "boolean", "decimal(10,2)", "decimal(38,0)")
        )
    for text in _MOMENT_TEXTS:
        yield from (f"TRY_CAST({_quoted(text)} AS {kind})" for kind in ("date", "timestamp", "timestamptz"))
    moments = [*(f"DATE '{day}'" for day in _DAYS), *(f"TIMESTAMP '{time}'" for time in _TIMES), "zoned", "no_day"]
    units = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
    for moment in moments:
        yield from (f"date_part('{part}', {moment})" for part in (*units, "weekday"))
        yield from (f"date_trunc('{unit}', {moment})" for unit in units)
        yield from (
            f"date_add({moment}, {amount}, '{unit}')"
            for unit in units
            for amount in (-1, 13, "n")
            if "9999" not in moment and "0001" not in moment
        )
        yield from (f"date_diff('{unit}', {moment}, {other})" for unit in units for other in moments)
        yield from (f"CAST({moment} AS {kind})" for kind in ("date", "timestamp", "timestamptz", "string"))
        yield from (
            f"epoch({moment})",
            f"last_day({moment})",
            f"format_date({moment}, '%Y-%m-%d ''%%'' %H:%M:%S %y %j %B %b %A %a T')",
        )
        yield f"{moment} + INTERVAL '1 month 2 days 3 hours'" if "9999" not in moment else "1"
        yield from (f"{moment} {operator} {other}" for operator in ("<", "=") for other in ("day", "at_time", "zoned"))
    for time in _TIMES:
        yield from (
            f"TIMESTAMP '{time}' AT TIME ZONE '{zone}'"
            for zone in ("Europe/Berlin", "Asia/Kolkata", "UTC", "America/New_York")
        )
        yield from (
            f"TIMESTAMPTZ '{time}+00' AT TIME ZONE '{zone}'"
            for zone in ("Europe/Berlin", "Asia/Kolkata", "America/New_York")
        )
    yield from (f"from_epoch({seconds})" for seconds in ("0", "1.0000005", "-1.5", "1e9", "86400.999999"))
    yield from (f"array_contains(words, {value})" for value in ("'a'", "'x'", "nothing"))
    yield from ("array_join(words, ', ')", "CAST(words AS string)", "array_length(words)", "words = words")


EDGES = list(dict.fromkeys(_edges()))
"""Where engines differ by themselves."""
