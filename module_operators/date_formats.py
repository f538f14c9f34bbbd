"""Texts of dates as SQL: a strptime format becomes a pattern, and its groups the ISO 8601 text that a cast reads.

So what a format means is decided here, not by each engine's strptime.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from module_operators.engines.dialect import Argument

if TYPE_CHECKING:
    from module_operators.engines.dialect import Dialect

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LETTERS = r"[A-Za-z]{3,9}"
_GROUPS: Mapping[str, str] = {
    "Y": r"([0-9]{4})",
    "y": r"([0-9]{2})",
    "m": r"([0-9]{1,2})",
    "d": r"([0-9]{1,2})",
    "b": f"({_LETTERS})\\.?",
    "B": f"({_LETTERS})",
    "H": r"([0-9]{1,2})",
    "I": r"([0-9]{1,2})",
    "M": r"([0-9]{2})",
    "S": r"([0-9]{2})",
    "f": r"([0-9]{1,9})",
    "p": r"([AaPp])\.?[Mm]\.?",
    "z": r"(Z|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})",
}
_IGNORED = {"a": r"[A-Za-z]{2,9}\.?", "A": _LETTERS, "%": "%"}
_TIME = "HIMSfp"
_ALTERNATIVES = {"b": "m", "B": "m", "y": "Y", "I": "H"}
DIRECTIVES = "%Y %y %m %b %B %d %H %I %p %M %S %f %z %a %A %%"

# What is read without a format, besides ISO 8601 itself: day first after dots, year first after slashes.
COMMON = (
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d %b %Y",
    "%d %b %Y %H:%M:%S",
    "%b %d, %Y",
    "%a, %d %b %Y %H:%M:%S %z",
)


class FormatRefused(ValueError):
    """A format that says no date."""


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A strptime format, understood: the pattern that a whole text must match, and what its groups are."""

    pattern: str
    groups: Mapping[str, int]

    @classmethod
    def parse(cls, text: str) -> DateFormat:
        """Reads a format.

        Raises:
            FormatRefused: a directive that does not exist, twice, or none for year, month or day.
        """
        pattern, groups = "", {}
        for piece in re.findall(r"%.?|[^%]", text, re.DOTALL):
            letter = piece[1:]
            if len(piece) == 1 and piece != "%":
                pattern += _plain(piece)
            elif letter in _IGNORED:
                pattern += _IGNORED[letter]
            elif letter in _GROUPS:
                meaning = _ALTERNATIVES.get(letter, letter)
                if meaning in {_ALTERNATIVES.get(other, other) for other in groups}:
                    raise FormatRefused(f"'%{letter}' says again what another directive says.")
                groups[letter] = len(groups) + 1
                pattern += _GROUPS[letter]
            else:
                raise FormatRefused(f"'{piece}' is no directive. There are {DIRECTIVES}.")
        _check(groups)
        if len(groups) > 9:
            raise FormatRefused("A format has at most nine directives.")
        return cls(rf"\A{pattern}\z", groups)

    @property
    def logical(self) -> str:
        """The type of what it reads: a date, or a moment in time."""
        if "z" in self.groups:
            return "timestamptz"
        return "timestamp" if any(letter in self.groups for letter in _TIME) else "date"

    def iso(self, text: str, sql: Dialect) -> str:
        """The SQL text `2024-2-29 13:5:00.25+01:00` of a text that matches, null of another one."""
        pieces = [self._year(text, sql), "-", self._month(text, sql), "-", self._digits("d")]
        if self.logical != "date":
            pieces += [" ", self._hour(text, sql), ":", self._digits("M", "00"), ":", self._digits("S", "00")]
            pieces += [".", self._digits("f")] if "f" in self.groups else []
            pieces += [self._digits("z")] if "z" in self.groups else []
        written: list[str] = []
        template = ""
        for piece in pieces:
            if isinstance(piece, _Sql):
                written += [self._rearranged(text, template, sql)] if template else []
                written.append(piece.text)
                template = ""
            else:
                template += piece
        return " || ".join([*written, *([self._rearranged(text, template, sql)] if template else [])])

    def _rearranged(self, text: str, template: str, sql: Dialect) -> str:
        return sql.rearranged(text, self.pattern, template)

    def _digits(self, letter: str, otherwise: str = "") -> str:
        return f"\\{self.groups[letter]}" if letter in self.groups else otherwise

    def _year(self, text: str, sql: Dialect) -> str | _Sql:
        """Two digits are a year from 1969 to 2068."""
        if "Y" in self.groups:
            return self._digits("Y")
        short = self._rearranged(text, self._digits("y"), sql)
        return _Sql(f"CASE WHEN {short} >= '69' THEN '19' ELSE '20' END || {short}")

    def _month(self, text: str, sql: Dialect) -> str | _Sql:
        if "m" in self.groups:
            return self._digits("m")
        name = self._rearranged(text, self._digits("b" if "b" in self.groups else "B"), sql)
        start = sql.function("lower", [Argument(f"substring({name}, 1, 3)", "string")])
        whens = " ".join(f"WHEN '{month}' THEN '{number}'" for number, month in enumerate(_MONTHS, 1))
        return _Sql(f"CASE {start} {whens} END")

    def _hour(self, text: str, sql: Dialect) -> str | _Sql:
        if "H" in self.groups:
            return self._digits("H")
        if "I" not in self.groups:
            return "00"
        hour = self._rearranged(text, self._digits("I"), sql)
        half = sql.function("lower", [Argument(self._rearranged(text, self._digits("p"), sql), "string")])
        morning = " ".join(f"WHEN '{h}' THEN '{h % 12}' WHEN '0{h}' THEN '{h}'" for h in range(1, 13))
        evening = " ".join(f"WHEN '{h}' THEN '{h % 12 + 12}' WHEN '0{h}' THEN '{h + 12}'" for h in range(1, 13))
        return _Sql(f"CASE {half} WHEN 'p' THEN CASE {hour} {evening} END ELSE CASE {hour} {morning} END END")


@dataclass(frozen=True, slots=True)
class _Sql:
    """A part of the text that only SQL can compute."""

    text: str


def _check(groups: Mapping[str, int]) -> None:
    for meaning, letters in (("year", "Yy"), ("month", "mbB"), ("day", "d")):
        if not any(letter in groups for letter in letters):
            raise FormatRefused(f"The format has no {meaning}. It may have {DIRECTIVES}.")
    if ("I" in groups) != ("p" in groups):
        raise FormatRefused("%I (the hour, 1 to 12) and %p (AM or PM) belong together.")
    for inner, outer in (("M", "HI"), ("S", "M"), ("f", "S")):
        if inner in groups and not any(letter in groups for letter in outer):
            raise FormatRefused(f"%{inner} needs %{outer[0]} as well.")


def _plain(character: str) -> str:
    if character.isalnum() and character.isascii():
        return character
    return f"\\x{{{ord(character):X}}}"
