"""Who is not let in reaches nothing but the door; a trainer opens it, and helps who forgot."""

import pytest

from hub.portal.permissions import TABLE
from learning import people, sign_ins
from tests.portal.asking import body, path
from tests.portal.world import WRITE, World

OPEN = {route for route, rule in TABLE.items() if rule.who == "anyone"}
BY_TOKEN = {route for route, rule in TABLE.items() if rule.who in ("lab", "classroom")}
ROUTES = sorted(TABLE.keys() - OPEN - BY_TOKEN)


def signed_in(world: World, person: str, name: str) -> None:
    """Let the world know somebody else by a name, with a session."""
    world.ids[name] = person
    world.tokens[name] = world.portal.database.write(
        lambda session: sign_ins.open_session(session, person)
    )


@pytest.fixture
def newcomer(world: World) -> str:
    signed_in(world, world.things["newcomer"], "newcomer")
    return "newcomer"


@pytest.fixture
def forgetful(world: World) -> str:
    def use_case(session):
        people.set_password(session, world.things["forgetful"], "-", by="-", is_temporary=True)

    world.portal.database.write(use_case)
    signed_in(world, world.things["forgetful"], "forgetful")
    return "forgetful"


@pytest.mark.parametrize(
    ("who", "door", "code"),
    [("newcomer", "waiting", "not-let-in"), ("forgetful", "password", "password-is-temporary")],
)
def test_who_is_at_the_door_reaches_nothing_else(
    world: World, request: pytest.FixtureRequest, who: str, door: str, code: str
) -> None:
    client = world.client(request.getfixturevalue(who))
    for method, template in ROUTES:
        address = path(world, template)
        sent = body((method, template), world.ids[who])
        answer = client.request(method, address, headers=WRITE, json=sent)
        if template.startswith(("/api", "/media")):
            assert (answer.status_code, answer.json()["code"]) == (403, code), address
        else:
            assert answer.status_code == 303, address
            assert answer.headers["location"] == f"/hub/{door}"
    assert client.post("sign-out", headers=WRITE).status_code == 303


def test_a_trainer_lets_somebody_in(world: World, newcomer: str) -> None:
    trainer = world.client("trainer")
    waiting = trainer.get("api/studio/requests").json()["waiting"]
    assert [each["display_name"] for each in waiting] == ["মোছাঃ নতুন আরা"]
    assert waiting[0]["cohort"]["name"] == "ঢাকা ১"
    address = f"api/studio/requests/{waiting[0]['request']}"
    accepted = trainer.post(address, headers=WRITE, json={"accept": True})
    assert accepted.json() == {"state": "accepted"}
    assert trainer.get("api/studio/requests").json()["waiting"] == []
    me = world.client(newcomer).get("api/me").json()
    assert me["roles"] == ["teacher"]
    assert [cohort["name"] for cohort in me["cohorts"]] == ["ঢাকা ১"]
    refused = trainer.post(address, headers=WRITE, json={"accept": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "join-request-settled")


def test_a_trainer_makes_and_ends_a_code_and_asks_for_approval(world: World) -> None:
    trainer = world.client("trainer")
    cohort = world.things["cohort"]
    asked = {"uses": 30, "days": None}
    made = trainer.post(f"api/studio/cohorts/{cohort}/codes", headers=WRITE, json=asked).json()
    assert (made["state"], made["most_uses"], made["ends_at"]) == ("live", 30, None)
    assert made["path"] == f"/hub/join?code={made['code']}"
    ended = trainer.delete(f"api/studio/codes/{made['code']}", headers=WRITE).json()
    assert ended["state"] == "ended"
    asks = trainer.put(
        f"api/studio/cohorts/{cohort}", headers=WRITE, json={"needs_approval": True}
    ).json()
    assert asks["needs_approval"] is True
    listed = trainer.get("api/studio/codes").json()
    assert made["code"] in [each["code"] for each in listed["codes"]]
    assert {each["name"] for each in listed["cohorts"]} == {"ঢাকা ১"}
    for limits in ({"uses": 0}, {"days": 9999}, {"uses": "many"}):
        answer = trainer.post(f"api/studio/cohorts/{cohort}/codes", headers=WRITE, json=limits)
        assert answer.status_code == 422


def test_a_reset_signs_out_and_lets_in_only_to_choose_another(world: World) -> None:
    person = world.things["forgetful"]
    signed_in(world, person, "forgetful")
    before = world.client("forgetful")
    assert before.get("api/me").status_code == 200
    answer = world.client("trainer").post(
        f"api/studio/people/{person}/password", headers=WRITE, json={}
    )
    shown = answer.json()
    assert len(shown["password"]) >= 16 and shown["name"].startswith("forgetful-")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert before.get("api/me").status_code == 401
    signed_in(world, person, "forgetful")
    assert world.client("forgetful").get("api/me").status_code == 403
