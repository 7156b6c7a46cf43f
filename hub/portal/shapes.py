"""Shapes that several subjects read from a request; a field too many is a mistake, not ignored."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

Slug = Annotated[str, Field(min_length=1, max_length=100)]
PersonId = Annotated[str, Field(min_length=1, max_length=32)]
DeviceName = Annotated[str, Field(min_length=1, max_length=64)]
Key = Annotated[str, Field(min_length=8, max_length=64)]
PictureName = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Seconds = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Range = tuple[Seconds, Seconds]
Ranges = Annotated[list[Range], Field(max_length=500)]


class Asked(BaseModel):
    """The body of a request. No text in it holds a NUL: not every database keeps one."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def refuse_nul(cls, value: Any) -> Any:
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and "\x00" in text for text in texts):
            raise ValueError("a text with a NUL")
        return value
