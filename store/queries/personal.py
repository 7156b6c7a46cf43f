"""All that is kept of one person, and forgetting it. What is personal is in `personal_data`."""

from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update
from sqlalchemy.orm import Session

from store.personal_data import REGISTER
from store.queries import library
from store.tables import (
    Answer,
    AuditEntry,
    ClipWatch,
    CohortMember,
    CohortStaff,
    Comment,
    Complaint,
    CourseSource,
    HandIn,
    HandInAnswer,
    HandInPerson,
    JoinCode,
    JoinRequest,
    LibraryEntry,
    Mark,
    Person,
    Picture,
    Post,
    Proof,
    Rating,
    Role,
    Score,
    SignedIn,
    Table,
    View,
)

# Of no use to the person, a danger in other hands, or about somebody else.
NOT_EXPORTED = {
    "people": {"password_hash"},
    "sessions": {"token_hash"},
    "answers": {"carried_by"},
    "hand_ins": {"carried_by"},
    "marks": {"marker_id"},
    "join_requests": {"settled_by"},
    "complaints": {"settled_by"},
}


def rows_of(session: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person, by table, as plain values."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, condition in _of_person(person_id).items():
        table = Table.metadata.tables[name]
        columns = [each for each in table.columns if each.name not in NOT_EXPORTED.get(name, ())]
        query = select(*columns).where(condition).order_by(*table.primary_key.columns)
        found[name] = [dict(row._mapping) for row in session.execute(query)]
    return found


def _of_person(person_id: str) -> dict[str, ColumnElement[bool]]:
    handed = select(HandInPerson.hand_in_number).where(HandInPerson.person_id == person_id)
    shared = select(Post.id).where(Post.person_id == person_id)
    return {
        "people": Person.id == person_id,
        "roles": Role.person_id == person_id,
        "cohort_members": CohortMember.person_id == person_id,
        "cohort_staff": CohortStaff.person_id == person_id,
        "join_codes": JoinCode.made_by == person_id,
        "join_requests": JoinRequest.person_id == person_id,
        "sessions": SignedIn.person_id == person_id,
        "answers": Answer.person_id == person_id,
        "hand_ins": HandIn.number.in_(handed),
        "hand_in_people": HandInPerson.person_id == person_id,
        "hand_in_answers": HandInAnswer.hand_in_number.in_(handed),
        "scores": Score.hand_in_number.in_(handed),
        # a mark belongs to its teacher once she got it back
        "marks": Mark.hand_in_number.in_(handed) & Mark.released_at.is_not(None),
        "clip_watches": ClipWatch.person_id == person_id,
        "posts": Post.person_id == person_id,
        "pictures": Picture.person_id == person_id,
        "library": LibraryEntry.post_id.in_(shared),
        "views": View.person_id == person_id,
        "ratings": Rating.person_id == person_id,
        "comments": Comment.person_id == person_id,
        "complaints": Complaint.person_id == person_id,
        "audit": AuditEntry.actor == person_id,
        "proofs": Proof.person_id == person_id,
        "course_sources": CourseSource.made_by == person_id,
        "versions": Table.metadata.tables["versions"].c.created_by == person_id,
    }


def erase(session: Session, person: Person, shown_name: str) -> None:
    """Forget a person: what `REGISTER` says of each table."""
    _erase_posts(session, person.id)
    _erase_words(session, person.id)
    _erase_answers(session, person.id)
    conditions = _of_person(person.id)
    for table in reversed(Table.metadata.sorted_tables):
        if table.name in REGISTER and REGISTER[table.name].erased == "goes":
            session.execute(delete(table).where(conditions[table.name]))
    person.name = f"erased-{person.id}"
    person.display_name = shown_name
    person.password_hash = ""
    person.gender = None
    person.school = None
    person.portfolio_for = "nobody"
    session.flush()


def _erase_posts(session: Session, person_id: str) -> None:
    """Her shared work goes, with what others said of it."""
    mine = select(Post.id).where(Post.person_id == person_id)
    said = select(Comment.id).where(Comment.post_id.in_(mine))
    for entry in session.scalars(select(LibraryEntry).where(LibraryEntry.post_id.in_(mine))).all():
        library.drop(session, entry)
    session.execute(
        delete(Complaint).where(or_(Complaint.post_id.in_(mine), Complaint.comment_id.in_(said)))
    )
    for table in (Comment, Rating, View, Picture):
        session.execute(delete(table).where(table.post_id.in_(mine)))
    session.execute(delete(Post).where(Post.person_id == person_id))


def _erase_words(session: Session, person_id: str) -> None:
    """What she said to others is taken back, and its words with it."""
    session.execute(
        update(Comment)
        .where(Comment.person_id == person_id)
        .values(body="", withdrawn_at=func.coalesce(Comment.withdrawn_at, Comment.written_at))
    )
    session.execute(update(Complaint).where(Complaint.person_id == person_id).values(words=""))


def _erase_answers(session: Session, person_id: str) -> None:
    """The answers go; what was handed in loses its words, unless a colleague shares it."""
    handed = select(HandInPerson.hand_in_number).where(HandInPerson.person_id == person_id)
    colleague = (
        select(HandInPerson.person_id)
        .join(Person, Person.id == HandInPerson.person_id)
        .where(
            HandInPerson.hand_in_number == HandInAnswer.hand_in_number,
            HandInPerson.person_id != person_id,
            Person.removed_at.is_(None),
        )
        .correlate(HandInAnswer)
    )
    session.execute(
        update(HandInAnswer)
        .where(HandInAnswer.hand_in_number.in_(handed), ~exists(colleague))
        .values(value=None)
        .execution_options(synchronize_session=False)
    )
    mine = select(Answer.id).where(Answer.person_id == person_id)
    session.execute(
        update(HandInAnswer)
        .where(HandInAnswer.answer_id.in_(mine))
        .values(answer_id=None)
        .execution_options(synchronize_session=False)
    )
    for table in (Answer, HandIn):
        session.execute(update(table).where(table.carried_by == person_id).values(carried_by=None))


def compact_words(session: Session) -> None:
    """Let the index of the library keep no word of an entry that is gone."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO library_words (library_words) VALUES ('optimize')"))
