"""Is the process alive, and is everything that it needs there?"""

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> dict[str, str]:
    """Answer while the process lives, whatever else is away."""
    return {"status": "ok"}
