"""Clips can be sought in, nothing but media is served, and the build is fetched once a year."""

from datetime import timedelta

import pytest

from store import clock
from store.tables import Artifact
from tests.portal.filling import COURSE, MODULE
from tests.portal.world import ORIGIN, World

SIZE = 256_000


def address(world: World, name: str = "teacher") -> str:
    """Where a film is for this person, as pressing play asks for it."""
    asked = f"api/courses/{COURSE}/{MODULE}/clips/{world.clip}/files"
    answer = world.client(name).get(asked)
    assert answer.status_code == 200, answer.text
    assert answer.json()["seconds"] == 600
    return ORIGIN + str(answer.json()["addresses"][f"{world.clip}.mp4"])


def clip(world: World, **headers: str):
    return world.client("teacher").get(address(world), headers=headers)


def whole(world: World) -> bytes:
    return world.portal.artifacts.read(world.clip)


def test_a_clip_is_served_whole_with_its_type(world: World) -> None:
    answer = clip(world)
    assert (answer.status_code, answer.content) == (200, whole(world))
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=100-199", 100, 199),
        ("bytes=255999-", SIZE - 1, SIZE - 1),
        ("bytes=1000-99999999", 1000, SIZE - 1),
        ("bytes=-500", SIZE - 500, SIZE - 1),
        ("bytes=-99999999", 0, SIZE - 1),
    ],
)
def test_a_seek_loads_only_what_follows(world: World, asked: str, start: int, end: int) -> None:
    answer = clip(world, Range=asked)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {start}-{end}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start + 1)
    assert answer.content == whole(world)[start : end + 1]


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=256000-256009", "bytes=-0"])
def test_a_part_beyond_the_end_is_a_416(world: World, asked: str) -> None:
    answer = clip(world, Range=asked)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.json()["code"] == "range-not-satisfiable"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "pages=1-2", "bytes", "bytes=9-3", "bytes=-"])
def test_what_is_no_single_range_gets_the_whole(world: World, asked: str) -> None:
    answer = clip(world, Range=asked)
    assert (answer.status_code, len(answer.content)) == (200, SIZE)


def test_a_range_of_another_file_gets_the_whole(world: World) -> None:
    tag = clip(world).headers["etag"]
    assert clip(world, Range="bytes=0-9", **{"If-Range": tag}).status_code == 206
    assert clip(world, Range="bytes=0-9", **{"If-Range": '"other"'}).status_code == 200
    assert clip(world, **{"If-None-Match": tag}).status_code == 304


def test_a_film_opens_by_a_signed_address_alone_and_for_ten_minutes(
    world: World,
) -> None:
    signed, plain = address(world), f"media/{world.clip}.mp4"
    teacher = world.client("teacher")
    forged = (
        plain,
        f"{plain}?until=99999999999&signature={'0' * 64}",
        signed.replace("until=1", "until=2"),
        signed.replace("signature=", "signature=0"),
        f"{plain}?until=-1&signature=x",
        f"{plain}?until=%E0%A7%A7&signature=%E0%A7%A7",
    )
    for wrong in forged:
        answer = teacher.get(wrong)
        assert (answer.status_code, answer.json()["code"]) == (403, "link-expired"), wrong
    assert world.client("mate").get(signed).status_code == 403, "another's link"
    assert world.client().get(signed).status_code == 401
    assert teacher.get(signed).headers["no-vary-search"] == 'params=("until" "signature")'
    later = clock.now() + timedelta(minutes=10, seconds=1)
    with clock.use(lambda: later):
        assert teacher.get(signed).status_code == 403


def test_only_a_clip_of_the_module_has_addresses(world: World) -> None:
    teacher = world.client("teacher")
    other = f"api/courses/{COURSE}/{MODULE}/clips/{'0' * 64}/files"
    assert teacher.get(other).json()["code"] == "clip-not-found"


def test_what_is_neither_picture_nor_sound_nor_film_is_for_saving(world: World) -> None:
    captions = world.portal.artifacts.put(b"WEBVTT\n", "text/vtt")
    row = Artifact(sha256=captions, media_type="text/vtt", size_bytes=7, created_at=clock.now())
    world.portal.database.write(lambda session: session.add(row))
    answer = world.client("teacher").get(f"media/{captions}.vtt")
    assert answer.headers["content-disposition"] == "attachment"
    assert "content-disposition" not in clip(world).headers


def test_a_notebook_with_solutions_is_never_served(world: World) -> None:
    for name in ("ipynb", "mp4", "json"):
        answer = world.client("trainer").get(f"media/{world.things['solution']}.{name}")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "name", ["manifest.json", "..%2Fpathshala.sqlite", ".", "%2e%2e", "page-2", "known.json"]
)
def test_only_files_of_the_build_are_static(world: World, name: str) -> None:
    assert world.client().get(f"static/{name}").status_code == 404


def test_a_file_of_the_build_is_kept_for_a_year(world: World) -> None:
    answer = world.client().get("static/page-2.js", headers={"Accept-Encoding": "br"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.text.startswith("export {}")
    font = world.client().get("static/bengali-400-6.woff2", headers={"Accept-Encoding": "br"})
    assert font.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in font.headers
