"""Answer, hand in, mark, return, share, look, rate: over HTTP, with the real rooms behind."""

from datetime import timedelta
from uuid import uuid4

from learning import hand_ins
from store import clock
from tests.portal.filling import KEY, REPORT
from tests.portal.world import WRITE, World

M = f"api/courses/{KEY}"


def save(world: World, name: str, exercise: str, value: object, sequence: int = 1):
    now = clock.iso(clock.now())
    return world.client(name).put(
        f"{M}/answers/{exercise}",
        headers=WRITE,
        json={
            "person": world.ids[name],
            "device": "phone-9",
            "sequence": sequence,
            "edited_at": now,
            "sent_at": now,
            "value": value,
        },
    )


def hand_in(world: World, name: str, together: tuple[str, ...] = ()):
    return world.client(name).post(
        f"{M}/hand-ins",
        headers=WRITE,
        json={
            "person": world.ids[name],
            "key": uuid4().hex,
            "handed_at": clock.iso(clock.now()),
            "together": [world.ids[each] for each in together],
        },
    )


def test_an_answer_is_kept_repeated_harmlessly_and_checked(world: World) -> None:
    first = save(world, "mate", "wait-time", "b")
    assert first.status_code == 200, first.text
    assert first.json()["kept"] == "newest"
    again = save(world, "mate", "wait-time", "b")
    assert again.json()["saved_at"] == first.json()["saved_at"]
    other = save(world, "mate", "wait-time", "a")
    assert (other.status_code, other.json()["code"]) == (409, "answer-key-reused")
    wrong = save(world, "mate", "wait-time", "z", sequence=2)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "answer-invalid")
    mine = world.client("mate").get(f"{M}/mine").json()
    assert mine["exercises"]["wait-time"]["value"] == "b"
    assert mine["exercises"]["saw"]["value"] is None
    assert mine["person"] == world.ids["mate"]


def test_a_hand_in_is_marked_returned_and_read(world: World) -> None:
    for exercise, value in (("saw", "দেখলাম"), ("wait-time", "b"), ("plan", REPORT)):
        assert save(world, "mate", exercise, value).status_code == 200
    receipt = hand_in(world, "mate").json()
    number = receipt["number"]
    assert (receipt["state"], receipt["answered"], receipt["score"]) == ("waiting", 3, None)
    assert hand_in(world, "mate").json()["code"] == "already-handed-in"
    early = world.client("evaluator").post(f"api/marking/{number}/return", headers=WRITE, json={})
    assert early.status_code == 409

    world.portal.database.write(
        lambda session: hand_ins.mark_autograded(
            session,
            number,
            [
                hand_ins.AutoScore("wait-time", 2.0, 2.0),
                hand_ins.AutoScore("saw", 0.0, 4.0, needs_mark=True),
                hand_ins.AutoScore("plan", 0.0, 4.0, needs_mark=True),
            ],
        )
    )
    evaluator = world.client("evaluator", **WRITE)
    opened = evaluator.get(f"api/marking/{number}?lang=en").json()
    assert [each["title"] for each in opened["exercises"]] == ["What you saw", "Waiting", "Plan"]
    for each in opened["exercises"]:
        if each["rubric"] is None:
            continue
        levels = {
            criterion["criterion"]: max(level["level"] for level in criterion["levels"])
            for criterion in each["rubric"]["criteria"]
        }
        mark = evaluator.put(
            f"api/marking/{number}/marks/{each['exercise']}",
            json={"levels": levels, "comment": "খুব ভালো।", "expected": None},
        )
        assert mark.status_code == 200, mark.text
        stale = evaluator.put(
            f"api/marking/{number}/marks/{each['exercise']}",
            json={"levels": levels, "comment": "আরেকবার", "expected": None},
        )
        assert (stale.status_code, stale.json()["code"]) == (409, "mark-changed-meanwhile")
    held = world.client("mate").get(f"{M}/mine").json()
    assert held["exercises"]["saw"]["feedback"] is None
    assert held["hand_ins"][0]["can_take_back"] is False
    returned = evaluator.post(f"api/marking/{number}/return", json={})
    assert returned.status_code == 200, returned.text

    mine = world.client("mate").get(f"{M}/mine").json()
    assert mine["hand_ins"][0]["state"] == "returned"
    assert mine["hand_ins"][0]["score"] == mine["hand_ins"][0]["maximum"] == 10.0
    assert mine["exercises"]["saw"]["feedback"]["comment"] == "খুব ভালো।"
    assert mine["exercises"]["wait-time"]["feedback"]["score"] == 2.0
    assert evaluator.get("api/marking").json()["returned"][0]["number"] == number


def test_handing_in_together_gives_each_the_receipt(world: World) -> None:
    assert save(world, "mate", "saw", "একসঙ্গে দেখলাম").status_code == 200
    found = world.client("mate").get("api/colleagues", params={"q": "teacher"}).json()["people"]
    assert world.ids["teacher"] in [each["id"] for each in found]
    refused = hand_in(world, "mate", together=("stranger",))
    assert (refused.status_code, refused.json()["code"]) == (403, "not-a-colleague")


def test_a_hand_in_is_taken_back_until_it_is_marked(world: World) -> None:
    number = world.things["teacher hand-in"]
    answer = world.client("teacher").delete(f"api/hand-ins/{number}", headers=WRITE)
    assert answer.json()["state"] == "taken-back"
    assert world.client("evaluator").get(f"api/marking/{number}").status_code == 404


def test_stars_open_after_looking(world: World) -> None:
    post = world.things["teacher post"]
    client = world.client("mate", **WRITE)
    stars = {"stars": 5, "device_at": clock.iso(clock.now())}
    refused = client.put(f"api/posts/{post}/rating", json=stars)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-looked-yet")
    assert "২০" in refused.json()["message"]
    start = clock.now()
    for seconds in (0, 8, 16, 24):
        with clock.use(lambda seconds=seconds: start + timedelta(seconds=seconds)):
            looked = client.post(
                f"api/posts/{post}/looks", json={"shown_seconds": 8, "clip_ranges": []}
            ).json()
    assert looked["looked"] is True
    rated = client.put(f"api/posts/{post}/rating", json=stars).json()
    assert (rated["my_stars"], rated["ratings"]["count"]) == (5, 1)
    own = world.client("teacher").put(f"api/posts/{post}/rating", headers=WRITE, json=stars)
    assert (own.status_code, own.json()["code"]) == (403, "own-post")


def test_a_withdrawn_post_is_gone_for_others_and_comes_back_by_undo(world: World) -> None:
    post = world.things["teacher post"]
    owner, mate = world.client("teacher", **WRITE), world.client("mate")
    assert mate.get(f"api/posts/{post}").json()["body"]["kind"] == "reflection"
    assert owner.delete(f"api/posts/{post}").json()["withdrawn"] is True
    assert mate.get(f"api/posts/{post}").status_code == 404
    assert owner.post(f"api/posts/{post}/restore", json={}).json()["withdrawn"] is False
    assert mate.get(f"api/posts/{post}").status_code == 200


def test_choosing_a_language_is_remembered_for_the_person(world: World) -> None:
    answer = world.client("teacher").put("api/me", headers=WRITE, json={"language": "en"})
    assert answer.json()["language"] == "en"
    me = world.client("teacher").get("api/me").json()
    assert me["language"] == "en"
    assert world.client("teacher").get("api/courses").json()["courses"][0]["title"] == (
        "Active learning"
    )


def test_watching_counts_each_second_once(world: World) -> None:
    watch = {"person": world.ids["mate"], "ranges": [[0, 10], [5, 12]], "position": 12}
    answer = world.client("mate").put(f"{M}/clips/{world.clip}", headers=WRITE, json=watch).json()
    assert answer == {"ranges": [[0.0, 12.0]], "position": 12.0, "seconds": 12.0}
