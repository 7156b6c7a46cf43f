"""What somebody typed to join, and what is still missing or wrong, field by field.

The Hub's page shows it and keeps it; a script is not needed for any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.passwords import check_password
from learning.joining import Newcomer
from learning.people import GENDERS, normalise_name
from learning.places import Place, find_places
from store.errors import Invalid, PathshalaError

FIELDS = ("display_name", "name", "place", "school", "gender", "consent")
LONGEST = 200  # what is shown again of something far too long

# The problems, as msgids; those of the rooms come with their own words.
NO_NAME = "Write your name, as your colleagues know you."
NO_PLACE = "Choose your upazila from the list."
WHICH_PLACE = "Several places have this name. Choose yours."
NO_SCHOOL = "Write the name of your school."
NO_CONSENT = "Please read what is kept about you, and agree."

Problem = tuple[str, Mapping[str, Any]]


@dataclass
class JoinForm:
    """Typed words, and problems by field; `places` are those to choose from, when several fit."""

    typed: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    @classmethod
    def typed_in(cls, argument: Callable[[str], str]) -> JoinForm:
        """The fields of a request, to be checked or only to be shown again."""
        return cls({name: " ".join(argument(name)[:LONGEST].split()) for name in FIELDS})

    def check(self, password: str) -> None:
        """Find what is missing or wrong; the password is never kept."""
        self._check_words()
        self._try("name", lambda: normalise_name(self.typed["name"]))
        self._try("password", lambda: check_password(password))
        self._check_place()

    def refuse(self, name: str, error: PathshalaError) -> None:
        """Put an error beside a field."""
        self.problems[name] = (error.message, error.facts)

    def newcomer(self, password_hash: str, language: str) -> Newcomer:
        """What is said to the room, once nothing is wrong."""
        (place,) = self.places
        return Newcomer(
            name=self.typed["name"],
            display_name=self.typed["display_name"],
            password_hash=password_hash,
            school=(self.typed["school"], place.upazila, place.district),
            gender=self.typed["gender"] or None,
            language=language,
            has_consented=bool(self.typed["consent"]),
        )

    def _try(self, name: str, check: Callable[[], object]) -> None:
        try:
            check()
        except Invalid as error:
            self.refuse(name, error)

    def _check_words(self) -> None:
        for name, problem in (("display_name", NO_NAME), ("school", NO_SCHOOL)):
            if not self.typed[name]:
                self.problems[name] = (problem, {})
        if self.typed["gender"] not in GENDERS:
            self.typed["gender"] = ""
        if not self.typed["consent"]:
            self.problems["consent"] = (NO_CONSENT, {})

    def _check_place(self) -> None:
        self.places = find_places(self.typed["place"])
        if len(self.places) != 1:
            self.problems["place"] = (WHICH_PLACE if self.places else NO_PLACE, {})
