"""Row S5 of the bar: each endpoint, asked by each actor for own, other and missing things.

The routes come from openapi.json and the page routes; who may is written down here once more, by
hand, so that a slip in the portal's own table shows.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.portal.permissions import TABLE
from tests.databases import KINDS
from tests.portal.asking import Route, body, path
from tests.portal.filling import COURSE, MODULE, PEOPLE
from tests.portal.world import WRITE, World, a_portal

EVERYONE = frozenset(PEOPLE)
EVALUATORS = frozenset({"evaluator", "marked-evaluator"})
TRAINERS = frozenset({"trainer", "administrator"})  # an administrator follows every cohort
ADMINISTRATORS = frozenset({"administrator"})
MODERATORS = frozenset({"trainer", "administrator"})
NOBODY: frozenset[str] = frozenset()

OWNERS = ("teacher", "stranger", "marked-evaluator")
# each cohort has an evaluator of its own; the third owner is in no cohort, nobody marks his own
MARKERS = {
    "teacher": frozenset({"evaluator"}),
    "stranger": frozenset({"marked-evaluator"}),
    "marked-evaluator": frozenset({"evaluator"}),
}
SHARERS = ("teacher", "stranger")

M = "/api/courses/{course}/{module}"
PLAIN = {
    ("GET", "/api/openapi.json"): EVERYONE,
    ("GET", "/api/me"): EVERYONE,
    ("PUT", "/api/me"): EVERYONE,
    ("GET", "/api/me/data"): EVERYONE,
    ("GET", "/api/colleagues"): EVERYONE,
    ("GET", "/api/home"): EVERYONE,
    ("GET", "/api/courses"): EVERYONE,
    ("GET", "/api/marking"): EVALUATORS,
    ("GET", "/api/studio"): TRAINERS,
    ("GET", "/api/studio/codes"): TRAINERS,
    ("GET", "/api/studio/requests"): TRAINERS,
    ("GET", "/api/studio/writing"): TRAINERS,
    ("GET", "/join"): EVERYONE,
    ("GET", "/password"): EVERYONE,
    ("GET", "/api/library"): EVERYONE,
    ("GET", "/api/library/filters"): EVERYONE,
    ("PUT", "/api/portfolio"): EVERYONE,
    ("GET", "/api/portfolio/history"): EVERYONE,
    ("GET", "/api/complaints"): MODERATORS,
    ("PUT", "/api/pictures/{picture}"): EVERYONE,
    ("GET", "/"): EVERYONE,
    ("GET", "/courses"): EVERYONE,
    ("GET", "/library"): EVERYONE,
    ("GET", "/waiting"): EVERYONE,
    ("GET", "/marking"): EVALUATORS,
    ("GET", "/studio"): TRAINERS,
    ("GET", "/metrics"): ADMINISTRATORS,
}
IN_COURSE = {
    ("GET", "/api/courses/{course}"),
    ("GET", "/courses/{course}"),
}
IN_MODULE = {
    ("GET", f"{M}/mine"),
    ("PUT", f"{M}/answers/{{exercise}}"),
    ("POST", f"{M}/answers/{{exercise}}/check"),
    ("PUT", f"{M}/clips/{{clip}}"),
    ("GET", f"{M}/clips/{{clip}}/files"),
    ("POST", f"{M}/hand-ins"),
    ("GET", f"{M}/posts"),
    ("POST", f"{M}/posts"),
    ("GET", "/courses/{course}/{module}"),
}
OF_HAND_IN = {("DELETE", "/api/hand-ins/{number}")}
OF_OWN_POST = {("DELETE", "/api/posts/{post}"), ("POST", "/api/posts/{post}/restore")}
OF_SEEN_POST = {
    ("GET", "/api/posts/{post}"),
    ("POST", "/api/posts/{post}/looks"),
    ("PUT", "/api/posts/{post}/rating"),
    ("GET", "/api/posts/{post}/comments"),
    ("POST", "/api/posts/{post}/comments"),
    ("POST", "/api/posts/{post}/complaints"),
    ("GET", "/library/{post}"),
}
OF_PICTURE = {("GET", "/api/posts/{post}/pictures/{sha256}")}
OF_OWN_COMMENT = {
    ("DELETE", "/api/comments/{comment}"),
    ("POST", "/api/comments/{comment}/restore"),
}
OF_SEEN_COMMENT = {("POST", "/api/comments/{comment}/complaints")}
OF_OWN_COMPLAINT = {("DELETE", "/api/complaints/{complaint}")}
OF_MODERATOR = {("POST", "/api/complaints/{complaint}/settle")}
OF_PERSON = {("GET", "/api/people/{name}"), ("GET", "/people/{name}")}
OF_LIBRARY = OF_OWN_COMMENT | OF_SEEN_COMMENT | OF_OWN_COMPLAINT | OF_MODERATOR | OF_PERSON
OF_DESK = {
    ("GET", "/api/marking/{number}"),
    ("PUT", "/api/marking/{number}/marks/{exercise}"),
    ("POST", "/api/marking/{number}/return"),
    ("POST", "/api/marking/{number}/rerun"),
}
OF_COHORT = {
    ("GET", "/api/studio/cohorts/{cohort}/report"),
    ("POST", "/api/studio/cohorts/{cohort}/report.csv"),
    ("PUT", "/api/studio/cohorts/{cohort}"),
    ("POST", "/api/studio/cohorts/{cohort}/codes"),
}
OF_DOOR = {("DELETE", "/api/studio/codes/{code}"), ("POST", "/api/studio/requests/{request}")}
OF_PERSON = {("POST", "/api/studio/people/{person}/password")}
OF_FILE = {("GET", "/media/{file}")}
W = "/api/studio/courses/{course}/{module}"
OF_WRITER = {
    ("POST", "/api/studio/courses/{course}/proofs"),
    ("GET", f"{W}/versions"),
    ("GET", f"{W}/changes"),
    ("PUT", f"{W}/current"),
}
OF_PROOF = {
    ("GET", "/api/studio/proofs/{proof}"),
    ("GET", "/api/studio/proofs/{proof}/clips/{clip}/files"),
    ("GET", "/studio/proofs/{proof}/{module}"),
}
OF_THINGS = (
    (
        IN_COURSE
        | IN_MODULE
        | OF_HAND_IN
        | OF_OWN_POST
        | OF_SEEN_POST
        | OF_PICTURE
        | OF_DESK
        | OF_COHORT
        | OF_FILE
    )
    | OF_LIBRARY
    | OF_DOOR
    | OF_PERSON
    | OF_WRITER
    | OF_PROOF
)
OPEN = {
    ("GET", "/health"),
    ("GET", "/health/alive"),
    ("GET", "/health/whole"),
    ("GET", "/static/{file}"),
    ("GET", "/service-worker.js"),
    ("GET", "/away"),
    ("GET", "/oauth/callback"),
    ("POST", "/sign-out"),
}
OF_CLASSROOM = {  # by its token: tests/portal/test_live.py
    ("GET", "/api/live/{course}/{module}/{number}"),
    ("GET", "/api/live/{course}/{module}/{number}/files/{sha}"),
}
OF_LAB = {route for route in TABLE if route[1].startswith("/api/lab/")}  # tests/portal/test_lab.py
ROUTES = sorted(set(PLAIN) | OF_THINGS)

Case = tuple[str, frozenset[str]]  # the address, and who may


def cases(world: World, route: Route) -> Iterator[Case]:
    """Every thing that can be asked for by a route, and who may have it."""
    template = route[1]
    hand_ins = {name: world.things[f"{name} hand-in"] for name in OWNERS}
    shared = {name: world.things[f"{name} post"] for name in SHARERS}
    if route in PLAIN:
        yield path(world, template), PLAIN[route]
    elif route in IN_COURSE:
        yield path(world, template, course=COURSE), EVERYONE
        yield path(world, template, course="no-such-course"), NOBODY
        yield path(world, template, course="pathshala-pages"), NOBODY
    elif route in IN_MODULE:
        yield path(world, template), EVERYONE
        yield path(world, template, module="no-such-module"), NOBODY
        yield path(world, template, course="pathshala-pages", module="home"), NOBODY
        yield path(world, template, course="other", module=MODULE), NOBODY
    elif route in OF_HAND_IN:
        for owner, number in hand_ins.items():
            yield path(world, template, number=number), frozenset({owner})
        yield path(world, template, number=4711), NOBODY
    elif route in OF_DESK:
        for owner, number in hand_ins.items():
            yield path(world, template, number=number), MARKERS[owner]
        yield path(world, template, number=4711), NOBODY
        yield path(world, template, number="1.0"), NOBODY
    elif route in OF_OWN_POST:
        for owner, post in shared.items():
            yield path(world, template, post=post), frozenset({owner})
        yield path(world, template, post="0" * 32), NOBODY
    elif route in OF_SEEN_POST:
        yield path(world, template, post=shared["teacher"]), frozenset({"teacher", "mate"})
        yield path(world, template, post=shared["stranger"]), EVERYONE
        yield path(world, template, post="0" * 32), NOBODY
    elif route in OF_PICTURE:
        for owner, may in (("teacher", {"teacher", "mate"}), ("stranger", EVERYONE)):
            sha = world.things[f"{owner} picture"]
            yield path(world, template, post=shared[owner], sha256=sha), frozenset(may)
        yield path(world, template, post="0" * 32), NOBODY
    elif route in OF_COHORT:
        yield path(world, template), TRAINERS
        yield path(world, template, cohort=world.things["other cohort"]), ADMINISTRATORS
        yield path(world, template, cohort=4711), NOBODY
        yield path(world, template, cohort="1.0"), NOBODY
    elif route in OF_LIBRARY:
        yield from cases_of_library(world, route)
    elif route in OF_DOOR:
        for cohort, may in (("", TRAINERS), ("other ", ADMINISTRATORS)):
            things = {name: world.things[f"{cohort}{name}"] for name in ("code", "request")}
            yield path(world, template, **things), may
        yield path(world, template, code="ZZZZ-9999", request=4711), NOBODY
    elif route in OF_PERSON:
        yield path(world, template, person=world.things["forgetful"]), TRAINERS
        yield path(world, template, person=world.things["other forgetful"]), ADMINISTRATORS
        for nobody in (world.ids["administrator"], "0" * 32):
            yield path(world, template, person=nobody), NOBODY
    elif route in OF_WRITER:
        yield path(world, template), TRAINERS
        yield path(world, template, course="Any Thing"), NOBODY
    elif route in OF_PROOF:
        yield path(world, template), frozenset({"trainer"})
        yield path(world, template, proof="0" * 32), NOBODY
    elif route in OF_FILE:
        yield path(world, template), EVERYONE
        yield path(world, template, file=f"{'0' * 64}.mp4"), NOBODY
        yield path(world, template, file=f"{world.things['solution']}.ipynb"), NOBODY


def cases_of_library(world: World, route: Route) -> Iterator[Case]:
    """The teacher commented on the stranger's work; the trainer complains of that."""
    template = route[1]
    if route in OF_OWN_COMMENT | OF_SEEN_COMMENT:
        may = EVERYONE if route in OF_SEEN_COMMENT else frozenset({"teacher"})
        yield path(world, template), may
        yield path(world, template, comment="0" * 32), NOBODY
    elif route in OF_OWN_COMPLAINT | OF_MODERATOR:
        own = frozenset({"trainer"})
        yield path(world, template), MODERATORS if route in OF_MODERATOR else own
        yield path(world, template, complaint=4711), NOBODY
        yield path(world, template, complaint="1.0"), NOBODY
    else:
        near = {  # a portfolio is seen by the owner's cohort and its staff, unless she says else
            "teacher": {"teacher", "mate", "trainer", "evaluator"},
            "stranger": {"stranger", "marked-evaluator"},
            "trainer": {"trainer"},
        }
        yield path(world, template, name="me"), EVERYONE
        for owner, readers in near.items():
            yield path(world, template, name=world.ids[owner]), frozenset(readers)
        yield path(world, template, name="0" * 32), NOBODY
        yield path(world, template, name=world.person("stranger").name), NOBODY


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with a_portal(tmp_path, kind=request.param) as world:
        yield world


@pytest.fixture(scope="module", params=KINDS)
def read_world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world that is only read."""
    with a_portal(tmp_path_factory.mktemp("read"), kind=request.param, patience=100) as world:
        yield world


def test_every_route_is_in_the_table_of_this_test(world: World) -> None:
    described = {
        (method.upper(), route)
        for route, methods in world.app.openapi()["paths"].items()
        for method in methods
    }
    assert described <= set(ROUTES) | OPEN | OF_CLASSROOM | OF_LAB
    assert set(TABLE) == set(ROUTES) | OPEN | OF_CLASSROOM | OF_LAB


@pytest.mark.parametrize("route", [r for r in ROUTES if r[0] == "GET"], ids=" ".join)
def test_each_actor_reads_what_the_table_says_and_404_else(read_world: World, route: Route) -> None:
    assert_as_the_table_says(read_world, route)


@pytest.mark.parametrize("route", [r for r in ROUTES if r[0] != "GET"], ids=" ".join)
def test_each_actor_changes_what_the_table_says_and_404_else(world: World, route: Route) -> None:
    assert_as_the_table_says(world, route)


def assert_as_the_table_says(world: World, route: Route) -> None:
    method, template = route
    nobody, clients = world.client(), {actor: world.client(actor) for actor in PEOPLE}
    for address, may in cases(world, route):
        outsider = nobody.request(method, address, headers=WRITE, json=body(route, "x"))
        if template.startswith("/api") or template.startswith("/media"):
            assert outsider.status_code == 401, address
            assert outsider.json()["code"] == "signed-out"
        else:
            assert outsider.status_code == 302, address
            assert outsider.headers["location"].startswith("/hub/api/oauth2/authorize?")
        for actor, client in clients.items():
            answer = client.request(
                method, address, headers=WRITE, json=body(route, world.ids[actor])
            )
            if actor in may:
                assert answer.status_code in (200, 303, 403, 409, 422), (
                    actor,
                    address,
                    answer.text,
                )
                if answer.status_code == 422:  # a rule of the room, not an unread request
                    assert answer.json()["code"] != "request-invalid", answer.text
            else:
                assert answer.status_code == 404, (actor, address, answer.text)
                assert answer.json()["code"] == "not-found"


def test_forbidden_and_missing_look_alike(world: World) -> None:
    teacher = world.client("teacher")
    other = teacher.get(f"api/marking/{world.things['stranger hand-in']}")
    missing = teacher.get("api/marking/4711")
    nowhere = teacher.get("api/no/such/thing")
    assert other.content == missing.content == nowhere.content


def test_a_removed_person_is_out_at_once(world: World) -> None:
    from learning import people

    client = world.client("teacher")
    assert client.get("api/me").status_code == 200
    world.portal.database.write(lambda session: people.remove_person(session, world.ids["teacher"]))
    assert client.get("api/me").status_code == 401
    assert client.get("courses").status_code == 302


def test_an_evaluator_sees_no_names(world: World) -> None:
    evaluator = world.client("evaluator")
    seen = evaluator.get("api/marking").text
    seen += evaluator.get(f"api/marking/{world.things['teacher hand-in']}").text
    person = world.person("teacher")
    for name in (person.id, person.display_name, "দক্ষিণ পাড়া"):
        assert name not in seen


def test_a_session_ends_by_signing_out(world: World) -> None:
    client = world.client("teacher")
    answer = client.post("sign-out", headers=WRITE)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/hub/logout"
    assert world.client("teacher").get("api/me").status_code == 401
