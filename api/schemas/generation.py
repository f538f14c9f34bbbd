"""A draft from a sentence, as it is asked for and answered."""

from typing import Annotated

from pydantic import Field

from api.schemas.graph import SavedCanvas
from api.schemas.pipeline import ColumnOut, ProblemOut
from api.schemas.values import In, Out, StoredText


class GenerateIn(In):
    """What a pipeline is to do."""

    sentence: Annotated[
        StoredText,
        Field(
            min_length=3,
            max_length=4_000,
            pattern=r"\S",
            description="In words: what is read, what is done with it, where it goes. It is sent to the model with the "
            "names and columns of files and connections, and with no rows.",
            examples=["Join orders.csv with customers.csv and write the revenue of each country to a Parquet file."],
        ),
    ]


class DraftOut(Out):
    """A pipeline that the validator has passed, not saved yet."""

    name: str
    description: str
    config: SavedCanvas
    problems: list[ProblemOut] = Field(description="Warnings; it has no errors.")
    schemas: dict[str, list[ColumnOut]]
    model: str
    tries: int = Field(description="Answers of the model that it took.")
