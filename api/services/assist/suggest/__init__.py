"""Ranks what could come next in a graph: by its columns, by the modules themselves, by what was built here before."""

from api.services.assist.suggest.ahead import run_learning
from api.services.assist.suggest.learned import Learned
from api.services.assist.suggest.service import Suggested, Suggestion, Wanted, known, suggest

__all__ = ["Learned", "Suggested", "Suggestion", "Wanted", "known", "run_learning", "suggest"]
