"""A picture is drawn anew, comes before its post, and is seen by whoever sees the post."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from anyio import CapacityLimiter
from PIL import Image, ImageDraw
from sqlalchemy import update
from starlette.testclient import TestClient

from bench.waiting import wait_until
from publishing import photos
from publishing.photos import Photo
from sharing import complaints, pictures
from store import clock
from store.artifacts import Artifacts
from store.backup import back_up, restore
from store.queries import pictures as queries
from store.tables import Picture
from tests.portal.filling import ALT, KEY, a_photo
from tests.portal.world import WRITE, World

POSTS = f"api/courses/{KEY}/posts"
UPRIGHT = 6  # the phone was held upright: its camera writes that the picture lies on its side


def a_jpeg(width: int = 1600, height: int = 1200, **how: Any) -> bytes:
    """A classroom as a phone's camera gives it, with the place where it was taken."""
    drawn = Image.new("RGB", (width, height), "seagreen")
    ImageDraw.Draw(drawn).rectangle((0, 0, width // 2, height // 2), "crimson")
    told = Image.Exif()
    told[0x0112] = UPRIGHT
    told[0x010F] = "Camera of Rabeya"
    told.get_ifd(0x8825)[2] = (23.0, 46.0, 37.0)
    return written(drawn, "JPEG", exif=told, **how)


def written(drawn: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    drawn.save(file, kind, **how)
    return file.getvalue()


def send(client: TestClient, content: bytes, key: str | None = None, kind: str = "image/jpeg"):
    return client.put(
        f"api/pictures/{key or uuid4().hex}",
        content=content,
        headers={**WRITE, "Content-Type": kind},
    )


def share(world: World, name: str, *keys: str, **changed: Any):
    asked = {
        "person": world.ids[name],
        "exercise": "plan",
        "audience": "cohort",
        "consent": True,
        "device_at": clock.iso(clock.now()),
        "key": uuid4().hex,
        "pictures": [{"picture": key, "alt": ALT} for key in keys],
        "guardians_agree": True,
    }
    return world.client(name).post(POSTS, headers=WRITE, json={**asked, **changed})


def sent(world: World, name: str, photo: Photo | None = None, key: str = "") -> str:
    """The name of a picture that has come, and was made small, already."""
    key = key or uuid4().hex
    photo = photo or a_photo(key)
    pictures.put(world.portal.artifacts, photo)
    world.portal.database.write(
        lambda session: pictures.keep(
            session, world.portal.artifacts, world.person(name), key, photo
        )
    )
    return key


def shared(world: World, name: str, key: str = "", audience: str = "cohort") -> dict[str, Any]:
    answer = share(world, name, key or sent(world, name), audience=audience)
    assert answer.status_code == 200, answer.text
    post: dict[str, Any] = answer.json()
    return post


def addresses(post: dict[str, Any]) -> list[str]:
    files = [picture[size] for picture in post["pictures"] for size in ("whole", "small")]
    return [f"api/posts/{post['id']}/pictures/{file}" for file in files]


def test_a_photo_is_kept_upright_and_small_and_tells_nothing_of_the_camera(world: World) -> None:
    key = uuid4().hex
    assert send(world.client("teacher"), a_jpeg(), key).status_code == 200
    post = shared(world, "teacher", key)
    (picture,) = post["pictures"]
    assert (picture["width"], picture["height"], picture["alt"]) == (960, 1280, ALT)
    for address, longest in zip(addresses(post), (1280, 240), strict=True):
        answer = world.client("teacher").get(address)
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "sandbox" in answer.headers["content-security-policy"]
        with Image.open(io.BytesIO(answer.content)) as drawn:
            assert drawn.format == "WEBP" and max(drawn.size) == longest
            assert not drawn.getexif() and not drawn.info.get("icc_profile")
            red, green, _ = drawn.convert("RGB").getpixel((drawn.width - 9, 9))
            assert red > green, "turned as it was held"
        assert b"Rabeya" not in answer.content
    assert picture["small_bytes"] <= 6_000


def test_whoever_sees_the_post_sees_its_pictures_and_nobody_else(world: World) -> None:
    post = shared(world, "teacher")
    for address in addresses(post):
        for name in ("teacher", "mate"):
            assert world.client(name).get(address).status_code == 200
        for name in ("stranger", "trainer", "administrator"):
            assert world.client(name).get(address).status_code == 404
        assert world.client().get(address).status_code == 401
        file = address.rpartition("/")[2]
        assert world.client("mate").get(f"media/{file}.webp").status_code == 404
        other = f"api/posts/{world.things['stranger post']}/pictures/{file}"
        assert world.client("teacher").get(other).status_code == 404
    assert (
        world.client("mate")
        .get(addresses(shared(world, "stranger", audience="everyone"))[0])
        .is_success
    )


def test_what_was_withdrawn_is_gone_for_others_at_once_and_back_when_undone(world: World) -> None:
    post = shared(world, "teacher")
    address, mate = addresses(post)[0], world.client("mate")
    tag = mate.get(address).headers["etag"]
    assert mate.get(address, headers={"If-None-Match": tag}).status_code == 304
    world.client("teacher").delete(f"api/posts/{post['id']}", headers=WRITE)
    assert mate.get(address, headers={"If-None-Match": tag}).status_code == 404
    works = world.client("teacher").get("api/portfolio/history").json()["works"]
    assert any(p["pictures"] == post["pictures"] for work in works for p in work["posts"])
    assert world.client("teacher").get(address).status_code == 200, "her own history"
    world.client("teacher").post(f"api/posts/{post['id']}/restore", headers=WRITE, json={})
    assert mate.get(address).status_code == 200


def test_whoever_decides_on_a_complaint_sees_what_it_is_about(world: World) -> None:
    post = shared(world, "teacher")
    trainer = world.client("trainer")
    assert trainer.get(addresses(post)[0]).status_code == 404
    report = {"person": world.ids["mate"], "reason": "names-pupil", "words": ""}
    world.client("mate").post(f"api/posts/{post['id']}/complaints", headers=WRITE, json=report)
    (told,) = [c for c in trainer.get("api/complaints").json()["open"] if c["post"] == post["id"]]
    assert told["pictures"] == post["pictures"]
    assert trainer.get(addresses(post)[0]).status_code == 200
    assert world.client("mate").get(addresses(post)[0]).status_code == 404, "out of her sight"
    assert world.client("administrator").get(addresses(post)[0]).status_code == 200


def test_a_complaint_opens_pictures_to_those_who_decide_on_it_and_to_nobody_else(
    world: World,
) -> None:
    post = shared(world, "marked-evaluator", audience="everyone")  # she is in no cohort
    report = {"person": world.ids["mate"], "reason": "names-pupil", "words": ""}
    world.client("mate").post(f"api/posts/{post['id']}/complaints", headers=WRITE, json=report)
    world.client("marked-evaluator").delete(f"api/posts/{post['id']}", headers=WRITE)
    opened = {
        name
        for name in ("teacher", "stranger", "mate", "evaluator", "trainer", "administrator")
        if world.client(name).get(addresses(post)[0]).status_code == 200
    }
    assert opened == {"trainer", "administrator"}


def test_the_same_upload_twice_is_one_picture(world: World) -> None:
    teacher, key, photo = world.client("teacher"), uuid4().hex, a_jpeg()
    first, before = send(teacher, photo, key), world.count_rows()["pictures"]
    assert send(teacher, photo, key).json() == first.json()
    assert send(teacher, b"", key).json() == first.json(), "what is here need not come again"
    assert world.count_rows()["pictures"] == before
    posted = [share(world, "teacher", key, key="the-same-key").json()["id"] for _ in range(2)]
    assert posted[0] == posted[1]


def test_a_post_waits_for_its_pictures_and_says_which_are_missing(world: World) -> None:
    here, missing = sent(world, "teacher"), sent(world, "mate")  # another's is not hers
    answer = share(world, "teacher", here, missing)
    assert (answer.status_code, answer.json()["code"]) == (409, "pictures-missing")
    assert answer.json()["facts"] == {"missing": [missing]}
    assert send(world.client("teacher"), a_jpeg(64, 48), missing).status_code == 200
    assert len(share(world, "teacher", here, missing).json()["pictures"]) == 2
    taken = share(world, "teacher", here, exercise="saw")
    assert taken.json()["code"] == "pictures-missing", "another post shows it"


def test_pictures_need_the_consent_of_guardians_and_are_at_most_three(world: World) -> None:
    keys = [sent(world, "teacher") for _ in range(4)]
    refused = share(world, "teacher", keys[0], guardians_agree=False)
    assert (refused.status_code, refused.json()["code"]) == (403, "consent-missing")
    assert share(world, "teacher", *keys).status_code == 422
    assert share(world, "teacher", keys[0], keys[0]).status_code == 422
    assert share(world, "teacher", *keys[:3]).status_code == 200
    assert share(world, "teacher", guardians_agree=False).json()["pictures"] == []


def test_other_pictures_with_the_same_words_are_another_post(world: World) -> None:
    first, second = shared(world, "teacher"), shared(world, "teacher")
    assert first["id"] != second["id"]
    assert world.client("mate").get(addresses(first)[0]).status_code == 404
    assert world.client("mate").get(addresses(second)[0]).status_code == 200


def test_other_words_about_a_picture_are_kept(world: World) -> None:
    key, other = sent(world, "teacher"), "দুই দল, মাঝখানে পানির বোতল"
    first = shared(world, "teacher", key)
    retold = share(world, "teacher", key, pictures=[{"picture": key, "alt": other}]).json()
    assert [picture["alt"] for picture in retold["pictures"]] == [other]
    seen = world.client("mate").get(f"api/posts/{retold['id']}").json()
    assert [picture["alt"] for picture in seen["pictures"]] == [other]
    assert world.client("mate").get(addresses(first)[0]).status_code == 404
    again = share(world, "teacher", key, pictures=[{"picture": key, "alt": f" {other} "}]).json()
    assert again["id"] == retold["id"], "nothing changed"


def test_a_picture_of_a_withdrawn_post_may_be_shared_again(world: World) -> None:
    key = sent(world, "teacher")
    first = shared(world, "teacher", key)
    teacher = world.client("teacher")
    with world.portal.database.read() as session:
        taken = queries.bytes_of(session, world.ids["teacher"])
    teacher.delete(f"api/posts/{first['id']}", headers=WRITE)
    again = shared(world, "teacher", key)
    assert world.client("mate").get(addresses(again)[0]).status_code == 200
    assert world.client("mate").get(addresses(first)[0]).status_code == 404
    with world.portal.database.read() as session:
        assert queries.bytes_of(session, world.ids["teacher"]) == taken, "one file"
    back = teacher.post(f"api/posts/{first['id']}/restore", headers=WRITE, json={})
    assert back.json()["pictures"] == first["pictures"]
    assert world.client("mate").get(addresses(first)[0]).status_code == 200
    assert world.client("mate").get(addresses(again)[0]).status_code == 404


NO_PHOTOS = [
    (a_jpeg(), "image/png"),
    (a_jpeg(), "image/svg+xml"),
    (a_jpeg(), "application/json"),
    (a_jpeg()[:4000], "image/jpeg"),
    (b"\xff\xd8\xff" + b"<script>" * 99, "image/jpeg"),
    (b"", "image/webp"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/webp"),
    (written(Image.new("P", (9, 9)), "GIF"), "image/jpeg"),
]


def test_what_is_no_photo_is_said_and_kept_nowhere(world: World) -> None:
    before = world.count_rows()
    for content, kind in NO_PHOTOS:
        answer = send(world.client("teacher"), content, kind=kind)
        assert (answer.status_code, answer.json()["code"]) == (422, "picture-unreadable")
    assert world.count_rows() == before


def test_a_picture_of_too_many_points_or_bytes_is_refused(world: World) -> None:
    teacher = world.client("teacher")
    wide = send(teacher, written(Image.new("1", (8000, 5001)), "PNG"), kind="image/png")
    assert (wide.status_code, wide.json()["code"]) == (422, "picture-too-large")
    heavy = send(teacher, b"\xff\xd8\xff" + bytes(12 << 20))
    assert (heavy.status_code, heavy.json()["code"]) == (413, "too-large")


def test_a_photo_that_the_server_had_no_time_for_is_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, teacher = uuid4().hex, world.client("teacher")
    with monkeypatch.context() as busy:
        busy.setattr(photos, "LIMITS", replace(photos.LIMITS, wall_seconds=0.01))
        refused = send(teacher, a_jpeg(), key)
    assert (refused.status_code, refused.json()["code"]) == (503, "picture-not-made")
    assert refused.json()["retry"] and refused.headers["retry-after"]
    assert send(teacher, a_jpeg(), key).status_code == 200


def test_a_long_queue_of_photos_grows_no_longer(world: World) -> None:
    turn: CapacityLimiter = world.app.state.photos
    places = [world.loop.start_task_soon(turn.acquire_on_behalf_of, object()) for _ in range(9)]
    places[0].result(30)
    refused = send(world.client("teacher"), a_jpeg())
    for place in places:
        place.cancel()
    assert (refused.status_code, refused.json()["code"]) == (503, "pictures-busy")
    assert refused.json()["retry"] and refused.headers["retry-after"]


def test_what_came_by_another_way_while_it_waited_is_not_made_again(world: World) -> None:
    turn: CapacityLimiter = world.app.state.photos
    key, holder = uuid4().hex, object()
    world.loop.call(turn.acquire_on_behalf_of, holder)
    with ThreadPoolExecutor() as phones:
        waiting = phones.submit(send, world.client("teacher"), b"cut off", key)
        wait_until(lambda: turn.statistics().tasks_waiting == 1, seconds=30)
        sent(world, "teacher", key=key)
        world.loop.call(turn.release_on_behalf_of, holder)
        assert waiting.result(30).json()["picture"] == key


def test_what_a_killed_portal_left_of_a_photo_goes(world: World) -> None:
    left = world.portal.work / "photo-999999999-left"
    left.mkdir()
    (left / "sent").write_bytes(a_jpeg())
    assert send(world.client("teacher"), a_jpeg()).status_code == 200
    assert not list(world.portal.work.glob("photo-*"))


def test_her_pictures_are_in_what_she_takes_along_as_they_are(world: World) -> None:
    hers = world.things["teacher picture"]
    answer = world.client("teacher").get("api/me/data")
    assert int(answer.headers["content-length"]) == len(answer.content)
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    kept = bundle.getinfo(f"files/{hers}.webp")
    assert kept.compress_type == zipfile.ZIP_STORED and not bundle.testzip()
    assert not list(world.portal.work.iterdir())


def test_one_person_cannot_take_all_the_room(world: World) -> None:
    teacher = world.client("teacher")
    sent(world, "teacher", a_photo("as heavy as all may be"))
    world.portal.database.write(
        lambda session: session.execute(update(Picture).values(size_bytes=pictures.MOST_BYTES))
    )
    full = send(teacher, a_jpeg())
    assert (full.status_code, full.json()["code"]) == (409, "pictures-too-many")


def test_pictures_do_not_take_the_room_of_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # no disk of this machine can be filled to its last 2 GB without harm to others
    teacher = world.client("teacher")
    monkeypatch.setattr(pictures, "FREE_BYTES", 1 << 60)
    full = send(teacher, a_jpeg())
    assert (full.status_code, full.json()["retry"]) == (507, True)


def test_what_nobody_shared_goes_after_a_week_with_its_file(world: World) -> None:
    both = a_photo("both")
    for photo in (both, a_photo("hers alone")):
        sent(world, "teacher", photo)
    shared(world, "stranger", sent(world, "stranger", both))
    files = world.portal.artifacts.root
    before = {path.name for path in files.glob("*/*")}
    later = clock.now() + timedelta(days=8)
    with clock.use(lambda: later):
        world.portal.database.write(
            lambda session: pictures.drop_loose(session, world.portal.artifacts)
        )
    gone = before - {path.name for path in files.glob("*/*")}
    alone = a_photo("hers alone")
    assert gone == {sha256(content).hexdigest() for content in (alone.whole, alone.small)}


def test_a_copy_of_everything_holds_the_pictures(world: World, tmp_path: Path) -> None:
    post, data = shared(world, "teacher"), world.portal.artifacts.root.parent
    back_up(tmp_path / "copies", data, {"pathshala": world.portal.database.url}, keep=1)
    again = tmp_path / "again"
    restore(tmp_path / "copies", again, {"pathshala": f"sqlite:///{again}/pathshala.sqlite"})
    for address in addresses(post):
        assert Artifacts(again / "artifacts").exists(address.rpartition("/")[2])


def test_a_complaint_shows_no_pictures_of_another_post(world: World) -> None:
    with world.portal.database.read() as session:
        told = complaints.queue(session, world.person("trainer"))
    assert [each["pictures"] for each in told["open"]] == [[]]  # it is about a comment
