"""Texts in two languages: `"one for both"` or `{"bn": "...", "en": "..."}`."""

from typing import Any, TypeGuard

Text = str | dict[str, str]
LANGUAGES = ("bn", "en")
_BANGLA_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
_LATIN_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


def is_text(value: Any) -> TypeGuard[Text]:
    """Whether a value is a text: a string, or a string for one or more of our languages."""
    if isinstance(value, dict):
        return (
            bool(value)
            and set(value) <= set(LANGUAGES)
            and all(isinstance(words, str) for words in value.values())
        )
    return isinstance(value, str)


def in_language(text: Text, language: str) -> str:
    """Return the words for a language; where they are missing, those of the other language."""
    if isinstance(text, str):
        return text
    return text.get(language) or next((words for words in text.values() if words), "")


def in_digits(shown: object, language: str) -> str:
    """Return a number, or words with numbers in them, in the digits of a language."""
    return str(shown).translate(_BANGLA_DIGITS) if language == "bn" else str(shown)


def in_latin_digits(typed: str) -> str:
    """Return typed words with Latin digits, whichever set they were typed in."""
    return typed.translate(_LATIN_DIGITS)
