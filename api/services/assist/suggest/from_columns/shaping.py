"""Other rows and columns out of those that are there: fewer, summed up, in order, computed, turned."""

import re
from collections.abc import Iterator

from api.services.assist.suggest.column_kinds import Kind, kinds
from api.services.assist.suggest.idea import FEW, Idea, Spot, listed
from api.services.assist.suggest.named_columns import quoted


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
        what = f"Add up {listed([kind.name for kind in measures[:FEW]])}" if sums else "Count the rows"
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
        yield Idea("sort-transformer", {"sort_by": keys}, f"In the order of {listed(calendar)}", 0.6, "columns")
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
            f"Without {listed(doubled)}, which the join doubled",
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
        reason = f"{listed(list(mapping))} in plain lower case"
        yield Idea("rename-columns-transformer", {"rename_mapping": mapping}, reason, 0.35, "columns")
    prefixes = {name.partition("_")[0] for name in spot.columns}
    if len(prefixes) == 1 and len(spot.columns) > 1 and all("_" in name.strip("_") for name in spot.columns):
        prefix = prefixes.pop()
        mapping = {name: name.removeprefix(f"{prefix}_") for name in spot.columns}
        reason = f"Without the {prefix}_ that all columns begin with"
        yield Idea("rename-columns-transformer", {"rename_mapping": mapping}, reason, 0.15, "columns")


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
        yield Idea("unpivot-transformer", config, f"{listed(wide)} as rows instead of columns", 0.6, "columns")


def _is_of_a_row(kind: Kind, months: set[str]) -> bool:
    return bool(kind.words) and (kind.words[-1].isdigit() or kind.words[-1][:3] in months)
