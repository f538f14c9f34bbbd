from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from module_operators.base import Handle, Transformer
from module_operators.common_types import are_comparable, common_type
from module_operators.config import ADVANCED, ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import HIDDEN_PREFIX, ROW_ID, Column, Inputs, Query, Relation, SortKey

_LEFT, _RIGHT = f"{HIDDEN_PREFIX}left", f"{HIDDEN_PREFIX}right"
_SQL_JOINS = {
    "inner": "INNER JOIN",
    "left": "LEFT JOIN",
    "right": "RIGHT JOIN",
    "outer": "FULL OUTER JOIN",
    "cross": "CROSS JOIN",
}


_KEYS = {
    "input": "left",
    "pair": "right_on",
    "when": {"join_type": ["inner", "left", "right", "outer", "semi", "anti"]},
}


class JoinConfig(ModuleConfig):
    join_type: Literal["inner", "left", "right", "outer", "semi", "anti", "cross"] = field(
        ...,
        "Join type",
        "Rows kept: those that match (inner), also all of the left, of the right, or of both (outer); left rows with "
        "a match (semi) or without one (anti), each once; every pair (cross). Null keys match nothing.",
        "left",
    )
    left_on: list[ColumnName] = field(
        [],
        "Left keys",
        "Key columns of the left input.",
        ["customer_id"],
        max_length=50,
        hints=_KEYS,
    )
    right_on: list[ColumnName] = field(
        [],
        "Right keys",
        "Key columns of the right input, in the same order; empty: the same names.",
        max_length=50,
        hints={"input": "right"},
    )
    suffix: str = field(
        "_right",
        "Suffix",
        "Added to a column of the right input whose name the left one has too.",
        "_customer",
        min_length=1,
        max_length=50,
        hints=ADVANCED,
    )


class JoinTransformer(Transformer):
    """Match the rows of two inputs by key columns."""

    display_name: ClassVar = "Join"
    category: ClassVar = "combine"
    icon: ClassVar = "merge"
    handles: ClassVar = (Handle("left"), Handle("right"))
    Config: ClassVar = JoinConfig

    @classmethod
    def transform(cls, config: JoinConfig, inputs: Inputs, sql: Dialect) -> Query:
        left, right, findings = inputs["left"], inputs["right"], Findings()
        keys = _keys(config, left, right, findings)
        findings.raise_if_any()
        condition = " AND ".join(
            f"{_at(_LEFT, key.left.name, sql)} = {_at(_RIGHT, key.right.name, sql)}" for key in keys
        )
        if config.join_type in {"semi", "anti"}:
            return _filtering(config.join_type, left, right, condition, sql)
        items = _items(config, inputs, keys, sql, findings)
        findings.raise_if_any()
        return _joined(config.join_type, inputs, condition, items, sql)


@dataclass(frozen=True, slots=True)
class _Key:
    left: Column
    right: Column

    @property
    def is_shared(self) -> bool:
        """One name on both sides: the result has it once."""
        return self.left.name == self.right.name


def _keys(config: JoinConfig, left: Relation, right: Relation, findings: Findings) -> list[_Key]:
    if config.join_type == "cross":
        for path, names in (("/left_on", config.left_on), ("/right_on", config.right_on)):
            if names:
                findings.add(path, "A cross join has no keys.", "Remove them, or choose another join type.")
        return []
    if not config.left_on:
        findings.add("/left_on", f"A join of type {config.join_type} needs key columns.", "Name at least one.")
    right_on, right_path = (config.right_on, "/right_on") if config.right_on else (config.left_on, "/left_on")
    if len(right_on) != len(config.left_on):
        findings.add(
            "/right_on",
            f"There are {len(config.left_on)} left and {len(right_on)} right keys.",
            "Name as many of each.",
        )
    keys = []
    for index, name in enumerate(config.left_on):
        one = _key_column(left, name, f"/left_on/{index}", "left", findings)
        other = None
        if index < len(right_on):
            other = _key_column(right, right_on[index], f"{right_path}/{index}", "right", findings)
        if one is None or other is None:
            continue
        if not are_comparable(one.type, other.type):
            findings.add(
                f"/left_on/{index}",
                f"Key '{one.name}' is {one.type} in the left input and '{other.name}' {other.type} in the right one.",
                "Make them the same type with Cast Data Types before the join.",
                "types-differ",
            )
        keys.append(_Key(one, other))
    return keys


def _key_column(source: Relation, name: str, path: str, side: str, findings: Findings) -> Column | None:
    if name in source:
        return source[name]
    nearest = source.nearest(name)
    findings.add(
        path,
        f"The {side} input has no column '{name}'.",
        f"Did you mean '{nearest}'?" if nearest else f"Available: {', '.join(source.names[:20])}",
        "missing-column",
    )
    return None


def _items(
    config: JoinConfig, inputs: Inputs, keys: Sequence[_Key], sql: Dialect, findings: Findings
) -> list[tuple[Column, str]]:
    """The result's columns: the left ones, a shared key once, then the right ones."""
    left, right = inputs["left"], inputs["right"]
    shared = {key.left.name: key for key in keys if key.is_shared}
    items = []
    for column in left.columns:
        key = shared.get(column.name)
        items.append(
            _shared_key(key, sql)
            if key and config.join_type in {"right", "outer"}
            else (column, _at(_LEFT, column.name, sql))
        )
    taken = {name.lower() for name in left.names}
    for column in right.columns:
        if column.name in shared:
            continue
        name = column.name + config.suffix if column.name.lower() in taken else column.name
        items.append((Column(name, column.type), _at(_RIGHT, column.name, sql)))
    findings.distinct([(column.name, "/suffix") for column, _ in items])
    return items


def _shared_key(key: _Key, sql: Dialect) -> tuple[Column, str]:
    """The key's value from whichever side has the row."""
    logical = common_type(key.left.type, key.right.type) or ("timestamptz" if key.left.is_temporal else "float")
    values = [
        value if column.type == logical else sql.cast(value, column.type, logical)
        for column, value in (
            (key.left, _at(_LEFT, key.left.name, sql)),
            (key.right, _at(_RIGHT, key.right.name, sql)),
        )
    ]
    return Column(key.left.name, logical), f"coalesce({', '.join(values)})"


def _filtering(kind: str, left: Relation, right: Relation, condition: str, sql: Dialect) -> Query:
    """Left rows with (semi) or without (anti) a match, in their place."""
    columns = ", ".join(_at(_LEFT, column.name, sql) for column in (*left.columns, *left.hidden))
    found = f"EXISTS (SELECT 1 FROM {sql.table(right)} AS {sql.quote(_RIGHT)} WHERE {condition})"
    test = found if kind == "semi" else f"NOT {found}"
    query = f"SELECT {columns} FROM {sql.table(left)} AS {sql.quote(_LEFT)} WHERE {test}"
    return Query(query, left.columns, left.hidden, left.order, left.row_id, "other")


def _joined(kind: str, inputs: Inputs, condition: str, items: Sequence[tuple[Column, str]], sql: Dialect) -> Query:
    """Pairs of rows. A sorted left input keeps its order; the row id is that of the left row, then of the right one."""
    left, right = inputs["left"], inputs["right"]
    select = [f"{value} AS {sql.quote(column.name)}" for column, value in items]
    hidden: list[Column] = []
    order: list[SortKey] = []
    row_ids = [
        (_at(side, source.row_id, sql), source.row_id_type)
        for side, source in ((_LEFT, left), (_RIGHT, right))
        if source.row_id and source.row_id_type
    ]
    if row_ids:
        hidden.append(Column(ROW_ID, "list(bigint)"))
        select.append(f"{sql.row_key(row_ids)} AS {sql.quote(ROW_ID)}")
    keys = [(_LEFT, left, key) for key in left.order]
    if left.order:  # matches of one left row: in the order of the right input
        keys += [(_RIGHT, right, key) for key in right.order]
        keys += [(_RIGHT, right, SortKey(right.row_id))] if right.row_id else []
    for number, (side, source, key) in enumerate(keys, 1):
        name = f"{HIDDEN_PREFIX}sort_{number}"
        logical = next(column.type for column in (*source.columns, *source.hidden) if column.name == key.column)
        hidden.append(Column(name, logical))
        select.append(f"{_at(side, key.column, sql)} AS {sql.quote(name)}")
        order.append(SortKey(name, key.direction, key.nulls))
    on = f" ON {condition}" if condition else ""
    tables = f"{sql.table(left)} AS {sql.quote(_LEFT)} {_SQL_JOINS[kind]} {sql.table(right)} AS {sql.quote(_RIGHT)}"
    row_id = ROW_ID if row_ids else None
    return Query(
        f"SELECT {', '.join(select)} FROM {tables}{on}", tuple(c for c, _ in items), tuple(hidden), tuple(order), row_id
    )


def _at(side: str, name: str, sql: Dialect) -> str:
    return f"{sql.quote(side)}.{sql.quote(name)}"
