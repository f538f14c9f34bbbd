"""What transformers do to columns and rows, as far as rewrites rely on it; whatever is not told here is left alone."""

from dag_factory.compile import Schemas
from dag_factory.rewrites.drawing import Drawing

FILTERING = frozenset({"filter", "remove-nulls"})
"""They keep some rows as they are; each row for itself decides."""

PRUNING = frozenset({"select-columns", "rename-columns"})
"""They keep all rows, and values as they are."""

COMPUTING = frozenset(
    {"add-column", "map", "normalize", "cast-types", "parse-date", "split-column", "extract-date-parts", "fill-nulls"}
)
"""They keep all rows, and compute columns of each row from that row (fill-nulls: when it fills in a constant)."""


def stem(drawing: Drawing, node_id: str) -> str:
    """The name of a node's transformer, empty for other modules."""
    module = drawing.module(node_id)
    return module.stem if module is not None and module.type == "transformer" else ""


def computed(drawing: Drawing, node_id: str) -> frozenset[str] | None:  # noqa: PLR0911 - one return a module
    """The columns that a node computes row by row, all others being as they were.

    None for modules that do more, and for those whose author has the run end at a bad value: fewer rows before them
    could let it pass.
    """
    config = drawing.config(node_id)
    match stem(drawing, node_id):
        case "add-column":
            expression = drawing.expressions.get(node_id)
            known = expression is not None and expression.risk != "data"
            return frozenset({config["column_name"]}) if known else None
        case "map":
            return frozenset({config["target_column"] or config["column"]})
        case "normalize":
            return frozenset(config["columns"])
        case "cast-types" if config["on_error"] == "null":
            return frozenset(config["type_mapping"])
        case "parse-date" if config["on_error"] == "null":
            return frozenset(config["columns"])
        case "split-column":
            return frozenset(config["new_columns"])
        case "extract-date-parts":
            prefix = f"{config['date_column']}_" if config["prefix"] is None else config["prefix"]
            return frozenset(f"{prefix}{part}" for part in config["parts"])
        case "fill-nulls" if config["strategy"] == "constant" and config["columns"]:
            return frozenset(config["columns"])
    return None


def has_exact_keys(schemas: Schemas, node_id: str, columns: frozenset[str]) -> bool:
    """Whether equal values of these columns are the same value: a float's two zeros are equal and differ."""
    types = {column["name"]: column["type"] for column in schemas.get(node_id, ())}
    return all(name in types and "float" not in types[name] for name in columns)


def same_query(drawing: Drawing) -> bool:
    """Whether neighbours that nobody else reads run in one query, and so at one moment."""
    return drawing.graph.materialize == "auto" and drawing.graph.engine == "duckdb"
