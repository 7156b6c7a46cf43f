"""Words every sentence of the portal in the reader's language.

There is one catalogue, `locale/bn/LC_MESSAGES/messages.po`, for Python and for the pages: the
msgid is the English sentence, facts stand in it as `{name}`. What a sentence says is decided
where it is raised; which language is asked for is decided in `visitor.py`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from babel.messages.pofile import read_po

from publishing.texts import in_digits

Language = Literal["bn", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "bn"
CATALOGUE = Path(__file__).parent / "locale/bn/LC_MESSAGES/messages.po"


@cache
def catalogue() -> Mapping[str, str]:
    """The Bangla sentence for each English one."""
    with CATALOGUE.open("rb") as file:
        return {
            str(entry.id): str(entry.string)
            for entry in read_po(file)
            if entry.id and not entry.fuzzy
        }


def say(language: Language, message: str, facts: Mapping[str, Any] | None = None) -> str:
    """Return `message` in `language`, with its facts; numbers get the digits of the language."""
    sentence = (catalogue().get(message) or message) if language == "bn" else message
    for name, value in (facts or {}).items():
        sentence = sentence.replace("{" + name + "}", _shown(language, value))
    return sentence


def _shown(language: Language, value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(language, item) for item in value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return in_digits(value, language) if is_number else str(value)
