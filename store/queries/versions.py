"""Versions of a module, for whoever publishes the next."""

from collections.abc import Collection

from sqlalchemy import func, select

from store.database import Session
from store.tables import Course, Module, Version


def find_by_content(session: Session, module: str, content_hash: str) -> Version | None:
    """The version of a module that has this content, current or not."""
    return session.scalar(
        select(Version).where(Version.module == module, Version.content_hash == content_hash)
    )


def find_by_number(session: Session, module: str, number: int) -> Version | None:
    """One version of a module, current or not."""
    return session.scalar(select(Version).where(Version.module == module, Version.number == number))


def versions_of(session: Session, module: str) -> list[Version]:
    """All versions of a module, oldest first."""
    found = session.scalars(
        select(Version).where(Version.module == module).order_by(Version.number)
    )
    return list(found)


def latest(session: Session, modules: Collection[str], most: int) -> dict[str, list[Version]]:
    """The last versions of each of these modules, newest first, `most` at the most."""
    rank = func.row_number().over(partition_by=Version.module, order_by=Version.number.desc())
    ranked = select(Version.id, rank.label("rank")).where(Version.module.in_(modules)).subquery()
    query = (
        select(Version)
        .where(Version.id.in_(select(ranked.c.id).where(ranked.c.rank <= most)))
        .order_by(Version.number.desc())
    )
    found: dict[str, list[Version]] = {module: [] for module in modules}
    for version in session.scalars(query):
        found[version.module].append(version)
    return found


def current_number(session: Session, module: str) -> int | None:
    """The number of the version that readers get."""
    query = (
        select(Version.number)
        .join(Module, Module.current_version_id == Version.id)
        .where(Module.key == module)
    )
    return session.scalar(query)


def modules_of(session: Session, course: str) -> list[Module]:
    """All modules that a course ever had."""
    return list(session.scalars(select(Module).where(Module.course == course)))


def holders_of_routes(session: Session, routes: Collection[str]) -> list[Module]:
    """The pages of the house that stand at these routes now."""
    return list(session.scalars(select(Module).where(Module.route.in_(routes))))


def next_position(session: Session) -> int:
    """The place after the last course."""
    return (session.scalar(select(func.max(Course.position))) or 0) + 1
