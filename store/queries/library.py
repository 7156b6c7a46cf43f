"""The library: which posts stand in it, under which words, and in which order they come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from store.queries import posts
from store.search import Question
from store.tables import LibraryEntry, Post

Order = Literal["match", "newest", "useful", "unrated"]
Which = Literal["near", "kin", "any"]  # words as typed so far; only by their stems; both

MANY = 1000  # beyond so many it is quicker to go down the order and look at each entry's words


@dataclass(frozen=True)
class _Ways:
    """One kind of database's table of words: how to keep and drop an entry's, how to ask for those
    that have some, or whether one has; and how a question is spelled."""

    keep: str
    drop: str
    ask: str
    probe: str
    word: str
    stem: str
    all: str
    any: str
    but: str


_WAYS = {
    "sqlite": _Ways(
        keep="INSERT INTO library_words (rowid, words, stems) VALUES (:number, :words, :stems)",
        drop="DELETE FROM library_words WHERE rowid = :number",
        ask="SELECT rowid AS number FROM library_words WHERE library_words MATCH :words",
        probe="EXISTS (SELECT 1 FROM library_words "
        "WHERE library_words MATCH :words AND rowid = library.number)",
        word='({{words}} : "{}" *)',
        stem='({{stems}} : "{}")',
        all=" AND ",
        any=" OR ",
        but=" NOT ",
    ),
    "postgresql": _Ways(
        keep="INSERT INTO library_words (number, words) VALUES (:number, "
        "setweight(CAST(:words AS tsvector), 'A') || setweight(CAST(:stems AS tsvector), 'B'))",
        drop="DELETE FROM library_words WHERE number = :number",
        ask="SELECT number FROM library_words WHERE words @@ CAST(:words AS tsquery)",
        probe="EXISTS (SELECT 1 FROM library_words AS w "
        "WHERE w.words @@ CAST(:words AS tsquery) AND w.number = library.number)",
        word="'{}':*A",
        stem="'{}':B",
        all=" & ",
        any=" | ",
        but=" & !",
    ),
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
        text(_WAYS[backend].keep),
        {"number": number, **{name: " ".join(found) for name, found in values.items()}},
    )


def drop(session: Session, entry: LibraryEntry) -> None:
    """Take an entry and its words out."""
    session.execute(text(_WAYS[session.get_bind().dialect.name].drop), {"number": entry.number})
    session.execute(delete(LibraryEntry).where(LibraryEntry.number == entry.number))
    session.expunge(entry)


def find(
    session: Session, wanted: Wanted, after: Place | None, limit: int
) -> list[tuple[Post, Place]]:
    """The next posts in the wanted order, each with its place."""
    if wanted.order != "match":
        found = _page(session, wanted, "any", after, limit)
    else:  # what has the words as typed, then its kin: so that the first page needs no sorting
        found = []
        if after is None or after.rank > 0:
            found = _page(session, wanted, "near", after, limit)
        if len(found) < limit:
            later = after if after is not None and after.rank == 0 else None
            found += _page(session, wanted, "kin", later, limit - len(found))
    known = posts.by_id(session, [post for post, _ in found])
    return [(known[post], place) for post, place in found]


def _page(
    session: Session, wanted: Wanted, which: Which, after: Place | None, limit: int
) -> list[tuple[str, Place]]:
    is_probing = wanted.order == "useful" and count(session, wanted, MANY) == MANY
    query, number = _narrowed(session, wanted, which, is_probing=is_probing)
    useful, later = LibraryEntry.usefulness, number < after.number if after else None
    if wanted.order != "useful":
        query = query.order_by(number.desc())
    else:
        query = query.order_by(useful.desc(), number.desc())
        if after is not None:
            later = or_(useful < after.rank, and_(useful == after.rank, number < after.number))
    if later is not None:
        query = query.where(later)
    is_useful, near = wanted.order == "useful", float(which == "near")
    return [
        (post, Place(usefulness if is_useful else near, at))
        for post, at, usefulness in session.execute(query.limit(limit))
    ]


def count(session: Session, wanted: Wanted, most: int) -> int:
    """How many posts are wanted, counted up to `most`."""
    query, _ = _narrowed(session, wanted, "any")
    return session.scalar(select(func.count()).select_from(query.limit(most).subquery())) or 0


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


def _narrowed(
    session: Session, wanted: Wanted, which: Which, *, is_probing: bool = False
) -> tuple[Select[str, int, float], ColumnElement[int]]:
    """The entries wanted, and the column of their numbers that gives them in order quickest."""
    number: ColumnElement[int] = LibraryEntry.number.expression
    query = select(LibraryEntry.post_id, LibraryEntry.number, LibraryEntry.usefulness)
    if wanted.question is not None:
        ways = _WAYS[session.get_bind().dialect.name]
        words = _asked(wanted.question, which, ways)
        if is_probing:
            query = query.where(text(ways.probe).bindparams(words=words))
        else:
            ask = text(ways.ask).bindparams(words=words).columns(number=BigInteger)
            found = ask.subquery("found")
            query = query.join(found, found.c.number == LibraryEntry.number)
            number = found.c.number
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
    return query.where(LibraryEntry.post_id.not_in(posts.reported_by(wanted.reader))), number


def _asked(question: Question, which: Which, ways: _Ways) -> str:
    """What to ask the index for: every word, as typed so far or by one of its stems."""
    near = ways.all.join(ways.word.format(word) for word, _ in question.words)
    if which == "near":
        return near
    every = ways.all.join(
        f"({ways.any.join([ways.word.format(word), *map(ways.stem.format, stems)])})"
        for word, stems in question.words
    )
    return every if which == "any" else f"({every}){ways.but}({near})"
