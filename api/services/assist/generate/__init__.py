"""A first draft of a pipeline from a sentence, by a language model, shown only after the validator passed it."""

from api.services.assist.generate.service import Generated, check_limits, generate

__all__ = ["Generated", "check_limits", "generate"]
