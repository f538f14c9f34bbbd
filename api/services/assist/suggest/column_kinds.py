"""What a column probably holds, by its name and type: no row is read for a suggestion."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

Columns = Mapping[str, str]
"""Types by name, in the order of the relation."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_DATES = _words("date day dob birthday birthdate datetime timestamp time deadline")
_PAST = _words("created updated modified ordered shipped paid delivered deleted signed joined started ended")
_NUMBERS = _words(
    "amount price total cost revenue sales qty quantity count balance fee tax discount salary rate score "
    "weight sum value distance duration height width length percent percentage margin profit budget hours "
    "minutes"
)
_KEYS = _words("id ids key code uuid guid sku number no nr ref")
_GROUPS = _words(
    "status type category country region city state segment group class channel department gender brand "
    "priority mode flag kind level tier currency language source carrier origin dest destination product team"
)
_CALENDAR = _words("year quarter month week weekday hour")
_GLUED = re.compile(r"\w{2,}key|(?!invalid|unpaid|prepaid)\w{4,}id", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """A column by its name and its type."""

    name: str
    type: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its name: `orderDate` and `order_date` have two."""
        return tuple(word.lower() for word in _PARTS.findall(self.name))

    @property
    def is_text(self) -> bool:
        return self.type == "string"

    @property
    def is_number(self) -> bool:
        return self.type in {"integer", "bigint", "float"} or self.type.startswith("decimal")

    @property
    def is_time(self) -> bool:
        return self.type in {"date", "timestamp", "timestamptz"}

    @property
    def is_key(self) -> bool:
        """Whether rows of other relations may name it."""
        last = self.words[-1] if self.words else ""
        return not self.is_time and self.type != "float" and (last in _KEYS or bool(_GLUED.fullmatch(last)))

    @property
    def is_calendar(self) -> bool:
        """Whether it is a part of a date."""
        return bool(self.words) and self.words[-1] in _CALENDAR and not self.is_time

    @property
    def is_measure(self) -> bool:
        """Whether adding it up means something."""
        return self.is_number and not self.is_key and not self.is_calendar

    @property
    def is_group(self) -> bool:
        """Whether rows are probably counted by it."""
        return (self.is_text and bool(_GROUPS & set(self.words))) or self.type == "boolean" or self.is_calendar

    @property
    def reads_as_date(self) -> bool:
        """Whether it is text that says when."""
        if not self.is_text or not self.words:
            return False
        return bool(_DATES & set(self.words)) or (self.words[-1] in {"at", "on"} and bool(_PAST & set(self.words)))

    @property
    def reads_as_number(self) -> bool:
        """Whether it is text that says how much."""
        return self.is_text and bool(_NUMBERS & set(self.words)) and not self.is_key

    def has(self, *words: str) -> bool:
        """Whether its name has any of these words."""
        return bool(set(words) & set(self.words))


def kinds(columns: Columns) -> list[Kind]:
    """The columns of a relation in their order."""
    return [Kind(name, type_) for name, type_ in columns.items()]


def comparable(left: str, right: str) -> bool:
    """Whether equality between two types means what it says."""
    return _family(left) == _family(right)


def _family(type_: str) -> str:
    kind = Kind("", type_)
    return "number" if kind.is_number else "time" if kind.is_time else type_
