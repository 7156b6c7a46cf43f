"""Which page stands at an address.

Asked at every view of a page, so these statements are built once and read columns, not objects.
"""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.tables import Course, Module

_BY_ROUTE = select(Module.current_version_id).where(
    Module.route == bindparam("route"), Module.current_version_id.is_not(None)
)
_TAUGHT = (
    select(Course.title, Module.current_version_id)
    .join(Module, Module.course == Course.course)
    .where(Module.route.is_(None), Module.current_version_id.is_not(None))
)
_MODULE = _TAUGHT.where(Module.key == bindparam("key"))
IS_TAUGHT = _MODULE.exists()
"""Whether people take the module `key`, for a statement that asks something else besides."""

_COURSE = _TAUGHT.where(Course.course == bindparam("course")).limit(1)

_THIS = select(Module.position).where(Module.key == bindparam("key")).scalar_subquery()
_NEXT = (
    select(Module.key, Module.title)
    .where(
        Module.course == bindparam("course"),
        Module.route.is_(None),
        Module.current_version_id.is_not(None),
        Module.position > _THIS,
    )
    .order_by(Module.position)
    .limit(1)
)


def find_by_route(session: Session, route: str) -> int | None:
    """The current version of the page of the house at a route such as "courses"."""
    return session.execute(_BY_ROUTE, {"route": route}).scalar()


def find_module(session: Session, key: str) -> tuple[Any, int] | None:
    """(title of the course, current version) of a module that people take."""
    row = session.execute(_MODULE, {"key": key}).first()
    return (row[0], row[1]) if row else None


def find_next(session: Session, course: str, module: str) -> tuple[str, Any] | None:
    """(key, title) of the module after this one in its course, or None after the last."""
    row = session.execute(_NEXT, {"course": course, "key": f"{course}/{module}"}).first()
    return (row[0], row[1]) if row else None


def find_course(session: Session, course: str) -> Any | None:
    """The title of a course that has something to take; the pages of the house are none."""
    return session.execute(_COURSE, {"course": course}).scalar()
