"""What the columns of one relation ask for. Each rule is a function; `IDEAS` lists them."""

import re
from collections.abc import Callable, Iterator

from api.services.assist.suggest.column_kinds import Kind, kinds
from api.services.assist.suggest.idea import Idea, Spot
from api.services.assist.suggest.named_columns import is_word

FEW = 3
"""Columns that a suggestion names at most of those that fit."""


def parse_dates(spot: Spot) -> Iterator[Idea]:
    named = [kind.name for kind in kinds(spot.columns) if kind.reads_as_date]
    if named:
        reason = f"{_listed(named)} {'is' if len(named) == 1 else 'are'} text that reads like a date"
        yield Idea("parse-date-transformer", {"columns": named}, reason, 0.8, "columns")


def cast_numbers(spot: Spot) -> Iterator[Idea]:
    named = [kind.name for kind in kinds(spot.columns) if kind.reads_as_number]
    if named:
        reason = f"{_listed(named)} {'is' if len(named) == 1 else 'are'} text that reads like a number"
        mapping = dict.fromkeys(named, "decimal(18,2)")
        yield Idea("cast-types-transformer", {"type_mapping": mapping}, reason, 0.8, "columns")
    floats = [kind.name for kind in kinds(spot.columns) if kind.type == "float" and _is_money(kind)]
    if floats:
        reason = f"{_listed(floats)} could be exact: sums of floats round"
        mapping = dict.fromkeys(floats, "decimal(18,2)")
        yield Idea("cast-types-transformer", {"type_mapping": mapping}, reason, 0.15, "columns")


def filter_rows(spot: Spot) -> Iterator[Idea]:
    done = 0.5 if "filter-transformer" in spot.steps else 1.0
    found = kinds(spot.columns)
    for kind in found:
        if kind.type == "boolean":
            yield _filter(quoted(kind.name), f"Keep the rows where {kind.name} is true", 0.5 * done)
        elif kind.is_text and kind.has("status", "state"):
            yield _filter(f"{quoted(kind.name)} = 'active'", f"Keep the rows of one {kind.name}", 0.5 * done)
    times = [kind for kind in found if kind.is_time]
    for kind in times[:1]:
        condition = f"{quoted(kind.name)} >= CURRENT_DATE - INTERVAL '30 days'"
        yield _filter(condition, f"Keep the last 30 days by {kind.name}", 0.4 * done)
    for kind in [kind for kind in found if kind.is_measure][:1]:
        yield _filter(f"{quoted(kind.name)} > 0", f"Keep the rows where {kind.name} is positive", 0.25 * done)
    for kind in found[:1]:
        yield _filter(f"{quoted(kind.name)} IS NOT NULL", f"Keep the rows that have a {kind.name}", 0.1)


def _filter(condition: str, reason: str, strength: float) -> Idea:
    return Idea("filter-transformer", {"condition": condition}, reason, strength, "columns")


def aggregate(spot: Spot) -> Iterator[Idea]:
    found = kinds(spot.columns)
    measures = [kind for kind in found if kind.is_measure]
    groups = [kind for kind in found if kind.is_group]
    calendar = [kind.name for kind in groups if kind.is_calendar]
    strength = 0.15 if "aggregate-transformer" in spot.steps else 0.6
    sums = [{"function": "sum", "column": kind.name, "alias": f"total_{kind.name}"} for kind in measures[:FEW]]
    for by in ([calendar] if calendar else []) + [[kind.name] for kind in groups if not kind.is_calendar][:FEW]:
        config = {"group_by": by, "aggregations": [{"function": "count", "alias": "rows"}, *sums]}
        what = f"Add up {_listed([kind.name for kind in measures[:FEW]])}" if sums else "Count the rows"
        yield Idea("aggregate-transformer", config, f"{what} for each {' and '.join(by)}", strength, "columns")
        strength *= 0.9
    if not groups:
        keys = [kind.name for kind in found if kind.is_key][:1]
        config = {"group_by": keys, "aggregations": [{"function": "count", "alias": "rows"}, *sums]}
        what = f"for each {keys[0]}" if keys else "in one row"
        yield Idea("aggregate-transformer", config, f"Counts and sums {what}", strength * 0.5, "columns")


def date_parts(spot: Spot) -> Iterator[Idea]:
    if "extract-date-parts-transformer" in spot.steps:
        return
    for kind in [kind for kind in kinds(spot.columns) if kind.is_time][:2]:
        parts = ["year", "month"] if kind.type == "date" or not kind.has("time", "hour") else ["weekday", "hour"]
        config = {"date_column": kind.name, "parts": parts}
        reason = f"{' and '.join(parts).capitalize()} of {kind.name}, to group by"
        yield Idea("extract-date-parts-transformer", config, reason, 0.35, "columns")


def sort(spot: Spot) -> Iterator[Idea]:
    if spot.at.module_id == "sort-transformer":
        return
    found = kinds(spot.columns)
    aggregated = "aggregate-transformer" in spot.steps
    calendar = [kind.name for kind in found if kind.is_calendar]
    if aggregated and calendar:
        keys = [{"column": name} for name in calendar]
        yield Idea("sort-transformer", {"sort_by": keys}, f"In the order of {_listed(calendar)}", 0.6, "columns")
    for kind in [kind for kind in found if kind.is_measure][:1]:
        keys = [{"column": kind.name, "direction": "desc"}]
        yield Idea(
            "sort-transformer", {"sort_by": keys}, f"Largest {kind.name} first", 0.55 if aggregated else 0.2, "columns"
        )
    for kind in [kind for kind in found if kind.is_time][:1]:
        keys = [{"column": kind.name, "direction": "desc"}]
        yield Idea("sort-transformer", {"sort_by": keys}, f"Newest {kind.name} first", 0.2, "columns")
    for kind in found[:1]:
        yield Idea(
            "sort-transformer", {"sort_by": [{"column": kind.name}]}, f"In the order of {kind.name}", 0.1, "columns"
        )


def tidy_text(spot: Spot) -> Iterator[Idea]:
    if "normalize-transformer" in spot.steps:
        return
    emails = [kind.name for kind in kinds(spot.columns) if kind.is_text and kind.has("email", "mail")]
    if emails:
        config = {"columns": emails, "operations": ["trim", "lowercase"]}
        yield Idea(
            "normalize-transformer",
            config,
            f"{_listed(emails)}: trimmed and in lower case, so that equal ones are equal",
            0.55,
            "columns",
        )
    names = [kind.name for kind in kinds(spot.columns) if kind.is_text and kind.has("name", "title", "address")]
    if names:
        config = {"columns": names, "operations": ["trim", "collapse_spaces"]}
        yield Idea("normalize-transformer", config, f"Without stray spaces in {_listed(names)}", 0.25, "columns")


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
            "data-validation-transformer", config, f"Mark what is no address in {_listed(emails)}", 0.35, "columns"
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


def split(spot: Spot) -> Iterator[Idea]:
    have = set(spot.columns)
    for kind in kinds(spot.columns):
        if kind.is_text and kind.has("full", "customer", "person", "contact") and kind.has("name"):
            new = ["first_name", "last_name"]
            if not have & set(new):
                config = {"column": kind.name, "separator": " ", "new_columns": new}
                yield Idea("split-column-transformer", config, f"{kind.name} into first and last name", 0.4, "columns")


def computed(spot: Spot) -> Iterator[Idea]:
    found = [kind for kind in kinds(spot.columns) if kind.is_measure]
    prices = [kind for kind in found if kind.has("price", "cost", "rate") or kind.name.endswith("price")]
    counts = [kind for kind in found if kind.has("quantity", "qty", "count", "units", "pieces")]
    discounts = [kind for kind in found if kind.has("discount")]
    if prices and discounts:
        expression = f"{quoted(prices[0].name)} * (1 - {quoted(discounts[0].name)})"
        yield _computed(spot, "revenue", expression, f"{prices[0].name} less {discounts[0].name}", 0.5)
    if prices and counts:
        expression = f"{quoted(prices[0].name)} * {quoted(counts[0].name)}"
        yield _computed(spot, "total", expression, f"{prices[0].name} times {counts[0].name}", 0.5)
    first = [kind for kind in kinds(spot.columns) if kind.is_text and kind.has("first", "given") and kind.has("name")]
    last = [kind for kind in kinds(spot.columns) if kind.is_text and kind.has("last", "family") and kind.has("name")]
    if first and last:
        expression = f"concat_ws(' ', {quoted(first[0].name)}, {quoted(last[0].name)})"
        yield _computed(spot, "full_name", expression, f"{first[0].name} and {last[0].name} in one", 0.3)
    for kind in [kind for kind in kinds(spot.columns) if kind.is_time][:1]:
        yield _computed(spot, "month", f"date_trunc('month', {quoted(kind.name)})", f"The month of {kind.name}", 0.2)
    if len(found) > 1 and not prices:
        expression = f"{quoted(found[0].name)} + {quoted(found[1].name)}"
        yield _computed(spot, "sum", expression, f"{found[0].name} and {found[1].name} together", 0.1)


def _computed(spot: Spot, name: str, expression: str, reason: str, strength: float) -> Idea:
    while name in spot.columns:
        name += "_new"
    config = {"column_name": name, "expression": expression}
    return Idea("add-column-transformer", config, f"New column: {reason}", strength, "columns")


def select(spot: Spot) -> Iterator[Idea]:
    if spot.at.module_id == "select-columns-transformer" or len(spot.columns) < 2:
        return
    doubled = [name for name in spot.columns if name.endswith("_right")]
    if doubled:
        kept = [name for name in spot.columns if name not in doubled]
        yield Idea(
            "select-columns-transformer",
            {"columns": kept},
            f"Without {_listed(doubled)}, which the join doubled",
            0.5,
            "columns",
        )
    strength = 0.35 if len(spot.columns) > 12 else 0.15
    reason = f"Keep what is needed of {len(spot.columns)} columns"
    yield Idea("select-columns-transformer", {"columns": list(spot.columns)[:1000]}, reason, strength, "columns")


def rename(spot: Spot) -> Iterator[Idea]:
    if spot.at.module_id == "rename-columns-transformer":
        return
    plain = {
        name: re.sub(r"\W+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).strip("_").lower() for name in spot.columns
    }
    mapping = {name: new for name, new in plain.items() if new and new != name and new not in spot.columns}
    if mapping and len(set(mapping.values())) == len(mapping):
        reason = f"{_listed(list(mapping))} in plain lower case"
        yield Idea("rename-columns-transformer", {"rename_mapping": mapping}, reason, 0.35, "columns")
    prefixes = {name.partition("_")[0] for name in spot.columns}
    if len(prefixes) == 1 and len(spot.columns) > 1 and all("_" in name.strip("_") for name in spot.columns):
        prefix = prefixes.pop()
        mapping = {name: name.removeprefix(f"{prefix}_") for name in spot.columns}
        reason = f"Without the {prefix}_ that all columns begin with"
        yield Idea("rename-columns-transformer", {"rename_mapping": mapping}, reason, 0.15, "columns")


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
            f"0 where {_listed(numbers[:FEW])} is empty",
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


def pivot(spot: Spot) -> Iterator[Idea]:
    found = kinds(spot.columns)
    groups = [kind.name for kind in found if kind.is_group]
    measures = [kind.name for kind in found if kind.is_measure]
    if len(groups) > 1 and measures:
        strength = 0.4 if spot.at.module_id == "aggregate-transformer" else 0.1
        config = {"index": groups[:1], "columns": groups[1], "values": measures[0]}
        reason = f"{measures[0]} with a row for each {groups[0]} and a column for each {groups[1]}"
        yield Idea("pivot-transformer", config, reason, strength, "columns")


def unpivot(spot: Spot) -> Iterator[Idea]:
    months = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
    wide = [kind.name for kind in kinds(spot.columns) if kind.is_number and _is_of_a_row(kind, months)]
    if len(wide) >= 3 and len({spot.columns[name] for name in wide}) == 1:
        config = {"id_vars": [name for name in spot.columns if name not in wide], "value_vars": wide}
        yield Idea("unpivot-transformer", config, f"{_listed(wide)} as rows instead of columns", 0.6, "columns")


def _is_of_a_row(kind: Kind, months: set[str]) -> bool:
    return bool(kind.words) and (kind.words[-1].isdigit() or kind.words[-1][:3] in months)


def _is_money(kind: Kind) -> bool:
    return kind.has("amount", "price", "cost", "revenue", "salary", "fee", "tax", "total")


def _listed(names: list[str]) -> str:
    """A few names in a sentence."""
    shown = names[:FEW]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def quoted(name: str) -> str:
    """A column as an expression names it."""
    return (
        name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and not is_word(name) else '"' + name.replace('"', '""') + '"'
    )


IDEAS: tuple[Callable[[Spot], Iterator[Idea]], ...] = (
    parse_dates, cast_numbers, filter_rows, aggregate, date_parts, sort, tidy_text, validate, deduplicate, split,
    computed, select, rename, fill_gaps, drop_gaps, pivot, unpivot,
)  # fmt: skip
