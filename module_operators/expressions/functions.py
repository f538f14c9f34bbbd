"""The functions that an expression may call; documentation, completion and the type check come from this table.

Each example is run by a test and must give the result that stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from module_operators.expressions.function_table import ROWS

UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
PARTS = (*UNITS, "weekday")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes at one place.

    Kinds: text, number, integer, boolean, moment, any, scalar (becomes text), same (all of one type), list, element;
    and constants: unit, part, pattern, count, digits, index, separator, format.
    """

    name: str
    kind: str
    optional: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the expression language; `returns` is a logical type, `same`, `first` or `moment`."""

    name: str
    category: str
    parameters: tuple[Parameter, ...]
    returns: str
    description: str
    example: str
    result: Any

    @property
    def signature(self) -> str:
        shown = [f"[{p.name}]" if p.optional else f"{p.name}, …" if p.repeated else p.name for p in self.parameters]
        return f"{self.name}({', '.join(shown)})"

    @property
    def least(self) -> int:
        return sum(not p.optional for p in self.parameters)

    @property
    def most(self) -> int | None:
        return None if any(p.repeated for p in self.parameters) else len(self.parameters)

    def parameter(self, index: int) -> Parameter:
        return self.parameters[min(index, len(self.parameters) - 1)]


def _parameter(text: str) -> Parameter:
    """`name:kind`, a kind alone, with `?` for optional and `+` for repeated."""
    name, _, kind = text.rstrip("?+").partition(":")
    return Parameter(name, kind or name, text.endswith("?"), text.endswith("+"))


def _table() -> dict[str, Function]:
    functions: dict[str, Function] = {}
    for category, rows in ROWS.items():
        for name, parameters, returns, description, example, result in rows:
            taken = tuple(_parameter(parameter) for parameter in parameters.split())
            functions[name] = Function(name, category, taken, returns, description, example, result)
    return functions


FUNCTIONS = _table()
"""Every function by its name."""

ALIASES = {
    "substr": "substring",
    "ceiling": "ceil",
    "pow": "power",
    "len": "length",
    "char_length": "length",
    "ifnull": "coalesce",
    "nvl": "coalesce",
    "now": "current_timestamp",
    "instr": "strpos",
    "isodow": "weekday",
    "strftime": "format_date",
    "regexp_like": "regexp_matches",
    "datediff": "date_diff",
}
_AGGREGATES = frozenset(
    "sum avg mean min max count median stddev variance first last any_value array_agg list string_agg mode "  # noqa: SIM905
    "quantile row_number rank dense_rank lag lead ntile arg_max arg_min".split()
)


def find(name: str) -> Function | None:
    """The function that a name means, whatever its case; look-alike letters mean nothing."""
    lowered = name.lower() if name.isascii() else name
    return FUNCTIONS.get(ALIASES.get(lowered, lowered))


def unknown(name: str) -> tuple[str, str]:
    """What to say about a name that is no function: message and hint."""
    if name.lower() in _AGGREGATES:
        return f"{name}() works on many rows.", "Aggregates have a module of their own: Aggregate."
    close = get_close_matches(name.lower(), [*FUNCTIONS, *ALIASES], n=1, cutoff=0.6)
    hint = f"Did you mean {close[0]}()?" if close else "The documentation lists all functions."
    return f"There is no function {name}().", hint
