"""Who wrote something, as colleagues know her; the sign-in name is never part of it."""

from collections.abc import Collection
from typing import Any

from store.database import Session
from store.queries import people, portfolios
from store.tables import Person


def describe(session: Session, reader: Person, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """People by id as JSON: display_name, school, upazila, district, and `portfolio`.

    `portfolio` is what stands in the address of her page, None where the reader may not see it.
    """
    open_portfolios = portfolios.open_to(session, reader.id, ids)
    return {
        person.id: {
            "display_name": person.display_name,
            "school": person.school.name if person.school else None,
            "upazila": person.school.upazila if person.school else None,
            "district": person.school.district if person.school else None,
            "portfolio": person.id if person.id in open_portfolios else None,
        }
        for person in people.by_id(session, ids).values()
    }
