"""Expressions compiled: parsed, matched with the input's columns, typed, and written as the engine's SQL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from module_operators.casts import refusal
from module_operators.engines.dialect import Argument, Dialect, ExpressionTypeError
from module_operators.expressions.calls import call
from module_operators.expressions.certain_type import certain_type
from module_operators.expressions.grammar import parse
from module_operators.expressions.nodes import Call, Case, Cast, Constant, Interval, Name, Node, Operation
from module_operators.expressions.operators import Operators
from module_operators.expressions.tokens import ExpressionError
from module_operators.expressions.typed import Typed, Typing
from module_operators.problems import Findings
from module_operators.relation import Column, Relation


@dataclass(frozen=True, slots=True)
class CompiledExpression:
    """An expression as the engine's SQL, its logical type, and the columns that it reads."""

    sql: str
    type: str
    columns_used: tuple[str, ...]


def compile_expression(text: str, source: Relation, dialect: Dialect) -> CompiledExpression:
    """The user's expression over the source's columns; the user's text itself never reaches the engine.

    Raises:
        ExpressionError: it is no expression, names what does not exist, or its types do not fit.
    """
    try:
        node = parse(text)
        compiler = _Compiler(text, source, Typing(text, dialect))
        typed = compiler.compile(node)
    except RecursionError:
        raise ExpressionError("The expression is nested too deeply.", text, 0) from None
    if typed.type == "null":
        raise ExpressionError("NULL alone has no type.", text, typed.at, "Write CAST(NULL AS string), for instance.")
    if typed.type == "interval":
        hint = "Add it to a date, or count units with date_diff(unit, start, end)."
        raise ExpressionError("An interval cannot be a value of its own.", text, typed.at, hint)
    if dialect.reference is dialect and typed.type == certain_type(node, compiler.type_of):
        return CompiledExpression(typed.sql, typed.type, tuple(compiler.used))
    return _settled(typed, text, source, compiler.used, dialect)


def _settled(
    typed: Typed, text: str, source: Relation, used: dict[str, Column], dialect: Dialect
) -> CompiledExpression:
    """The expression with its type as the reference engine binds it; another engine's result is cast to that type."""
    if dialect.reference is not dialect:
        kind = compile_expression(text, source, dialect.reference).type
        is_column = len(used) == 1 and typed.sql == dialect.quote(*used)
        sql = typed.sql if is_column else f"CAST({typed.sql} AS {dialect.type_name(kind)})"
        return CompiledExpression(sql, kind, tuple(used))
    columns = tuple(used.values()) or (Column("nothing", "integer"),)
    try:
        (inferred,) = dialect.reference.infer([typed.sql], Relation(source.name, columns))
    except ExpressionTypeError as error:
        raise ExpressionError(str(error), text, typed.at) from None
    sql, kind = typed.sql, typed.type
    if typed.family == "decimal" and inferred.startswith("decimal("):
        kind = inferred
    elif inferred != kind:
        sql = f"CAST({sql} AS {dialect.type_name(kind)})"
    return CompiledExpression(sql, kind, tuple(used))


def checked_expression(
    text: str, source: Relation, dialect: Dialect, path: str, findings: Findings
) -> CompiledExpression | None:
    """The compiled expression of a module's option, or None and a problem at the option's path."""
    try:
        return compile_expression(text, source, dialect)
    except ExpressionError as error:
        findings.add(path, error.message, error.hint, "bad-expression", error.place)
        return None


@dataclass(slots=True)
class _Compiler:
    text: str
    source: Relation
    typing: Typing
    used: dict[str, Column] = field(default_factory=dict)

    def compile(self, node: Node) -> Typed:
        return self.typing.check_size(self._node(node))

    def type_of(self, node: Name) -> str:
        return self._found(node).type

    def _node(self, node: Node) -> Typed:
        match node:
            case Constant():
                return self.typing.constant(node)
            case Name():
                return self._column(node)
            case Interval():
                raise self.typing.error(
                    node.at, "An interval cannot stand here.", "Add it to, or take it from, a date."
                )
            case Call():
                return call(node, [self.compile(argument) for argument in node.arguments], self.typing)
            case Cast():
                return self._cast(node)
            case Case():
                return self._case(node)
            case Operation():
                return self._operation(node)
        raise self.typing.error(node.at, "This is not allowed here.")

    def _column(self, node: Name) -> Typed:
        column = self._found(node)
        self.used[column.name] = column
        return Typed(self.typing.dialect.quote(column.name), column.type, node.at)

    def _found(self, node: Name) -> Column:
        if node.name in self.source:
            return self.source[node.name]
        alike = [c for c in self.source.columns if c.name.lower() == node.name.lower()]
        if len(alike) == 1 and not node.quoted and node.name.isascii():
            return alike[0]
        if node.name.lower() in {"select", "with", "from", "values", "pragma", "attach", "copy", "set"}:
            raise self.typing.error(node.at, "Statements and sub-queries have no place in an expression.")
        nearest = self.source.nearest(node.name)
        if node.quoted and not nearest:
            hint = "Text is written in single quotes: 'text'."
        else:
            hint = f"Did you mean {_written(nearest)}?" if nearest else _available(self.source)
        raise self.typing.error(node.at, f"There is no column '{node.name}'.", hint)

    def _cast(self, node: Cast) -> Typed:
        operand = self.compile(node.operand)
        found = refusal(operand.type, node.target)
        if found is not None:
            raise self.typing.error(node.at, *found)
        dialect = self.typing.dialect
        if operand.type == "null":
            sql = f"CAST(NULL AS {dialect.type_name(node.target)})"
        else:
            mode = "null" if node.or_null else "fail"
            sql = dialect.cast(operand.sql, operand.type, node.target, on_error=mode)
        return Typed(f"({sql})", node.target, node.at, growth=operand.growth)

    def _case(self, node: Case) -> Typed:
        conditions = [self.compile(condition) for condition, _ in node.branches]
        results = [self.compile(result) for _, result in node.branches]
        subject = ""
        if node.subject is not None:
            (compared, *conditions), _ = self.typing.unify(
                [self.compile(node.subject), *conditions], node.at, "compare"
            )
            subject = f" {compared.sql}"
        else:
            conditions = [self.typing.boolean(condition, "WHEN") for condition in conditions]
        otherwise = Typed("NULL", "null", node.at) if node.otherwise is None else self.compile(node.otherwise)
        (*results, otherwise), kind = self.typing.unify([*results, otherwise], node.at, "choose between")
        branches = " ".join(f"WHEN {c.sql} THEN {r.sql}" for c, r in zip(conditions, results, strict=True))
        growth = max(value.growth for value in (*results, otherwise))
        return Typed(f"(CASE{subject} {branches} ELSE {otherwise.sql} END)", kind, node.at, growth=growth)

    def _operation(self, node: Operation) -> Typed:
        if node.operator == "at time zone":
            return self._at_time_zone(node)
        if node.operator in {"+", "-"} and any(isinstance(operand, Interval) for operand in node.operands):
            return self._shifted(node)
        operands = [self.compile(operand) for operand in node.operands]
        return Operators(self.typing).apply(node, operands)

    def _shifted(self, node: Operation) -> Typed:
        left, right = node.operands
        if isinstance(left, Interval) and node.operator == "+":
            left, right = right, left
        if not isinstance(right, Interval) or isinstance(left, Interval):
            raise self.typing.error(node.at, "Intervals are added to, or taken from, a date.")
        moment = self.typing.moment(self.compile(left))
        if moment.type == "null":
            moment = replace(moment, sql=f"CAST(NULL AS {self.typing.dialect.type_name('date')})", type="date")
        if not moment.is_moment:
            raise self.typing.error(node.at, f"An interval cannot be added to {moment.type}.")
        factor = -1 if node.operator == "-" else 1
        length = tuple(factor * part for part in (right.months, right.days, right.microseconds))
        arguments = [Argument(moment.sql, moment.type), Argument("", "interval", length)]
        kind = "timestamp" if moment.type == "date" and right.microseconds else moment.type
        return Typed(self.typing.dialect.function("add_interval", arguments), kind, node.at)

    def _at_time_zone(self, node: Operation) -> Typed:
        moment, zone = self.typing.moment(self.compile(node.operands[0])), node.operands[1]
        name = zone.value if isinstance(zone, Constant) else None
        if not isinstance(name, str) or not _is_zone(name):
            raise self.typing.error(zone.at, "There is no such time zone.", "Write it like 'Europe/Berlin' or 'UTC'.")
        if moment.type == "date":
            moment = self.typing.as_moment(moment, "timestamp")
        if not moment.is_moment:
            raise self.typing.error(node.at, f"AT TIME ZONE needs a timestamp, not {moment.type}.")
        arguments = [Argument(moment.sql, moment.type), Argument(self.typing.dialect.literal(name), "string", name)]
        kind = "timestamptz" if moment.type == "timestamp" else "timestamp"
        return Typed(self.typing.dialect.function("at time zone", arguments), kind, node.at)


def _written(name: str | None) -> str:
    """A column as one writes it in an expression."""
    assert name is not None
    return name if name.isidentifier() else '"' + name.replace('"', '""') + '"'


def _available(source: Relation) -> str:
    return "Available: " + ", ".join(source.names[:20]) + (", …" if len(source.names) > 20 else "")


def _is_zone(name: str) -> bool:
    try:
        return len(name) <= 64 and bool(ZoneInfo(name)) and name.isascii()
    except (ValueError, OSError, KeyError):
        return False
