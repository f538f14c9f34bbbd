"""TPC-H's 22 queries as pipelines of our modules, beside DuckDB's own answers."""

from benchmarks.tpch.figures import figures

__all__ = ["figures"]
