"""Who may see what a person made: the owner decides."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.tables import CohortMember, CohortStaff, Person


def open_to(session: Session, reader_id: str, ids: Collection[str]) -> set[str]:
    """Those of these people whose portfolio this reader may see; removed ones have none.

    "cohort" is who learns in a cohort with the owner, and its staff.
    """
    near = or_(
        CohortMember.cohort_id.in_(
            select(CohortMember.cohort_id).where(CohortMember.person_id == reader_id)
        ),
        CohortMember.cohort_id.in_(
            select(CohortStaff.cohort_id).where(CohortStaff.person_id == reader_id)
        ),
    )
    mates = select(CohortMember.person_id).where(CohortMember.person_id.in_(ids), near)
    query = select(Person.id).where(
        Person.id.in_(ids),
        Person.removed_at.is_(None),
        or_(
            Person.id == reader_id,
            Person.portfolio_for == "everyone",
            (Person.portfolio_for == "cohort") & Person.id.in_(mates),
        ),
    )
    return set(session.scalars(query))
