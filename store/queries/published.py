"""Find what is published: the page at a route, a course, every module with its current version."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Course, Module, Version


def find_route(session: Session, route: str) -> Module | None:
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


def current_modules(session: Session) -> Sequence[tuple[Course, Module, Version]]:
    """Every published module with its course and its current version, in order."""
    query = (
        select(Course, Module, Version)
        .join(Module, Module.course == Course.course)
        .join(Version, Version.id == Module.current_version_id)
        .order_by(Course.position, Course.course, Module.position)
    )
    return [(course, module, version) for course, module, version in session.execute(query)]
