"""Importing this makes a process like the one that Airflow's executor forks tasks from.

It has every operator imported, and its objects frozen, as Airflow does before it forks: otherwise each collection of a
task's garbage would look at all that was ever imported.
"""

import atexit
import gc
import logging

import structlog

import module_operators.preload  # noqa: F401

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
gc.collect()
gc.freeze()
atexit.register(gc.unfreeze)  # what is frozen at the end, libraries report as leaked
