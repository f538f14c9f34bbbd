from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from module_operators.base import Preset, Transformer, outcome
from module_operators.config import ModuleConfig, field
from module_operators.engines.dialect import Argument, Dialect
from module_operators.problems import DataError, Findings
from module_operators.relation import HIDDEN_PREFIX, Column, Inputs, Plan, Query, Relation
from module_operators.run import Run
from module_operators.validation_rules import Rule, broken

ERRORS = "validation_errors"
_TOLD_ROWS = 5


class DataValidationConfig(ModuleConfig):
    rules: list[Rule] = field(
        ...,
        "Rules",
        "What must hold for each row. The run counts the rows that break each rule.",
        [
            {"column": "email", "rule": "email"},
            {"column": "age", "rule": "between", "value": [0, 120]},
            {"rule": "expression", "value": "end_date >= start_date"},
        ],
        min_length=1,
        max_length=200,
    )
    action: Literal["fail", "remove", "flag"] = field(
        "fail",
        "Rows that break a rule",
        "Fail the run, telling the first of them and how many there are; are removed; or are kept, with the names of "
        f"the broken rules in the column {ERRORS} (an empty list for good rows).",
    )


class DataValidationTransformer(Transformer):
    """Check rows against rules, and fail, remove or mark those that break one; each rule's count is kept."""

    display_name: ClassVar = "Data Validation"
    category: ClassVar = "quality"
    icon: ClassVar = "shield-check"
    presets: ClassVar = (
        Preset(
            "key",
            "Key",
            "A column that is always there and never twice.",
            {"rules": [{"column": "id", "rule": "not_null"}, {"column": "id", "rule": "unique"}]},
        ),
        Preset(
            "contacts",
            "Contacts",
            "Rows without a usable e-mail address are marked.",
            {
                "rules": [{"column": "email", "rule": "not_null"}, {"column": "email", "rule": "email"}],
                "action": "flag",
            },
        ),
        Preset(
            "amounts",
            "Amounts",
            "Rows with an impossible amount are removed.",
            {"rules": [{"column": "amount", "rule": "between", "value": [0, 1000000]}], "action": "remove"},
        ),
    )
    Config: ClassVar = DataValidationConfig

    @classmethod
    def transform(cls, config: DataValidationConfig, inputs: Inputs, sql: Dialect) -> Query:
        """The rows after the action, in one query; a task counts as well (see `work`)."""
        checked = _checked(config, inputs.one, sql)
        return _acted(config, inputs.one, f"({checked.sql}) AS checked", sql)

    def work(self, config: DataValidationConfig, run: Run) -> dict[str, Any]:
        """Stages the rows with a mark for each rule, counts the marks, and hands on what the action leaves.

        Counts need every row looked at here: in a query that is fused into a later one, a filter behind this node
        would be evaluated before it, and the counts would be those of the rows that are left.
        """
        plans = self.plans(run)["input"]
        source, sql = plans[0].result, run.runner.dialect(run)
        staged, written = run.runner.materialized(run, run.extended(plans, _checked(config, source, sql)))
        counts, bad_rows = _counts(config, staged, run)
        for rule, count in zip(config.rules, counts, strict=True):
            if count:
                run.log.warning("%s: %s rows break the rule '%s'", run.label, f"{count:,}", rule.label)
        validation = [
            {"rule": rule.label, "column": rule.column, "kind": rule.rule, "failed": count}
            for rule, count in zip(config.rules, counts, strict=True)
        ]
        if bad_rows and config.action == "fail":
            raise DataError(_told(config, staged, counts, bad_rows, run), run.node_id, {"validation": validation})
        rows = staged.steps[-1].query.sql
        plan = Plan((run.step(_acted(config, source, f"({rows}) AS checked", sql)),), (), staged.staged)
        kept = written.rows - bad_rows if config.action == "remove" else written.rows
        told = outcome(run, plan, rows_out=kept, size=written.bytes, metrics={"validation": validation})
        return {**told, "rows_in": written.rows}


def _mark(number: int) -> str:
    return f"{HIDDEN_PREFIX}rule_{number}"


def _checked(config: DataValidationConfig, source: Relation, sql: Dialect) -> Query:
    """The rows with a hidden mark for each rule: whether the row breaks it.

    Raises:
        InvalidNode: a rule does not fit its column.
    """
    findings = Findings()
    conditions = [broken(rule, source, sql, f"/rules/{index}", findings) for index, rule in enumerate(config.rules)]
    _check_labels(config.rules, findings)
    if config.action == "flag":
        findings.distinct([*((name, "") for name in source.names), (ERRORS, "/action")])
    findings.raise_if_any()
    marks = [f"{condition} AS {sql.quote(_mark(number))}" for number, condition in enumerate(conditions)]
    query = f"SELECT {sql.everything(source)}, {', '.join(marks)} FROM {sql.table(source)}"
    hidden = tuple(Column(_mark(number), "boolean") for number in range(len(marks)))
    return Query(query, source.columns, (*source.hidden, *hidden), source.order, source.row_id, "same")


def _check_labels(rules: Sequence[Rule], findings: Findings) -> None:
    labels = [rule.label for rule in rules]
    for index, label in enumerate(labels):
        if label in labels[:index]:
            findings.add(f"/rules/{index}", f"There are two rules '{label}'.", "Remove one, or give it another name.")


def _acted(config: DataValidationConfig, source: Relation, checked: str, sql: Dialect) -> Query:
    """What the action leaves of the marked rows."""
    marks = [sql.quote(_mark(number)) for number in range(len(config.rules))]
    everything = sql.everything(source)
    if config.action == "flag":
        labels = [
            f"CASE WHEN {mark} THEN {sql.literal(rule.label)} END"
            for mark, rule in zip(marks, config.rules, strict=True)
        ]
        items = [(column, sql.quote(column.name)) for column in source.columns]
        return sql.projected(source, [*items, (Column(ERRORS, "list(string)"), sql.text_list(labels))], checked)
    bad = " OR ".join(marks)
    good = f"NOT ({bad})"
    diagnosis = None
    if config.action == "fail":
        failure = f"CAST({sql.failure(sql.literal('A row breaks a rule.'))} AS {sql.type_name('boolean')})"
        good = f"CASE WHEN {bad} THEN {failure} ELSE TRUE END"
        told = [
            (mark, sql.literal(f"The rule '{r.label}' is broken")) for mark, r in zip(marks, config.rules, strict=True)
        ]
        diagnosis = sql.first_failure(source, told, checked)
    query = f"SELECT {everything} FROM {checked} WHERE {good}"
    return Query(query, source.columns, source.hidden, source.order, source.row_id, "filter", diagnosis)


def _counts(config: DataValidationConfig, staged: Plan, run: Run) -> tuple[list[int], int]:
    """How many rows break each rule, and how many break any."""
    sql = run.runner.dialect(run)
    marks = [sql.quote(_mark(number)) for number in range(len(config.rules))]
    sums = [f"count(CASE WHEN {mark} THEN 1 END)" for mark in (*marks, f"({' OR '.join(marks)})")]
    names = [f"{HIDDEN_PREFIX}count_{number}" for number in range(len(sums))]
    items = ", ".join(f"{each} AS {sql.quote(name)}" for each, name in zip(sums, names, strict=True))
    columns = tuple(Column(name, "bigint") for name in names)
    query = Query(f"SELECT {items} FROM ({staged.steps[-1].query.sql}) AS checked", columns)
    counting = Plan((run.step(query),), (), staged.staged)
    ((*counts, bad_rows),) = run.runner.rows(run, counting)
    return counts, bad_rows


def _told(config: DataValidationConfig, staged: Plan, counts: Sequence[int], bad_rows: int, run: Run) -> str:
    """The message of a failed run: each broken rule's count, and the first rows that break one."""
    sql = run.runner.dialect(run)
    marks = [sql.quote(_mark(number)) for number in range(len(config.rules))]
    labels = [
        f"CASE WHEN {mark} THEN {sql.literal(rule.label)} END" for mark, rule in zip(marks, config.rules, strict=True)
    ]
    source = staged.result
    described = sql.described(Relation(source.name, source.columns, source.hidden, source.order, source.row_id))
    checked = f"({staged.steps[-1].query.sql}) AS checked"
    query = (
        f"SELECT {_joined(labels, sql)} || {described} AS {sql.quote('told')} FROM {checked} "
        f"WHERE {' OR '.join(marks)} {sql.row_order(source)} LIMIT {_TOLD_ROWS}"
    )
    telling = Plan((run.step(Query(query, (Column("told", "string"),))),), (), staged.staged)
    rows = [str(row[0]) for row in run.runner.rows(run, telling)]
    rules = [f"{count:,} break '{rule.label}'" for rule, count in zip(config.rules, counts, strict=True) if count]
    return f"{bad_rows:,} rows break a rule: {', '.join(rules)}. The first of them: {'; '.join(rows)}"


def _joined(labels: Sequence[str], sql: Dialect) -> str:
    texts = Argument(sql.text_list(labels), "list(string)")
    return sql.function("array_join", [texts, Argument(sql.literal(", "), "string")])
