"""Says who may ask for what: one table, route by route, of role and ownership.

A route that is not in the table stops the start-up. Whatever a visitor may not have answers
exactly like something that does not exist (404), so nobody learns what is there. The finer
rules of a subject (not your own post, not before you looked) live in its room.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from grading import marking
from learning import cohorts, joining, writers
from sharing import complaints, portfolio, posts, visibility
from store.database import Session
from store.queries import comments as comment_queries
from store.queries import pages, writing
from store.queries import people as people_queries
from store.queries import posts as post_queries
from store.tables import Comment, Complaint, HandInPerson, JoinRequest, Person, Post

Who = Literal[
    "anyone",
    "signed-in",
    "trainer",
    "evaluator",
    "moderator",
    "administrator",
    "classroom",
    "lab",
]
Whose = Literal[
    "all",
    "own",
    "course",
    "module",
    "own-hand-in",
    "own-post",
    "visible-post",
    "pictured-post",
    "shared-post",
    "own-comment",
    "shared-comment",
    "own-complaint",
    "to-settle",
    "open-portfolio",
    "to-mark",
    "followed-cohort",
    "followed-code",
    "followed-request",
    "person-to-help",
    "written-course",
    "own-proof",
]
Parameters = Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """`who` may use a route, and `whose` things he reaches through it.

    Where it is asked `at_the_write`, the route's own transaction asks it: `visitor.Entering`.
    """

    who: Who
    whose: Whose = "all"
    at_the_write: bool = False


ANYONE = Rule("anyone")
SIGNED_IN = Rule("signed-in")
OWN = Rule("signed-in", "own")  # the route reaches nothing but the visitor's own
COURSE = Rule("signed-in", "course")
MODULE = Rule("signed-in", "module")
SAVE = Rule("signed-in", "module", at_the_write=True)  # asked most of all
OWN_HAND_IN = Rule("signed-in", "own-hand-in")
OWN_POST = Rule("signed-in", "own-post")
VISIBLE_POST = Rule("signed-in", "visible-post")
PICTURED_POST = Rule("signed-in", "pictured-post")  # visible, one's own, or to be decided on
SHARED_POST = Rule("signed-in", "shared-post")  # visible, or not any more as he reported it
OWN_COMMENT = Rule("signed-in", "own-comment")
SHARED_COMMENT = Rule("signed-in", "shared-comment")
OWN_COMPLAINT = Rule("signed-in", "own-complaint")
OPEN_PORTFOLIO = Rule("signed-in", "open-portfolio")
MODERATOR = Rule("moderator")
TO_SETTLE = Rule("moderator", "to-settle")
EVALUATOR = Rule("evaluator")
TO_MARK = Rule("evaluator", "to-mark")
TRAINER = Rule("trainer")
FOLLOWED_COHORT = Rule("trainer", "followed-cohort")
FOLLOWED_CODE = Rule("trainer", "followed-code")
FOLLOWED_REQUEST = Rule("trainer", "followed-request")
PERSON_TO_HELP = Rule("trainer", "person-to-help")
WRITTEN_COURSE = Rule("trainer", "written-course")
OWN_PROOF = Rule("trainer", "own-proof")
METRICS = Rule("administrator")  # and a program, by its token
LAB = Rule("lab")  # a trainer's Lab, by its token; no browser's session opens these
LAB_COURSE = Rule("lab", "written-course")
LAB_PROOF = Rule("lab", "own-proof")
CLASSROOM = Rule("classroom")  # the server of live pages, by its token; no person

_MODULE = "/api/courses/{course}/{module}"
_WRITTEN = "/api/studio/courses/{course}/{module}"

TABLE: Mapping[tuple[str, str], Rule] = {
    ("GET", "/health"): ANYONE,
    ("GET", "/health/alive"): ANYONE,
    ("GET", "/health/whole"): ANYONE,
    ("GET", "/metrics"): METRICS,
    ("GET", "/static/{file}"): ANYONE,
    ("GET", "/service-worker.js"): ANYONE,
    ("GET", "/away"): ANYONE,
    ("GET", "/oauth/callback"): ANYONE,
    ("POST", "/sign-out"): ANYONE,
    ("GET", "/media/{file}"): SIGNED_IN,
    ("GET", "/api/openapi.json"): SIGNED_IN,
    ("GET", "/api/me"): OWN,
    ("PUT", "/api/me"): OWN,
    ("GET", "/api/me/data"): OWN,
    ("GET", "/api/colleagues"): OWN,
    ("GET", "/api/home"): OWN,
    ("GET", "/api/courses"): OWN,
    ("GET", "/api/courses/{course}"): COURSE,
    ("GET", f"{_MODULE}/mine"): MODULE,
    ("PUT", f"{_MODULE}/answers/{{exercise}}"): SAVE,
    ("POST", f"{_MODULE}/answers/{{exercise}}/check"): MODULE,
    ("PUT", f"{_MODULE}/clips/{{clip}}"): SAVE,
    ("GET", f"{_MODULE}/clips/{{clip}}/files"): MODULE,
    ("POST", f"{_MODULE}/hand-ins"): MODULE,
    ("DELETE", "/api/hand-ins/{number}"): OWN_HAND_IN,
    ("GET", f"{_MODULE}/posts"): MODULE,
    ("POST", f"{_MODULE}/posts"): MODULE,
    ("PUT", "/api/pictures/{picture}"): OWN,
    ("GET", "/api/posts/{post}/pictures/{sha256}"): PICTURED_POST,
    ("GET", "/api/posts/{post}"): VISIBLE_POST,
    ("DELETE", "/api/posts/{post}"): OWN_POST,
    ("POST", "/api/posts/{post}/restore"): OWN_POST,
    ("POST", "/api/posts/{post}/looks"): VISIBLE_POST,
    ("PUT", "/api/posts/{post}/rating"): VISIBLE_POST,
    ("GET", "/api/posts/{post}/comments"): VISIBLE_POST,
    ("POST", "/api/posts/{post}/comments"): VISIBLE_POST,
    ("POST", "/api/posts/{post}/complaints"): SHARED_POST,
    ("DELETE", "/api/comments/{comment}"): OWN_COMMENT,
    ("POST", "/api/comments/{comment}/restore"): OWN_COMMENT,
    ("POST", "/api/comments/{comment}/complaints"): SHARED_COMMENT,
    ("DELETE", "/api/complaints/{complaint}"): OWN_COMPLAINT,
    ("GET", "/api/complaints"): MODERATOR,
    ("POST", "/api/complaints/{complaint}/settle"): TO_SETTLE,
    ("GET", "/api/library"): SIGNED_IN,
    ("GET", "/api/library/filters"): SIGNED_IN,
    ("GET", "/api/people/{name}"): OPEN_PORTFOLIO,
    ("PUT", "/api/portfolio"): OWN,
    ("GET", "/api/portfolio/history"): OWN,
    ("GET", "/api/marking"): EVALUATOR,
    ("GET", "/api/marking/{number}"): TO_MARK,
    ("PUT", "/api/marking/{number}/marks/{exercise}"): TO_MARK,
    ("POST", "/api/marking/{number}/return"): TO_MARK,
    ("POST", "/api/marking/{number}/rerun"): TO_MARK,
    ("GET", "/api/studio"): TRAINER,
    ("GET", "/api/studio/cohorts/{cohort}/report"): FOLLOWED_COHORT,
    ("POST", "/api/studio/cohorts/{cohort}/report.csv"): FOLLOWED_COHORT,
    ("GET", "/api/studio/codes"): TRAINER,
    ("DELETE", "/api/studio/codes/{code}"): FOLLOWED_CODE,
    ("PUT", "/api/studio/cohorts/{cohort}"): FOLLOWED_COHORT,
    ("POST", "/api/studio/cohorts/{cohort}/codes"): FOLLOWED_COHORT,
    ("GET", "/api/studio/requests"): TRAINER,
    ("POST", "/api/studio/requests/{request}"): FOLLOWED_REQUEST,
    ("POST", "/api/studio/people/{person}/password"): PERSON_TO_HELP,
    ("GET", "/api/live/{course}/{module}/{number}"): CLASSROOM,
    ("GET", "/api/live/{course}/{module}/{number}/files/{sha}"): CLASSROOM,
    ("GET", "/api/studio/writing"): TRAINER,
    ("POST", "/api/studio/courses/{course}/proofs"): WRITTEN_COURSE,
    ("GET", "/api/studio/proofs/{proof}"): OWN_PROOF,
    ("GET", "/api/studio/proofs/{proof}/clips/{clip}/files"): OWN_PROOF,
    ("GET", f"{_WRITTEN}/versions"): WRITTEN_COURSE,
    ("GET", f"{_WRITTEN}/changes"): WRITTEN_COURSE,
    ("PUT", f"{_WRITTEN}/current"): WRITTEN_COURSE,
    ("GET", "/api/lab/wishes"): LAB,
    ("GET", "/api/lab/courses"): LAB,
    ("GET", "/api/lab/courses/{course}"): LAB_COURSE,
    ("GET", "/api/lab/courses/{course}/files/{sha256}"): LAB_COURSE,
    ("POST", "/api/lab/courses/{course}/proofs"): LAB_COURSE,
    ("PUT", "/api/lab/proofs/{proof}/files/{sha256}"): LAB_PROOF,
    ("GET", "/api/lab/proofs/{proof}"): LAB_PROOF,
    ("GET", "/"): SIGNED_IN,
    ("GET", "/join"): SIGNED_IN,
    ("GET", "/password"): SIGNED_IN,
    ("GET", "/courses"): SIGNED_IN,
    ("GET", "/courses/{course}"): COURSE,
    ("GET", "/courses/{course}/{module}"): MODULE,
    ("GET", "/library"): SIGNED_IN,
    ("GET", "/library/{post}"): VISIBLE_POST,
    ("GET", "/people/{name}"): OPEN_PORTFOLIO,
    ("GET", "/waiting"): SIGNED_IN,
    ("GET", "/marking"): EVALUATOR,
    ("GET", "/studio"): TRAINER,
    ("GET", "/studio/proofs/{proof}/{module}"): OWN_PROOF,
}


def check_table(app: FastAPI) -> None:
    """Refuse to start with a route that the table does not name, or a rule without its route."""
    routes = set(_routes(app))
    if unnamed := routes - TABLE.keys():
        raise SystemExit(f"hub/portal/permissions.py says nothing about {sorted(unnamed)}.")
    if idle := TABLE.keys() - routes:
        raise SystemExit(f"hub/portal/permissions.py names routes that are gone: {sorted(idle)}.")


def module_of(rule: Rule, to: Parameters) -> str | None:
    """Return the key of the module that has to be taught for this rule, if one has to be."""
    return f"{to['course']}/{to['module']}" if rule.whose == "module" else None


def may(
    session: Session,
    person: Person,
    roles: Iterable[str],
    rule: Rule,
    to: Parameters,
    *,
    is_taught: bool | None = None,
) -> bool:
    """Say whether `person` with `roles` may use a route of this rule with these parameters.

    `is_taught` says it of the module of the rule where that is known already.
    """
    held = {"anyone", "signed-in", *roles} | (
        {"moderator"} if complaints.MODERATORS & set(roles) else set()
    )
    if "administrator" in held:
        held.add("trainer")  # of every cohort: `learning.cohorts`
    if rule.who not in held:
        return False
    if rule.whose == "module" and is_taught is not None:
        return is_taught
    return _OWNERSHIP[rule.whose](session, person, to)


def _routes(app: FastAPI) -> Iterable[tuple[str, str]]:
    for route in iter_route_contexts(app.routes):
        is_ours = isinstance(route.original_route, APIRoute)
        for method in (route.methods or {"*"}) if is_ours else {"*"}:
            yield method, str(route.path)


def _is_course(session: Session, person: Person, to: Parameters) -> bool:
    return pages.find_course(session, to["course"]) is not None


def _is_module(session: Session, person: Person, to: Parameters) -> bool:
    return pages.find_module(session, f"{to['course']}/{to['module']}") is not None


def _is_own_hand_in(session: Session, person: Person, to: Parameters) -> bool:
    number = _number(to)
    return number is not None and session.get(HandInPerson, (number, person.id)) is not None


def _is_to_mark(session: Session, person: Person, to: Parameters) -> bool:
    number = _number(to)
    return number is not None and marking.may_open(session, person, number)


def _is_own_post(session: Session, person: Person, to: Parameters) -> bool:
    post = session.get(Post, to["post"])
    return post is not None and post.person_id == person.id


def _is_visible_post(session: Session, person: Person, to: Parameters) -> bool:
    return visibility.find_visible(session, person, to["post"]) is not None


def _is_pictured_post(session: Session, person: Person, to: Parameters) -> bool:
    return posts.may_see_pictures(session, person, to["post"])


def _is_followed_cohort(session: Session, person: Person, to: Parameters) -> bool:
    return _is_followed(session, person, _number(to, "cohort"))


def _is_followed_code(session: Session, person: Person, to: Parameters) -> bool:
    code = joining.find_code(session, to["code"])
    return code is not None and _is_followed(session, person, code.cohort_id)


def _is_followed_request(session: Session, person: Person, to: Parameters) -> bool:
    number = _number(to, "request")
    request = None if number is None else session.get(JoinRequest, number)
    return request is not None and _is_followed(session, person, request.cohort_id)


def _is_followed(session: Session, person: Person, cohort_id: int | None) -> bool:
    followed = cohorts.cohorts_followed(session, person, "trainer")
    return cohort_id in {cohort.id for cohort in followed}


def _is_person_to_help(session: Session, person: Person, to: Parameters) -> bool:
    other = people_queries.find_present(session, to["person"])
    return other is not None and cohorts.may_reset_password(session, person, other)


def _is_written_course(session: Session, person: Person, to: Parameters) -> bool:
    return writers.may_write(session, person.id, to["course"])


def _is_own_proof(session: Session, person: Person, to: Parameters) -> bool:
    return writing.find_proof(session, to["proof"], person.id) is not None


def _is_shared_post(session: Session, person: Person, to: Parameters) -> bool:
    return post_queries.find_shared_with(session, person.id, to["post"]) is not None


def _is_own_comment(session: Session, person: Person, to: Parameters) -> bool:
    comment = session.get(Comment, to["comment"])
    return comment is not None and comment.person_id == person.id


def _is_shared_comment(session: Session, person: Person, to: Parameters) -> bool:
    comment = comment_queries.find_shown(session, person.id, to["comment"])
    return comment is not None and _is_shared_post(session, person, {"post": comment.post_id})


def _is_own_complaint(session: Session, person: Person, to: Parameters) -> bool:
    number = _number(to, "complaint")
    complaint = None if number is None else session.get(Complaint, number)
    return complaint is not None and complaint.person_id == person.id


def _is_to_settle(session: Session, person: Person, to: Parameters) -> bool:
    number = _number(to, "complaint")
    return number is not None and complaints.find_to_settle(session, person, number) is not None


def _is_open_portfolio(session: Session, person: Person, to: Parameters) -> bool:
    return portfolio.find_owner(session, person, to["name"]) is not None


def _number(to: Parameters, name: str = "number") -> int | None:
    text = to[name]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _all(session: Session, person: Person, to: Parameters) -> bool:
    return True


_OWNERSHIP: Mapping[Whose, Callable[[Session, Person, Parameters], bool]] = {
    "all": _all,
    "own": _all,
    "course": _is_course,
    "module": _is_module,
    "own-hand-in": _is_own_hand_in,
    "own-post": _is_own_post,
    "visible-post": _is_visible_post,
    "pictured-post": _is_pictured_post,
    "shared-post": _is_shared_post,
    "own-comment": _is_own_comment,
    "shared-comment": _is_shared_comment,
    "own-complaint": _is_own_complaint,
    "to-settle": _is_to_settle,
    "open-portfolio": _is_open_portfolio,
    "to-mark": _is_to_mark,
    "followed-cohort": _is_followed_cohort,
    "followed-code": _is_followed_code,
    "followed-request": _is_followed_request,
    "person-to-help": _is_person_to_help,
    "written-course": _is_written_course,
    "own-proof": _is_own_proof,
}
