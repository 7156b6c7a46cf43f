"""What is published: courses, modules, versions."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.errors import NotFound
from store.tables import Course, Module, Version


def find_current(session: Session, module_key: str) -> Version | None:
    """The version of a module that readers get, or None."""
    return session.scalar(
        select(Version)
        .join(Module, Module.current_version_id == Version.id)
        .where(Module.key == module_key)
    )


def get_current(session: Session, module_key: str) -> Version:
    """The version of a module that readers get; raise NotFound("module-not-found")."""
    version = find_current(session, module_key)
    if version is None:
        raise NotFound("module-not-found", "There is no such module.")
    return version


_NEWEST_FIRST = (
    select(Version.id, Version.content_hash)
    .where(Version.module == bindparam("module"))
    .order_by(Version.number.desc())
)


def newest_first(session: Session, module_key: str) -> list[tuple[int, str]]:
    """(id, content hash) of each version of a module, newest first."""
    return [(row[0], row[1]) for row in session.execute(_NEWEST_FIRST, {"module": module_key})]


def taught(session: Session, course: str | None = None) -> list[tuple[Course, Module, Version]]:
    """Modules that people take, with course and current version, in order; pages are none."""
    query = (
        select(Course, Module, Version)
        .join(Module, Module.course == Course.course)
        .join(Version, Version.id == Module.current_version_id)
        .where(Module.route.is_(None))
        .order_by(Course.position, Course.course, Module.position, Module.key)
    )
    if course is not None:
        query = query.where(Course.course == course)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def titles(session: Session, keys: set[str]) -> dict[str, object]:
    """The title (a Text) of each module by key."""
    rows = session.execute(select(Module.key, Module.title).where(Module.key.in_(keys)))
    return {key: title for key, title in rows}
