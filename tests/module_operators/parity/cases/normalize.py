from module_operators.relation import SortKey
from module_operators.transformers.normalize import NormalizeTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, ODD, ODD_COLUMNS, ODD_ROWS

COLUMNS = {"id": "integer", "text": "string"}


def case(name, operations, *pairs):
    before = [(number, given) for number, (given, _) in enumerate(pairs)]
    after = [(number, expected) for number, (_, expected) in enumerate(pairs)]
    config = {"columns": ["text"], "operations": operations}
    return Case(NormalizeTransformer, name, [Table(COLUMNS, before)], config, COLUMNS, after)


CASES = [
    case("lowercase", ["lowercase"], ("ÄÖÜ ÉÑ", "äöü éñ"), ("ABC", "abc"), ("ЖЫ", "жы"), ("ΣΑ", "σα"), (None, None)),
    case("uppercase", ["uppercase"], ("äöü éñ", "ÄÖÜ ÉÑ"), ("жы", "ЖЫ"), ("", ""), (None, None), ("日本 1", "日本 1")),
    case(
        "trim",
        ["trim"],
        ("  a  b \t\n", "a  b"),
        ("\u00a0\u3000x\u2009", "x"),
        (" \r\n\x0b\f ", ""),
        ("a\n", "a"),
        ("\n \na \n b\n\n", "a \n b"),
        (None, None),
    ),
    case(
        "collapse spaces", ["collapse_spaces"], ("a  b\t\nc", "a b c"), ("\u00a0 \u3000x", " x"), ("", ""), (None, None)
    ),
    case(
        "remove special",
        ["remove_special"],
        ("a-b_c! d?", "abc d"),
        ("naïve ½ ٣ १", "naïve ½ ٣ १"),
        ("$1,000.50 \\ 'x' \"y\" [z] ^", "100050  x y z "),
        ("😀 हिन्दी e\u0301", " हिन्दी e\u0301"),
        (None, None),
    ),
    case(
        "strip accents",
        ["strip_accents"],
        ("Ångström e\u0301 Ñandú", "Angstrom e Nandu"),
        ("ệ Ǟ ç ø ł ß", "e A c ø ł ß"),  # ø, ł and ß are letters of their own
        ("Ё й ά", "Е и α"),
        ("हिन्दी が ไทย", "हिन्दी が ไทย"),
        ("é हिन्दी", "e हिन्दी"),
        ("한국어 日本", "한국어 日本"),
        ("plain", "plain"),
        (None, None),
    ),
    case(
        "one after the other",
        ["strip_accents", "lowercase", "remove_special", "collapse_spaces", "trim"],
        ("  Zoë  O'Brien-Łuczak ", "zoe obrienłuczak"),
        ("¡Olé!", "ole"),
        (None, None),
    ),
    case("the order counts", ["trim", "remove_special"], ("! a !", " a "), (" ! ", "")),
    Case(
        NormalizeTransformer,
        "other columns stay",
        [ODD],
        {"columns": ["Größe (cm)"], "operations": ["uppercase"]},
        ODD_COLUMNS,
        [(row[0], row[1] and row[1].upper(), *row[2:]) for row in ODD_ROWS],
    ),
    Case(
        NormalizeTransformer,
        "an empty table",
        [EMPTY_ODD],
        {"columns": ["Größe (cm)"], "operations": ["trim"]},
        ODD_COLUMNS,
        [],
    ),
    Case(
        NormalizeTransformer,
        "sorted by what is changed: the order is that of before",
        [Table(COLUMNS, [(1, "b"), (2, "A"), (3, "c")], (SortKey("text"),))],
        {"columns": ["text"], "operations": ["lowercase"]},
        COLUMNS,
        [(2, "a"), (1, "b"), (3, "c")],
        order=(SortKey("__logidata_sort_1"),),
    ),
    Case(
        NormalizeTransformer,
        "what is no text, or missing",
        [Table(COLUMNS)],
        {"columns": ["id", "texts"], "operations": ["trim"]},
        error=Refused(
            [
                ("/columns/0", "Column 'id' is integer, not text.", "Cast Data Types can make it a string."),
                ("/columns/1", "There is no column 'texts'.", "Did you mean 'text'?"),
            ]
        ),
    ),
]
