"""Row S12 of the bar: hostile files sent as pictures are refused, or drawn anew without what was
hidden in them; none keeps anything busy, and none is left behind.

Other kinds of uploads do not exist.
"""

import io
import random
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from uuid import uuid4

import psutil
import pytest
from PIL import Image, PngImagePlugin

from publishing.photos import KINDS, LIMITS
from store import clock
from tests.bar.figures import record
from tests.portal.filling import KEY
from tests.portal.world import WRITE, World, a_portal

pytestmark = pytest.mark.bar

TRAP = b"<script>trap()</script>"
DRAWN = ("drawn",)
UNREADABLE = ("picture-unreadable",)
TOO_LARGE = ("picture-too-large",)
TOO_MANY_BYTES = ("too-large",)
ANY = (*DRAWN, *UNREADABLE, *TOO_LARGE)


class File(NamedTuple):
    """What it is, as what it is sent, how it may end, its bytes."""

    what: str
    kind: str
    ends: tuple[str, ...]
    content: bytes


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_portal(tmp_path_factory.mktemp("portal"), patience=100) as world:
        yield world


def drawn(kind: str, size: tuple[int, int] = (320, 240), mode: str = "RGB", **how: Any) -> bytes:
    noise = Image.effect_noise(size, 40).convert(mode) if mode != "1" else Image.new("1", size)
    file = io.BytesIO()
    noise.save(file, kind, **how)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    return png[:33] + chunk(name, body) + png[33:]


def with_size(png: bytes, width: int, height: int) -> bytes:
    """A PNG that says it is of another size."""
    header = width.to_bytes(4) + height.to_bytes(4) + png[24:29]
    return png[:8] + chunk(b"IHDR", header) + png[33:]


def disguised() -> Iterator[File]:
    """What is no picture for us, or no picture at all."""
    others = {
        "gif": drawn("GIF"),
        "tiff": drawn("TIFF"),
        "bmp": drawn("BMP"),
        "ico": drawn("ICO", (32, 32)),
        "eps": drawn("EPS"),
        "pdf": drawn("PDF"),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='trap()'/>",
        "entities": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
        "html": b"<!doctype html>" + TRAP,
        "script": b"GIF89a/*" + TRAP + b"*/=1;trap()",
        "zip": b"PK\x03\x04" + bytes(100),
        "program": b"\x7fELF" + bytes(100),
        "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
        "avi": b"RIFF\x00\x10\x00\x00AVI " + bytes(100),
        "nothing": b"",
    }
    for name, content in others.items():
        for kind in KINDS:
            yield File(name, kind, UNREADABLE, content)
    for name, kind in (("JPEG", "image/png"), ("PNG", "image/webp"), ("WEBP", "image/jpeg")):
        yield File(f"{name} by another name", kind, UNREADABLE, drawn(name))


def damaged() -> Iterator[File]:
    dice = random.Random(12)
    for kind, name in KINDS.items():
        whole = drawn(name)
        for part in (12, 40, len(whole) // 3):
            yield File(f"{name} cut after {part}", kind, UNREADABLE, whole[:part])
        yield File(f"{name} without its end", kind, ANY, whole[:-20])
        for number in range(4):
            torn = bytearray(whole)
            for _ in range(200):
                torn[dice.randrange(12, len(torn))] = dice.randrange(256)
            yield File(f"{name} with noise {number}", kind, ANY, bytes(torn))


def bombs() -> Iterator[File]:
    """What takes much more than it looks like; each limit says its name."""
    png, kind = drawn("PNG", (8, 8)), "image/png"
    lines = drawn("PNG", (1000, 40_001), "1")
    yield File("PNG of 40,001 lines", kind, TOO_LARGE, lines)
    huge = drawn("PNG", (30_000, 30_000), "1")
    yield File("PNG of 900 MP in kilobytes", kind, TOO_LARGE, huge)
    yield File("PNG that says 4 GP", kind, TOO_LARGE, with_size(png, 65_535, 65_535))
    yield File("PNG without a width", kind, UNREADABLE, with_size(png, 0, 8))
    text = b"a\0\0" + zlib.compress(bytes(200 << 20))
    for what, name in (("text", b"zTXt"), ("colours", b"iCCP")):
        yield File(f"PNG with 200 MB of {what}", kind, UNREADABLE, with_chunk(png, name, text))
    jpeg = bytearray(drawn("JPEG"))
    place = jpeg.index(b"\xff\xc0") + 5
    jpeg[place : place + 4] = b"\xff\xff\xff\xff"
    yield File("JPEG that says 4 GP", "image/jpeg", TOO_LARGE, bytes(jpeg))
    longer = drawn("JPEG") + bytes(12 << 20)
    yield File("JPEG above 12 MB", "image/jpeg", TOO_MANY_BYTES, longer)
    frames = [Image.new("RGB", (400, 400), (n, 0, 0)) for n in range(200)]
    for name in ("WEBP", "PNG"):
        file = io.BytesIO()
        frames[0].save(file, name, save_all=True, append_images=frames[1:])
        yield File(f"{name} of 200 frames", f"image/{name.lower()}", DRAWN, file.getvalue())


def carriers() -> Iterator[File]:
    """Pictures that carry something: what comes out must not."""
    told = Image.Exif()
    told[0x010E] = TRAP.decode()
    told.get_ifd(0x8825)[2] = (23.0, 46.0, 37.0)
    words = PngImagePlugin.PngInfo()
    words.add_itxt("XML:com.adobe.xmp", TRAP.decode())
    for kind, name in KINDS.items():
        yield File(f"{name} with a script behind", kind, DRAWN, drawn(name) + TRAP)
        yield File(f"{name} with words of a camera", kind, DRAWN, drawn(name, exif=told))
        yield File(f"{name} with a profile", kind, DRAWN, drawn(name, icc_profile=TRAP * 20))
    jpeg, png = "image/jpeg", "image/png"
    yield File("PNG with words", png, DRAWN, drawn("PNG", pnginfo=words))
    yield File("JPEG with a comment", jpeg, DRAWN, drawn("JPEG", comment=TRAP))
    yield File("JPEG for printers", jpeg, DRAWN, drawn("JPEG", mode="CMYK"))
    yield File("PNG of 16 bits", png, DRAWN, drawn("PNG", mode="I;16"))
    yield File("PNG of one point", png, DRAWN, drawn("PNG", (1, 1)))
    yield File("PNG of one line", png, DRAWN, drawn("PNG", (50_000, 1)))


def share(world: World, key: str) -> dict[str, Any]:
    asked = {
        "person": world.ids["teacher"],
        "exercise": "plan",
        "audience": "everyone",
        "consent": True,
        "device_at": clock.iso(clock.now()),
        "pictures": [{"picture": key}],
        "guardians_agree": True,
    }
    answer = world.client("teacher").post(f"api/courses/{KEY}/posts", headers=WRITE, json=asked)
    assert answer.status_code == 200, answer.text
    post: dict[str, Any] = answer.json()
    return post


def assert_harmless(world: World, post: dict[str, Any]) -> None:
    (picture,) = post["pictures"]
    for size in ("whole", "small"):
        answer = world.client("mate").get(f"api/posts/{post['id']}/pictures/{picture[size]}")
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        with Image.open(io.BytesIO(answer.content)) as seen:
            assert seen.format == "WEBP" and max(seen.size) <= 1280 and seen.n_frames == 1
            assert not seen.getexif() and not {"icc_profile", "xmp"} & seen.info.keys()
        assert TRAP not in answer.content


def test_hostile_files_are_refused_or_drawn_anew(world: World) -> None:
    files = [*disguised(), *damaged(), *bombs(), *carriers()]
    assert len(files) >= 60
    left, running = left_aside(), psutil.Process().children(recursive=True)
    ended: Counter[str] = Counter()
    slowest = 0.0
    for file in files:
        began = monotonic()
        end = sent(world, file)
        slowest = max(slowest, monotonic() - began)
        assert end in file.ends, (file.what, file.kind, end)
        assert slowest < LIMITS.wall_seconds, file.what
        ended[end] += 1
    assert left_aside() <= left
    assert set(psutil.Process().children(recursive=True)) <= set(running)
    refused = ", ".join(f"{ended[end]} as {end}" for end in sorted({*ended} - {*DRAWN}))
    record(
        "S12",
        f"{len(files)} hostile files: {refused}; {ended['drawn']} drawn anew, clean;"
        f" the slowest took {slowest:.1f} s, nothing was left running",
    )


def sent(world: World, file: File) -> str:
    """Send it, and hold what came of it; "drawn", or the code of the refusal."""
    key, before = uuid4().hex, world.count_rows()
    headers = {**WRITE, "Content-Type": file.kind}
    answer = world.client("teacher").put(
        f"api/pictures/{key}", content=file.content, headers=headers
    )
    if answer.status_code == 200:
        assert_harmless(world, share(world, key))
        return "drawn"
    assert answer.status_code in (413, 422), (file.what, answer.text)
    assert not answer.json()["retry"], file.what
    assert world.count_rows() == before, file.what
    return str(answer.json()["code"])


def left_aside() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("pathshala-*"))
