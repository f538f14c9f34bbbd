"""Expressions: conditions and formulas over a relation's columns, one language whatever the engine.

    amount > 100 AND status = 'active'

Columns stand bare (`amount`, matched exactly, else whatever their case when only one fits) or in double quotes
(`"unit price"`, exactly); text in single quotes. Operators bind as in PostgreSQL. functions.py lists all functions.
Integers compute as bigint, `/` gives a float, anything divided by zero is null, a float cast to an integer truncates,
weeks and weekdays are ISO, times without a zone are UTC. A text constant beside a date is read as a date.
"""

from module_operators.expressions.compile import CompiledExpression, checked_expression, compile_expression
from module_operators.expressions.functions import FUNCTIONS, Function
from module_operators.expressions.tokens import ExpressionError

__all__ = ["FUNCTIONS", "CompiledExpression", "ExpressionError", "Function", "checked_expression", "compile_expression"]
