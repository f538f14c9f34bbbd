"""The error answers that routes declare."""

from typing import Any

Answers = dict[int | str, dict[str, Any]]


def _answer(status: int, description: str) -> Answers:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    return {status: {"description": description, "content": content}}


MALFORMED = _answer(400, "The body is not what its Content-Type says: no JSON, or no text at all.")
UNAUTHENTICATED = _answer(401, "Nobody is signed in, or no longer.")
FORBIDDEN = _answer(403, "Your role, or that you are not the owner, forbids it; `code` says which.")
NOT_FOUND = _answer(404, "There is no such thing.")
CONFLICT = _answer(409, "Not possible in the present state; `code` says why.")
TOO_LARGE = _answer(413, "The body is too large.")
UNSIGNED = _answer(401, "The signature is missing, wrong or old.")
TOO_MANY = _answer(429, "Called too often; Retry-After says when it may work.")
BAD_ANSWER = _answer(502, "The service that was asked failed, or answered nonsense; `detail` says what to do.")
NO_ANSWER = _answer(504, "The service that was asked took too long.")
NO_SPACE = _answer(507, "There is no room for it.")
INVALID = _answer(422, "The request is malformed; `errors` or `problems` say where.")
UNAVAILABLE = _answer(503, "Something that is needed is away; nothing was changed.")
