"""Shapes that several subjects read from a request; a field too many is a mistake, not ignored."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(min_length=1, max_length=100)]
PersonId = Annotated[str, Field(min_length=1, max_length=32)]
DeviceName = Annotated[str, Field(min_length=1, max_length=64)]
Seconds = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Range = tuple[Seconds, Seconds]
Ranges = Annotated[list[Range], Field(max_length=500)]


class Asked(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")
