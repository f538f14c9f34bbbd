"""Column names as a source has them made fit for every engine: never empty, never equal, whatever the case."""

from __future__ import annotations

from collections.abc import Iterable

from module_operators.relation import HIDDEN_PREFIX


def unique_names(names: Iterable[str]) -> list[str]:
    """The names, surrounding blanks removed; an empty one becomes `column_<n>`, a repeated one gets `_2`, `_3`, ….

    Names that differ only in case count as repeated: engines fold them.
    """
    wanted = [_cleaned(name) or f"column_{number}" for number, name in enumerate(names, 1)]
    reserved = {name.casefold() for name in wanted}
    taken: set[str] = set()
    unique = []
    for name in wanted:
        free, number = name, 2
        while free.casefold() in taken or (free != name and free.casefold() in reserved):
            free, number = f"{name}_{number}", number + 1
        taken.add(free.casefold())
        unique.append(free)
    return unique


def _cleaned(name: str) -> str:
    text = "".join(character if character.isprintable() else " " for character in name).strip()
    return text[len(HIDDEN_PREFIX) :] if text.casefold().startswith(HIDDEN_PREFIX) else text
