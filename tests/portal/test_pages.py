"""A page is the same bytes for every reader, small, readable before script, and cheap to repeat."""

import gzip
import json
import re

import brotli
import pytest
from anyio import create_task_group, sleep, sleep_forever
from anyio.from_thread import start_blocking_portal
from fastapi import Response
from starlette.types import Message, Receive, Scope, Send

from hub.portal.compress import PackedJson
from store.database import Session
from store.tables import Module
from tests.portal.filling import COURSE, KEY
from tests.portal.world import WRITE, World

PAGES = ("", "courses", f"courses/{COURSE}", f"courses/{KEY}", "library", "people/me")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_for_every_reader(world: World, page: str) -> None:
    answers = [world.client(name).get(page) for name in ("teacher", "stranger", "trainer")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    for name, person in world.ids.items():
        assert person not in answers[0].text, name
    assert "রাবেয়া" not in answers[0].text


@pytest.mark.parametrize("page", PAGES)
def test_a_second_visit_is_a_304(world: World, page: str) -> None:
    client = world.client("teacher")
    first = client.get(page)
    assert first.headers["cache-control"] == "private, no-cache"
    second = client.get(page, headers={"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")
    other = client.get(f"{page}?lang=en", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_304_is_only_for_those_who_may_read(world: World) -> None:
    tag = world.client("teacher").get("courses").headers["etag"]
    outsider = world.client().get("courses", headers={"If-None-Match": tag})
    assert outsider.status_code == 302


def test_a_page_can_be_read_before_any_script(world: World) -> None:
    page = world.client("teacher").get(f"courses/{KEY}").text
    assert "<h1>জোড়ায় কথা</h1>" in page
    assert "সক্রিয় শিখন" in page  # the course, in the bar
    assert '<a class="skip" href="#page">সরাসরি মূল লেখায় যান</a>' in page
    assert '<html lang="bn"' in page
    for label, address in (("হোম", "/services/portal/"), ("কোর্স", "/services/portal/courses")):
        assert re.search(f'href="{address}"[^>]*>{label}<', page)
    assert "{{portal}}" not in page
    assert f'src="/services/portal/media/{world.clip}.png"' in page


def test_what_a_page_loads_first_is_on_our_own_origin_and_named_once(world: World) -> None:
    page = world.client("teacher").get(f"courses/{KEY}").text
    loaded = re.findall(r'(?:src|href)="([^"]+\.(?:js|css|woff2))"', page)
    assert len(loaded) == len(set(loaded))
    assert all(each.startswith("/services/portal/static/") for each in loaded)
    names = [each.rpartition("/")[2] for each in loaded]
    assert names.index("early-1.js") < names.index("page-5.css") < names.index("page-2.js")
    assert {"clip-3.js", "texts-bn-4.js", "bengali-400-6.woff2"} <= set(names)
    for name in names:
        assert world.client().get(f"static/{name}").status_code == 200
    english = world.client("teacher").get(f"courses/{KEY}?lang=en").text
    assert "bengali-400" not in english and "texts-bn" not in english


@pytest.mark.parametrize("path", ["courses", "api/openapi.json"])
@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_what_a_teacher_reads_travels_packed(
    world: World, path, accepted, encoding, unpack
) -> None:
    client = world.client("teacher")
    plain = client.get(path).content
    with client.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        packed = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == encoding
        assert "Accept-Encoding" in answer.headers["vary"]
    assert unpack(packed) == plain


def test_while_much_is_packed_others_are_answered() -> None:
    words = json.dumps([str(number) for number in range(100_000)]).encode()
    turns, seen = 0, []

    async def reply(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(words, media_type="application/json")(scope, receive, send)

    async def keep(message: Message) -> None:
        seen.append(message.get("body", b""))

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await sleep(0)

    async def both() -> None:
        async with create_task_group() as others:
            others.start_soon(take_turns)
            scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"br")]}
            await PackedJson(reply)(scope, sleep_forever, keep)
            others.cancel_scope.cancel()

    with start_blocking_portal() as loop:  # a browser of another test may run one in this thread
        loop.call(both)
    assert turns > 1 and brotli.decompress(b"".join(seen)) == words


def test_the_language_is_asked_for_or_remembered_or_bangla(world: World) -> None:
    client = world.client("teacher", **{"Accept-Language": "en"})
    assert '<html lang="bn"' in client.get("courses").text
    assert '<html lang="en"' in client.get("courses?lang=en").text
    # a link in another language is read in it; the reader's own choice stays
    assert '<html lang="bn"' in client.get("courses").text
    assert '<html lang="bn"' in client.get("courses?lang=fr").text
    client.put("api/me", headers=WRITE, json={"language": "en"})
    assert client.cookies["pathshala-language"] == "en"
    assert '<html lang="en"' in client.get("courses").text
    assert '<html lang="bn"' in client.get("courses?lang=bn").text


def test_desk_and_studio_are_pages_of_their_own_readers(world: World) -> None:
    desk = world.client("evaluator").get("marking")
    assert 'data-component="Desk"' in desk.text
    assert "&#34;kind&#34;:&#34;marking&#34;" in desk.text
    assert 'data-component="Studio"' in world.client("trainer").get("studio").text
    refused = world.client("teacher").get("marking", headers={"Accept": "text/html"})
    assert refused.status_code == 404
    assert "এই পাতাটি এখানে নেই" in refused.text


def test_every_reply_carries_the_headers_of_the_house(world: World) -> None:
    for address in ("", "api/me", "health", "static/page-2.js", "api/nothing", "no/such/page"):
        headers = world.client("teacher").get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "'unsafe" not in policy
        assert "object-src 'none'" in policy and "base-uri 'none'" in policy
        assert "style-src 'self';" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "strict-transport-security" not in headers


def test_a_new_version_is_served_at_once(world: World) -> None:
    from sqlalchemy import text

    client = world.client("teacher")
    before = client.get(f"courses/{KEY}").text
    sha = world.portal.artifacts.put("<article><h1>নতুন</h1></article>".encode(), "text/html")

    def republish(session) -> None:
        session.execute(
            text(
                "INSERT INTO versions (module, number, content_hash, structure, manifest,"
                " release_sha, source_sha, pages, created_at) SELECT module, 2, 'new', structure,"
                " manifest, release_sha, source_sha, :pages, created_at FROM versions"
                " WHERE module = :key"
            ),
            {"pages": f'{{"bn": "{sha}"}}', "key": KEY},
        )
        session.execute(
            text("UPDATE modules SET current_version_id = (SELECT max(id) FROM versions)"
                 " WHERE key = :key"),
            {"key": KEY},
        )  # fmt: skip

    world.portal.database.write(republish)
    after = client.get(f"courses/{KEY}").text
    assert before != after
    assert "<h1>নতুন</h1>" in after


def test_a_module_leads_to_the_next_and_the_last_one_to_its_course(world: World) -> None:
    client = world.client("teacher")
    back = f'href="/services/portal/courses/{COURSE}">কোর্সে ফিরে যান</a>'
    assert back in client.get(f"courses/{KEY}").text

    def add_another(session: Session) -> None:
        version = session.get_one(Module, KEY).current_version_id
        session.add(
            Module(
                key=f"{COURSE}/asking",
                course=COURSE,
                module="asking",
                position=7,
                title={"bn": "প্রশ্ন <করা>", "en": "Asking"},
                current_version_id=version,
            )
        )

    world.portal.database.write(add_another)
    page = client.get(f"courses/{KEY}").text
    assert back not in page
    assert f'courses/{COURSE}/asking">পরের মডিউল: প্রশ্ন &lt;করা&gt;</a>' in page
    assert back in client.get(f"courses/{COURSE}/asking").text
