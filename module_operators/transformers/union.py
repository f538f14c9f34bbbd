from collections.abc import Sequence
from typing import ClassVar, Literal

from module_operators.base import Handle, Transformer
from module_operators.common_types import common_type, converted
from module_operators.config import ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import HIDDEN_PREFIX, ROW_ID, Column, Inputs, Query, Relation, SortKey

_INPUT = f"{HIDDEN_PREFIX}input"
_POSITION = f"{HIDDEN_PREFIX}position"


class UnionConfig(ModuleConfig):
    match: Literal["name", "position"] = field(
        "name", "Match columns by", "Put together columns of the same name, or of the same position."
    )
    distinct: bool = field(False, "Distinct", "Keep one of rows that are equal in every column.")


class UnionTransformer(Transformer):
    """Put the rows of several inputs below each other, one input after the other."""

    display_name: ClassVar = "Union"
    category: ClassVar = "combine"
    icon: ClassVar = "layers"
    handles: ClassVar = (Handle("input", 2, None),)
    Config: ClassVar = UnionConfig

    @classmethod
    def transform(cls, config: UnionConfig, inputs: Inputs, sql: Dialect) -> Query:
        sources, findings = inputs.many, Findings()
        matched = [sources[0].columns]
        for number, source in enumerate(sources[1:], 2):
            if config.match == "position":
                matched.append(_by_position(sources[0], source, number, findings))
            else:
                matched.append(_by_name(sources[0], source, number, findings))
        findings.raise_if_any()
        columns = _common_columns(sources[0], matched, findings)
        findings.raise_if_any()
        parts = [
            _part(number, source, list(zip(matched[number], columns, strict=True)), sql)
            for number, source in enumerate(sources)
        ]
        return _put_together(parts, columns, sql, is_ordered=any(s.order for s in sources), distinct=config.distinct)


def _by_name(first: Relation, source: Relation, number: int, findings: Findings) -> tuple[Column, ...]:
    for name in source.names:
        if name not in first:
            findings.add(
                "", f"Input {number} has a column '{name}' that input 1 lacks.", _hint(first, name), "columns-differ"
            )
    found = []
    for name in first.names:
        if name in source:
            found.append(source[name])
        else:
            findings.add("", f"Input {number} has no column '{name}'.", _hint(source, name), "columns-differ")
    return tuple(found)


def _by_position(first: Relation, source: Relation, number: int, findings: Findings) -> tuple[Column, ...]:
    if len(source.columns) != len(first.columns):
        findings.add(
            "",
            f"Input {number} has {len(source.columns)} columns where input 1 has {len(first.columns)}.",
            "Select the same number of columns on each input.",
            "columns-differ",
        )
    return source.columns


def _hint(source: Relation, name: str) -> str:
    nearest = source.nearest(name)
    meant = f"Is it '{nearest}'? Rename it" if nearest else "Add, rename or drop it"
    return f"{meant} before the union, or match by position."


def _common_columns(first: Relation, matched: Sequence[Sequence[Column]], findings: Findings) -> tuple[Column, ...]:
    columns = []
    for index, column in enumerate(first.columns):
        logical = column.type
        for number, others in enumerate(matched[1:], 2):
            common = common_type(logical, others[index].type)
            if common is None:
                findings.add(
                    "",
                    f"Column '{column.name}' is {logical} in input 1 and {others[index].type} in input {number}.",
                    "Make them the same type with Cast Data Types before the union.",
                    "types-differ",
                )
            logical = common or logical
        columns.append(Column(column.name, logical))
    return tuple(columns)


def _part(number: int, source: Relation, pairs: Sequence[tuple[Column, Column]], sql: Dialect) -> str:
    """One input's SELECT: its columns by the result's names and types, its number and the rows' position in it."""
    items = [
        f"{converted(column, target.type, sql, 'the union')} AS {sql.quote(target.name)}" for column, target in pairs
    ]
    items.append(f"{number} AS {sql.quote(_INPUT)}")
    number_of_row = None if source.order else source.row_number
    position = sql.quote(number_of_row) if number_of_row else f"row_number() OVER ({sql.row_order(source)})"
    items.append(f"{position} AS {sql.quote(_POSITION)}")
    return f"SELECT {', '.join(items)} FROM {sql.table(source)}"


def _put_together(
    parts: Sequence[str], columns: tuple[Column, ...], sql: Dialect, *, is_ordered: bool, distinct: bool
) -> Query:
    names, row = sql.columns(columns), sql.quote(ROW_ID)
    # Computed only when something later needs the rows' order.
    number = f"row_number() OVER (ORDER BY {sql.quote(_INPUT)}, {sql.quote(_POSITION)}) AS {row}"
    body = f"SELECT {names}, {number} FROM ({' UNION ALL '.join(parts)}) AS parts"
    if distinct:
        body = f"SELECT {names}, min({row}) AS {row} FROM ({body}) AS numbered GROUP BY {names}"
    order = (SortKey(ROW_ID),) if is_ordered else ()
    return Query(body, columns, (Column(ROW_ID, "bigint"),), order, ROW_ID, "other")
