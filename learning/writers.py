"""Who may write which course.

A trainer writes what he has published, and courses on which he follows a cohort; a name that no
course has is free to whoever publishes it first. An administrator writes all, the pages of the
house too. What somebody writes with, and how it is published, is `publishing`'s.
"""

from learning import people
from publishing.course_files import PAGES_COURSE, SLUG
from store.database import Session
from store.queries import writing
from store.tables import Course


def may_write(session: Session, person_id: str, course: str) -> bool:
    """Whether somebody may send, look at and publish a course of this name."""
    roles = people.roles_of(session, person_id)
    if SLUG.fullmatch(course) is None or not {"trainer", "administrator"} & set(roles):
        return False
    if "administrator" in roles:
        return True
    if course == PAGES_COURSE:
        return False
    if session.get(Course, course) is None:
        return True
    return course in {each.course for each in writing.courses_of_writer(session, person_id)}


def courses_to_write(session: Session, person_id: str) -> list[Course]:
    """The published courses that somebody may write, in order."""
    if "administrator" in people.roles_of(session, person_id):
        return writing.all_courses(session)
    found = writing.courses_of_writer(session, person_id)
    return [each for each in found if each.course != PAGES_COURSE]
