"""The districts of Bangladesh and their upazilas, and what somebody meant by what she typed.

`places.json` says where the list comes from. A place is kept in Bangla, whichever language it was
typed in; a school is whatever its teachers call it.
"""

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("places.json")


@dataclass(frozen=True)
class Place:
    """An upazila, or an education thana of a city, with its district in both languages."""

    upazila: str
    district: str
    upazila_en: str
    district_en: str

    def label(self, language: str) -> str:
        """How people write it: "মধুপুর, টাঙ্গাইল"."""
        if language == "en":
            return f"{self.upazila_en}, {self.district_en}"
        return f"{self.upazila}, {self.district}"


@cache
def all_places() -> tuple[Place, ...]:
    """Every upazila, in the order of districts and names."""
    districts = json.loads(FILE.read_text("utf-8"))["districts"]
    return tuple(
        Place(upazila, district, upazila_en, district_en)
        for district, district_en, upazilas in districts
        for upazila, upazila_en in upazilas
    )


def find_places(text: str) -> list[Place]:
    """What the words may mean: "মধুপুর, টাঙ্গাইল", "Madhupur", any case; [] if nothing of ours.

    The district may be left out; then a name that several districts have gives them all.
    """
    words = [_plain(part) for part in text.split(",")]
    words = [part for part in words if part]
    if not words:
        return []
    return [place for place in all_places() if _fits(place, words)]


def _fits(place: Place, words: list[str]) -> bool:
    upazila = {_plain(place.upazila), _plain(place.upazila_en)}
    district = {_plain(place.district), _plain(place.district_en)}
    return words[0] in upazila and (len(words) == 1 or words[1] in district)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
