"""Every table: what is kept, under which names and constraints; by subject in `rows/`.

Import from here: then `Table.metadata` is whole, and no row names one that is not known yet.
Times are aware UTC (`Moment`). Ids of people, posts and views are `uuid4().hex`; a hand-in has
a number that people read. Tables that only grow say so; the database holds `audit` and `marks`
to it. There are no lazy relations: a row stays readable after its transaction.
"""

from store.rows.answers import Answer, ClipWatch
from store.rows.base import Table, new_id
from store.rows.cohorts import Cohort, CohortMember, CohortStaff, JoinCode, JoinRequest
from store.rows.courses import Artifact, Course, MadeFilm, Module, Rubric, Version
from store.rows.hand_ins import HandIn, HandInAnswer, HandInPerson, Mark, Score
from store.rows.house import AuditEntry, Setting
from store.rows.people import Pair, Person, Role, School, SignedIn
from store.rows.sharing import Comment, Complaint, LibraryEntry, Picture, Post, Rating, View
from store.rows.writing import CourseSource, Proof

__all__ = [
    "Answer",
    "Artifact",
    "AuditEntry",
    "ClipWatch",
    "Cohort",
    "CohortMember",
    "CohortStaff",
    "Comment",
    "Complaint",
    "Course",
    "CourseSource",
    "HandIn",
    "HandInAnswer",
    "HandInPerson",
    "JoinCode",
    "JoinRequest",
    "LibraryEntry",
    "MadeFilm",
    "Mark",
    "Module",
    "Pair",
    "Person",
    "Picture",
    "Post",
    "Proof",
    "Rating",
    "Role",
    "Rubric",
    "School",
    "Score",
    "Setting",
    "SignedIn",
    "Table",
    "Version",
    "View",
    "new_id",
]
