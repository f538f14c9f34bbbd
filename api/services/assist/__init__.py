"""Help while drawing: what could come next, what could be better, and a first draft from a sentence."""
