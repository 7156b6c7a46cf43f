"""Words as they are searched for: one spelling for each, and a stem that endings do not change.

Bangla has several encodings and spellings of one word (য় in one code or two, joiners, শ্রেণী and
শ্রেণি, both digit sets) and puts case and number at its end. `words_of` removes the first kind of
difference, `stems` the second: শ্রেণির, শ্রেণিতে and শ্রেণি share a stem, and so do groups and group.
Both databases keep and ask for these words, so both find the same.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MOST_WORDS = 8  # of a question; more say nothing more
LONGEST_WORD = 40

_SPELLINGS = str.maketrans(
    {
        "\u09c0": "\u09bf",  # long i and u are written for the short ones, and the other way round
        "\u09c2": "\u09c1",
        "ঈ": "ই",
        "ঊ": "উ",
        "ণ": "ন",
        "ৎ": "ত্",
    }
)
# number, case and emphasis; those of the second line stand after a vowel only
_AFTER_ANY = (
    *("টি", "টা", "খানা", "গুলো", "গুলি", "গুলা", "রা", "েরা", "দের", "গণ"),
    *("ের", "কে", "ে", "ই", "ও"),
)
_AFTER_VOWEL = ("র", "তে", "য়", "য়ে", "য়ের")
_ENDINGS = sorted(
    (
        (unicodedata.normalize("NFC", ending).translate(_SPELLINGS), ending in _AFTER_VOWEL)
        for ending in (*_AFTER_ANY, *_AFTER_VOWEL)
    ),
    key=lambda ending: len(ending[0]),
    reverse=True,
)
_VOWELS = frozenset("অআইউঋএঐওঔ\u09be\u09bf\u09c1\u09c3\u09c7\u09c8\u09cb\u09cc")
_ENGLISH_ENDINGS = ("ing", "ed", "es", "s")


@dataclass(frozen=True)
class Question:
    """What somebody looks for: each word as typed, with its stems."""

    words: tuple[tuple[str, frozenset[str]], ...]


def question(text: str) -> Question | None:
    """What to look for, or None if no word was typed."""
    words = dict.fromkeys(words_of(text))
    return Question(tuple((word, stems(word)) for word in words)[:MOST_WORDS]) if words else None


def words_of(text: str) -> list[str]:
    """The words of a text in their one spelling: letters, vowel signs and digits only."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_SPELLINGS)
    return [word[:LONGEST_WORD] for word in "".join(map(_for_words, plain)).split()]


@lru_cache(maxsize=4096)
def stems(word: str) -> frozenset[str]:
    """What stays of a word, as `words_of` gives it, without its endings; two where it may be two.

    >>> sorted(stems("গনিতে"))
    ['গনি', 'গনিত']
    """
    return frozenset({_english_stem(word)}) if word.isascii() else _bangla_stems(word)


@lru_cache(maxsize=4096)
def _for_words(letter: str) -> str:
    """The letter; nothing for a joiner, a space for what stands between words."""
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.digit(letter))
    if category == "Cf":
        return ""
    return letter if category[0] in "LNM" else " "


def _bangla_stems(word: str) -> frozenset[str]:
    for ending, needs_vowel in _ENDINGS:
        left = word.removesuffix(ending)
        if left == word or (needs_vowel and left[-1:] not in _VOWELS):
            continue
        # two letters of its own must stay: ঘরে has an ending, ধরা has none
        if sum(unicodedata.category(letter) == "Lo" for letter in left) > 1:
            found = _bangla_stems(left)
            return found | _bangla_stems(left + "ত") if ending == "তে" else found
    return frozenset({word})


def _english_stem(word: str) -> str:
    for ending in _ENGLISH_ENDINGS:
        left = word.removesuffix(ending)
        if left != word and len(left) > 2 and not word.endswith("ss"):
            return left.removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word
