# ruff: noqa: E501 - a table is read row by row
"""The rows of the function table: name, parameters, result type, description, example, result of the example.

A parameter is `name:kind` or a kind that is its own name; `?` marks an optional one, `+` one that may be repeated.
"""

from __future__ import annotations

from typing import Any

MAX_REPEAT = 1_000

# fmt: off
ROWS: dict[str, list[tuple[str, str, str, str, str, Any]]] = {
    "Text": [
        ("lower", "text", "string", "In lower case.", "lower('ABC')", "abc"),
        ("upper", "text", "string", "In upper case.", "upper('abc')", "ABC"),
        ("trim", "text characters:text?", "string", "Without spaces (or characters) around.", "trim('  a ')", "a"),
        ("ltrim", "text characters:text?", "string", "Without spaces (or characters) before.", "ltrim('xxa', 'x')", "a"),
        ("rtrim", "text characters:text?", "string", "Without spaces (or characters) after.", "rtrim('a  ')", "a"),
        ("length", "text", "bigint", "Number of characters.", "length('Zürich')", 6),
        ("substring", "text start:integer count:integer?", "string", "Characters from a place, 1 the first; negative counts from the end.", "substring('Berlin', 4, 2)", "li"),
        ("left", "text count:integer", "string", "The first characters.", "left('Berlin', 3)", "Ber"),
        ("right", "text count:integer", "string", "The last characters.", "right('Berlin', 3)", "lin"),
        ("replace", "text search:text replacement:text", "string", "Every occurrence replaced.", "replace('a-b-c', '-', '.')", "a.b.c"),
        ("concat", "value:scalar+", "string", "Values as one text; nulls count as empty.", "concat('a', 1, NULL)", "a1"),
        ("concat_ws", "separator:text value:scalar+", "string", "Values joined by a separator; nulls are left out.", "concat_ws('-', 'a', NULL, 'b')", "a-b"),
        ("starts_with", "text start:text", "boolean", "Whether it starts so.", "starts_with('Berlin', 'Be')", True),
        ("ends_with", "text end:text", "boolean", "Whether it ends so.", "ends_with('Berlin', 'in')", True),
        ("contains", "text part:text", "boolean", "Whether it contains the part.", "contains('Berlin', 'erl')", True),
        ("strpos", "text part:text", "bigint", "Where the part is first found, 0 when it is not.", "strpos('Berlin', 'l')", 4),
        ("split_part", "text separator:text place:index", "string", "The n-th part, empty when there are fewer.", "split_part('a,b', ',', 2)", "b"),
        ("lpad", "text length:count fill:text", "string", "Filled up on the left, or cut, to a length.", "lpad('7', 3, '0')", "007"),
        ("rpad", "text length:count fill:text", "string", "Filled up on the right, or cut, to a length.", "rpad('7', 3, '.')", "7.."),
        ("repeat", "text times:count", "string", f"The text several times, {MAX_REPEAT:,} at most.", "repeat('ab', 2)", "abab"),
        ("reverse", "text", "string", "From the last character to the first.", "reverse('abc')", "cba"),
        ("regexp_matches", "text pattern", "boolean", "Whether the pattern is found in it.", "regexp_matches('A-17', '[0-9]+')", True),
        ("regexp_extract", "text pattern group:digits?", "string", "What the pattern (or its n-th group) finds first; empty when nothing.", "regexp_extract('A-17', '[A-Z]-([0-9]+)', 1)", "17"),
        ("regexp_replace", "text pattern replacement:text", "string", "Everything that the pattern finds replaced.", "regexp_replace('a1b2', '[0-9]', '')", "ab"),
        ("md5", "text", "string", "MD5 as 32 hexadecimal digits.", "md5('a')", "0cc175b9c0f1b6a831c399e269772661"),
        ("sha256", "text", "string", "SHA-256 as 64 hexadecimal digits.", "left(sha256('a'), 8)", "ca978112"),
    ],
    "Numbers": [
        ("abs", "number", "first", "Without its sign.", "abs(-3)", 3),
        ("round", "number digits?", "first", "Rounded, halves away from zero.", "CAST(round(2.567, 2) AS float)", 2.57),
        ("floor", "number", "float", "The next whole number below.", "floor(-1.5)", -2.0),
        ("ceil", "number", "float", "The next whole number above.", "ceil(1.2)", 2.0),
        ("trunc", "number", "float", "Without its fraction.", "trunc(-1.7)", -1.0),
        ("sign", "number", "integer", "-1, 0 or 1.", "sign(-5)", -1),
        ("sqrt", "number", "float", "Square root; null for a negative number.", "sqrt(9)", 3.0),
        ("power", "number exponent:number", "float", "To the power of.", "power(2, 10)", 1024.0),
        ("exp", "number", "float", "e to the power of.", "exp(0)", 1.0),
        ("ln", "number", "float", "Natural logarithm; null unless positive.", "ln(1)", 0.0),
        ("log10", "number", "float", "Logarithm to base 10; null unless positive.", "log10(1000)", 3.0),
        ("div", "number:integer divisor:integer", "bigint", "Division without rest, towards zero; null by zero.", "div(7, 2)", 3),
        ("mod", "number divisor:number", "same-number", "The rest of a division; null by zero.", "mod(7, 3)", 1),
        ("is_nan", "number", "boolean", "Whether it is 'not a number'.", "is_nan(CAST('NaN' AS float))", True),
    ],
    "Dates and times": [
        ("current_date", "", "date", "Today in UTC, when the query runs.", "current_date() = CURRENT_DATE", True),
        ("current_timestamp", "", "timestamptz", "Now, when the query runs.", "CURRENT_TIMESTAMP > DATE '2020-01-01'", True),
        ("date_trunc", "unit moment", "moment-unit", "The start of the unit it lies in; weeks start on Monday.", "CAST(date_trunc('month', DATE '2024-05-17') AS string)", "2024-05-01"),
        ("date_part", "part moment", "bigint", "A part as a number; also EXTRACT(part FROM moment).", "date_part('month', DATE '2024-05-17')", 5),
        ("date_add", "moment amount:integer unit", "moment-add", "So many units later (earlier when negative).", "CAST(date_add(DATE '2024-01-31', 1, 'month') AS string)", "2024-02-29"),
        ("date_diff", "unit start:moment end:moment", "bigint", "Whole units from start to end.", "date_diff('day', DATE '2024-01-01', DATE '2024-03-01')", 60),
        ("year", "moment", "bigint", "The year.", "year(DATE '2024-05-17')", 2024),
        ("quarter", "moment", "bigint", "The quarter, 1 to 4.", "quarter(DATE '2024-05-17')", 2),
        ("month", "moment", "bigint", "The month, 1 to 12.", "month(DATE '2024-05-17')", 5),
        ("week", "moment", "bigint", "The ISO week, 1 to 53.", "week(DATE '2024-12-30')", 1),
        ("day", "moment", "bigint", "The day of the month.", "day(DATE '2024-05-17')", 17),
        ("weekday", "moment", "bigint", "The ISO weekday: 1 is Monday, 7 is Sunday.", "weekday(DATE '2024-05-19')", 7),
        ("hour", "moment", "bigint", "The hour, 0 to 23.", "hour(TIMESTAMP '2024-05-17 08:30:05')", 8),
        ("minute", "moment", "bigint", "The minute, 0 to 59.", "minute(TIMESTAMP '2024-05-17 08:30:05')", 30),
        ("second", "moment", "bigint", "The second, 0 to 59.", "second(TIMESTAMP '2024-05-17 08:30:05.9')", 5),
        ("last_day", "moment", "date", "The last day of its month.", "CAST(last_day(DATE '2024-02-05') AS string)", "2024-02-29"),
        ("epoch", "moment", "bigint", "Whole seconds since 1970-01-01 UTC.", "epoch(TIMESTAMP '1970-01-02 00:00:00')", 86400),
        ("from_epoch", "seconds:number", "timestamptz", "The moment so many seconds after 1970-01-01 UTC.", "CAST(from_epoch(86400) AS string)", "1970-01-02 00:00:00+00"),
        ("format_date", "moment format", "string", "As text: %Y year, %m month, %d day, %H hour, %M minute, %S second, %y, %j day of the year, %B month name, %b, %A weekday name, %a.", "format_date(DATE '2024-05-07', '%d.%m.%Y')", "07.05.2024"),
    ],
    "Choices and nulls": [
        ("coalesce", "value:same+", "same", "The first value that is not null.", "coalesce(NULL, 2)", 2),
        ("nullif", "value:same other:same", "first", "Null when both are equal, else the value.", "nullif(0, 0) IS NULL", True),
        ("if", "condition:boolean then:same otherwise:same", "same", "One of two values.", "if(1 < 2, 'yes', 'no')", "yes"),
        ("greatest", "value:same+", "same", "The largest value; nulls are left out.", "greatest(1, 3, NULL)", 3),
        ("least", "value:same+", "same", "The smallest value; nulls are left out.", "least(1, 3, NULL)", 1),
    ],
    "Lists": [
        ("array_length", "list", "bigint", "Number of elements.", "array_length(NULL) IS NULL", True),
        ("array_contains", "list value:element", "boolean", "Whether the value is an element.", "array_contains(NULL, 'a') IS NULL", True),
        ("array_join", "list separator", "string", "The elements as one text; nulls are left out.", "array_join(NULL, ', ') IS NULL", True),
    ],
}
