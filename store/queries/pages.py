"""Which page stands at an address: looked up at every view, so without its version's contents."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Course, Module


def find_by_route(session: Session, route: str) -> Module | None:
    """The page of the house at a route such as "courses"."""
    return session.scalar(select(Module).where(Module.route == route))


def find_course(session: Session, course: str) -> Course | None:
    """A course that has something to take; the pages of the house are none."""
    query = (
        select(Course)
        .join(Module, Module.course == Course.course)
        .where(
            Course.course == course,
            Module.route.is_(None),
            Module.current_version_id.is_not(None),
        )
        .limit(1)
    )
    return session.scalar(query)
