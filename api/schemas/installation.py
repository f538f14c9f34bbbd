"""An installation as its users see it."""

from pydantic import Field

from api.schemas.values import Out


class InstallationOut(Out):
    """What is the same for everybody who is signed in."""

    airflow_url: str = Field(description="Where a browser finds Airflow, without a slash at the end.")
    has_assistant: bool = Field(description="Whether `assist/generate` can be asked for drafts.")
