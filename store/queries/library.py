"""The library: which posts stand in it, under which words, and in which order they come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    UnaryExpression,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from store.queries import posts
from store.search import Question
from store.tables import LibraryEntry, Post

Order = Literal["match", "newest", "useful", "unrated"]

# one table of words in each kind of database: how to keep words there, and how to ask for them
_KEEP = {
    "sqlite": "INSERT INTO library_words (rowid, words, stems) VALUES (:number, :words, :stems)",
    "postgresql": "INSERT INTO library_words (number, words) VALUES (:number, "
    "setweight(CAST(:words AS tsvector), 'A') || setweight(CAST(:stems AS tsvector), 'B'))",
}
_DROP = {
    "sqlite": "DELETE FROM library_words WHERE rowid = :number",
    "postgresql": "DELETE FROM library_words WHERE number = :number",
}
_ASK = {
    "sqlite": "SELECT rowid AS number FROM library_words WHERE library_words MATCH :{name}",
    "postgresql": "SELECT number FROM library_words WHERE words @@ CAST(:{name} AS tsquery)",
}


@dataclass(frozen=True)
class Wanted:
    """What a reader wants to see; None leaves a filter open."""

    reader: str
    order: Order
    question: Question | None = None
    course: str | None = None
    module: str | None = None
    kind: str | None = None
    district: str | None = None


@dataclass(frozen=True)
class Place:
    """Where an entry stands in an order: after another by `rank`, then by `number`."""

    rank: float
    number: int


def missing(session: Session) -> list[Post]:
    """Posts for everyone that the library does not have yet."""
    known = select(LibraryEntry.post_id)
    return list(session.scalars(select(Post).where(posts.is_for_everyone(), Post.id.not_in(known))))


def find_entry(session: Session, post_id: str) -> LibraryEntry | None:
    """The entry of a post."""
    return session.scalar(select(LibraryEntry).where(LibraryEntry.post_id == post_id))


def free_number(session: Session, wanted: int) -> int:
    """The first number from `wanted` on that no entry has."""
    while session.get(LibraryEntry, wanted) is not None:
        wanted += 1
    return wanted


def keep_words(session: Session, number: int, words: Iterable[str], stems: Iterable[str]) -> None:
    """Put an entry's words, in their one spelling, into the index."""
    backend = session.get_bind().dialect.name
    values: dict[str, Any] = {"words": list(words), "stems": sorted(stems)}
    if backend == "postgresql":  # a lexeme has a weight only at a place
        values = {name: [f"'{word}':1" for word in sorted(set(values[name]))] for name in values}
    session.execute(
        text(_KEEP[backend]),
        {"number": number, **{name: " ".join(found) for name, found in values.items()}},
    )


def drop(session: Session, entry: LibraryEntry) -> None:
    """Take an entry and its words out."""
    session.execute(text(_DROP[session.get_bind().dialect.name]), {"number": entry.number})
    session.execute(delete(LibraryEntry).where(LibraryEntry.number == entry.number))
    session.expunge(entry)


def find(
    session: Session, wanted: Wanted, after: Place | None, limit: int
) -> list[tuple[Post, Place]]:
    """The next posts in the wanted order, each with its place."""
    rank = _rank(session, wanted)
    query = _narrowed(session, wanted, select(LibraryEntry.post_id, LibraryEntry.number, rank))
    if after is not None:
        later = LibraryEntry.number < after.number
        if wanted.order in ("match", "useful"):
            later = or_(rank < after.rank, and_(rank == after.rank, later))
        query = query.where(later)
    order: list[UnaryExpression[Any]] = [LibraryEntry.number.desc()]
    if wanted.order in ("match", "useful"):
        order.insert(0, rank.desc())
    rows = session.execute(query.order_by(*order).limit(limit)).all()
    known = posts.by_id(session, [row[0] for row in rows])
    return [(known[post], Place(float(rank), number)) for post, number, rank in rows]


def count(session: Session, wanted: Wanted, most: int) -> int:
    """How many posts are wanted, counted up to `most`."""
    query = _narrowed(session, wanted, select(LibraryEntry.number)).limit(most)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def districts(session: Session) -> Sequence[str]:
    """The districts from which something was shared: one look into the index for each."""
    first = select(func.min(LibraryEntry.district).label("district")).cte("found", recursive=True)
    following = select(func.min(LibraryEntry.district)).where(
        LibraryEntry.district > first.c.district
    )
    found = first.union_all(
        select(following.correlate(first).scalar_subquery()).where(first.c.district.is_not(None))
    )
    return list(session.scalars(select(found.c.district).where(found.c.district.is_not(None))))


def _rank(session: Session, wanted: Wanted) -> ColumnElement[float]:
    if wanted.order == "useful":
        return LibraryEntry.usefulness.expression
    if wanted.order == "match" and wanted.question is not None:
        return case((_has_words(session, wanted.question, "near"), 1.0), else_=0.0)
    return literal(0.0)


def _narrowed(
    session: Session, wanted: Wanted, query: Select[*tuple[Any, ...]]
) -> Select[*tuple[Any, ...]]:
    for column, value in (
        (LibraryEntry.course, wanted.course),
        (LibraryEntry.module, wanted.module),
        (LibraryEntry.kind, wanted.kind),
        (LibraryEntry.district, wanted.district),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.order == "unrated":
        query = query.where(LibraryEntry.ratings == 0)
    if wanted.question is not None:
        query = query.where(_has_words(session, wanted.question, "any"))
    return query.where(LibraryEntry.post_id.not_in(posts.reported_by(wanted.reader)))


def _has_words(
    session: Session, question: Question, name: Literal["near", "any"]
) -> ColumnElement[bool]:
    """Whether an entry has every word asked for: as typed so far ("near"), or by its stem too."""
    backend = session.get_bind().dialect.name
    ask = text(_ASK[backend].format(name=name)).bindparams(
        **{name: _ASKED[backend](question, name)}
    )
    found = ask.columns(number=BigInteger).subquery()
    return LibraryEntry.number.in_(select(found.c.number))


def _asked_of_sqlite(question: Question, name: str) -> str:
    def either(word: str, stems: Iterable[str]) -> str:
        near = f'{{words}} : "{word}" *'
        if name == "near":
            return near
        return " OR ".join([near, *(f'{{stems}} : "{stem}"' for stem in sorted(stems))])

    return " AND ".join(f"({either(word, stems)})" for word, stems in question.words)


def _asked_of_postgresql(question: Question, name: str) -> str:
    def either(word: str, stems: Iterable[str]) -> str:
        near = f"'{word}':*A"
        if name == "near":
            return near
        return " | ".join([near, *(f"'{stem}':B" for stem in sorted(stems))])

    return " & ".join(f"({either(word, stems)})" for word, stems in question.words)


_ASKED = {"sqlite": _asked_of_sqlite, "postgresql": _asked_of_postgresql}
