"""Rows put right: text read as what it is, gaps and doubles taken care of, rules that rows must meet."""

from collections.abc import Iterator

from api.services.assist.suggest.column_kinds import Kind, kinds
from api.services.assist.suggest.idea import FEW, Idea, Spot, listed


def parse_dates(spot: Spot) -> Iterator[Idea]:
    named = [kind.name for kind in kinds(spot.columns) if kind.reads_as_date]
    if named:
        reason = f"{listed(named)} {'is' if len(named) == 1 else 'are'} text that reads like a date"
        yield Idea("parse-date-transformer", {"columns": named}, reason, 0.8, "columns")


def cast_numbers(spot: Spot) -> Iterator[Idea]:
    named = [kind.name for kind in kinds(spot.columns) if kind.reads_as_number]
    if named:
        reason = f"{listed(named)} {'is' if len(named) == 1 else 'are'} text that reads like a number"
        mapping = dict.fromkeys(named, "decimal(18,2)")
        yield Idea("cast-types-transformer", {"type_mapping": mapping}, reason, 0.8, "columns")
    floats = [kind.name for kind in kinds(spot.columns) if kind.type == "float" and _is_money(kind)]
    if floats:
        reason = f"{listed(floats)} could be exact: sums of floats round"
        mapping = dict.fromkeys(floats, "decimal(18,2)")
        yield Idea("cast-types-transformer", {"type_mapping": mapping}, reason, 0.15, "columns")


def tidy_text(spot: Spot) -> Iterator[Idea]:
    if "normalize-transformer" in spot.steps:
        return
    emails = [kind.name for kind in kinds(spot.columns) if kind.is_text and kind.has("email", "mail")]
    if emails:
        config = {"columns": emails, "operations": ["trim", "lowercase"]}
        yield Idea(
            "normalize-transformer",
            config,
            f"{listed(emails)}: trimmed and in lower case, so that equal ones are equal",
            0.55,
            "columns",
        )
    names = [kind.name for kind in kinds(spot.columns) if kind.is_text and kind.has("name", "title", "address")]
    if names:
        config = {"columns": names, "operations": ["trim", "collapse_spaces"]}
        yield Idea("normalize-transformer", config, f"Without stray spaces in {listed(names)}", 0.25, "columns")


def validate(spot: Spot) -> Iterator[Idea]:
    if "data-validation-transformer" in spot.steps:
        return
    found = kinds(spot.columns)
    emails = [kind.name for kind in found if kind.is_text and kind.has("email", "mail")]
    keys = [kind.name for kind in found if kind.is_key][:1]
    rules = [{"column": name, "rule": "email"} for name in emails]
    if rules:
        config = {"rules": rules, "action": "flag"}
        yield Idea(
            "data-validation-transformer", config, f"Mark what is no address in {listed(emails)}", 0.35, "columns"
        )
    if keys:
        rules = [{"column": keys[0], "rule": rule} for rule in ("not_null", "unique")]
        yield Idea(
            "data-validation-transformer",
            {"rules": rules},
            f"Make sure that {keys[0]} is there and unique",
            0.2,
            "columns",
        )


def deduplicate(spot: Spot) -> Iterator[Idea]:
    if {"deduplicate-transformer", "aggregate-transformer"} & spot.steps:
        return
    found = kinds(spot.columns)
    united = spot.at.module_id == "union-transformer"
    emails = [kind.name for kind in found if kind.is_text and kind.has("email", "mail")]
    keys = [kind.name for kind in found if kind.is_key]
    for named, strength in ((emails[:1], 0.35), (keys[:1], 0.2)):
        if named:
            reason = f"Keep one row for each {named[0]}"
            yield Idea("deduplicate-transformer", {"columns": named}, reason, 0.6 if united else strength, "columns")
    if united:
        yield Idea("deduplicate-transformer", {}, "Rows that came from both inputs stay once", 0.55, "columns")


def fill_gaps(spot: Spot) -> Iterator[Idea]:
    if "fill-nulls-transformer" in spot.steps:
        return
    joined = spot.at.module_id == "join-transformer"
    numbers = [kind.name for kind in kinds(spot.columns) if kind.is_measure]
    groups = [kind.name for kind in kinds(spot.columns) if kind.is_group and kind.is_text]
    if numbers:
        config = {"strategy": "constant", "columns": numbers[:FEW], "fill_value": 0}
        yield Idea(
            "fill-nulls-transformer",
            config,
            f"0 where {listed(numbers[:FEW])} is empty",
            0.3 if joined else 0.15,
            "columns",
        )
    if groups:
        config = {"strategy": "constant", "columns": groups[:1], "fill_value": "unknown"}
        yield Idea("fill-nulls-transformer", config, f"“unknown” where {groups[0]} is empty", 0.2, "columns")


def drop_gaps(spot: Spot) -> Iterator[Idea]:
    if "remove-nulls-transformer" in spot.steps:
        return
    keys = [kind.name for kind in kinds(spot.columns) if kind.is_key][:1]
    if keys:
        yield Idea("remove-nulls-transformer", {"columns": keys}, f"Leave out rows without {keys[0]}", 0.15, "columns")
    parsed = [kind.name for kind in kinds(spot.columns) if kind.is_time][:1]
    if parsed and spot.at.module_id in {"parse-date-transformer", "cast-types-transformer"}:
        config = {"columns": parsed}
        yield Idea(
            "remove-nulls-transformer", config, f"Leave out rows whose {parsed[0]} could not be read", 0.3, "columns"
        )


def _is_money(kind: Kind) -> bool:
    return kind.has("amount", "price", "cost", "revenue", "salary", "fee", "tax", "total")
