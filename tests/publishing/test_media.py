"""Pictures, clips and captions: found in the course alone, checked, named by their hash."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from publishing.clips import clip_properties, parse_captions
from publishing.drafts import sha256
from publishing.films import Film, Films
from publishing.media import Media, MediaProblem
from publishing.versions import Publisher
from tests.publishing.phone import record
from tests.publishing.writing import picture

CAPTIONS = "WEBVTT\n\n1\n00:00.000 --> 00:00.400\nজোড়ায় <i>বলো</i> &amp; শোনো\n"


def film(publisher: Publisher, path: Path) -> tuple[Films, Film]:
    """A film of one second, made."""
    publisher.work.mkdir(parents=True)
    films = Films(publisher.database, publisher.artifacts, publisher.work)
    return films, films.get(record(path, 1, (160, 90)), lambda words: None)


def media(folder: Path) -> tuple[Media, list[tuple[str, dict[str, Any]]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    return Media(folder, lambda rule, facts: found.append((rule, facts))), found


def test_a_clip_gets_sizes_poster_captions_and_transcript(
    publisher: Publisher, tmp_path: Path
) -> None:
    films, made_of = film(publisher, tmp_path / "clip.mp4")
    (tmp_path / "bn.vtt").write_text(CAPTIONS)
    files, _ = media(tmp_path)
    props = {
        "src": "clip.mp4",
        "title": {"bn": "ক্লাস", "en": "A class"},
        "captions": {"bn": "bn.vtt"},
        "context": {"school": {"bn": "সরকারি বিদ্যালয়"}},
    }
    made = clip_properties(props, "en", files, films, made_of)
    assert made["title"] == "A class" and made["context"] == {"school": "সরকারি বিদ্যালয়"}
    assert made["clip"] == sha256((tmp_path / "clip.mp4").read_bytes())
    assert made["src"] == f"{{{{portal}}}}media/{made_of.usual.sha}.mp4"
    assert [size["name"] for size in made["sizes"]] == ["90"]
    assert made["sizes"][0]["src"] == made["src"] and made["sound"]["src"].endswith(".m4a")
    assert made["captions"][0]["lang"] == "bn" and made["captions"][0]["src"].endswith(".vtt")
    assert made["transcript"] == [{"start": 0.0, "end": 0.4, "text": "জোড়ায় বলো & শোনো"}]
    assert made["poster"].endswith(".webp")
    kinds = sorted(file.media_type for file in files.files.values())
    assert kinds == ["audio/mp4", "image/webp", "text/vtt", "video/mp4"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00:00.000 --> 00:01.000\nx",
        "WEBVTT\n\nx",
        "WEBVTT\n\n00:01.000 --> 00:00.500\nx",
        "WEBVTT\n\n00:01 --> 00:02\nx",
        "WEBVTT\n\n00:02.000 --> 00:03.000\nx\n\n00:01.000 --> 00:02.000\ny",
        "WEBVTT\n\nNOTE nothing else",
        "WEBVTT\n\n00:01.000 -->",
    ],
)
def test_wrong_captions_say_where(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_captions(text)


def test_captions_may_have_notes_styles_and_hours() -> None:
    text = (
        "WEBVTT - ক্লাস\r\n\r\nNOTE কথা\r\n\r\nSTYLE\r\n::cue{}\r\n\r\n"
        "01:00:01.500 --> 01:00:02.000 align:start\r\n<v শিক্ষক>এক\r\nদুই</v>\r\n"
    )
    [cue] = parse_captions(text)
    assert (cue.start, cue.end, cue.text) == (3601.5, 3602.0, "এক দুই")


def test_captions_longer_than_the_clip_are_refused(publisher: Publisher, tmp_path: Path) -> None:
    films, made_of = film(publisher, tmp_path / "clip.mp4")
    (tmp_path / "bn.vtt").write_text(CAPTIONS.replace("00:00.400", "00:09.000"))
    files, _ = media(tmp_path)
    with pytest.raises(MediaProblem) as raised:
        props = {"src": "clip.mp4", "title": "x", "captions": {"bn": "bn.vtt"}}
        clip_properties(props, "bn", files, films, made_of)
    assert raised.value.rule == "captions-bad"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_known_by_what_is_in_it(kind: str, tmp_path: Path) -> None:
    (tmp_path / "ছবি.bin").write_bytes(picture(kind=kind))
    made = media(tmp_path)[0].picture("ছবি.bin")
    assert made.media_type == f"image/{kind.lower()}" and (made.width, made.height) == (40, 30)


def test_a_photo_loses_where_it_was_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "canary-place"
    aside = io.BytesIO()
    Image.new("RGB", (40, 30)).save(aside, "JPEG", exif=exif)
    assert b"canary" in aside.getvalue()
    (tmp_path / "photo.jpg").write_bytes(aside.getvalue())
    assert b"canary" not in media(tmp_path)[0].picture("photo.jpg").read()


def test_a_drawing_keeps_only_what_draws(tmp_path: Path) -> None:
    (tmp_path / "x.svg").write_text(
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)" viewBox="0 0 9 9">'
        '<script>alert(1)</script><a href="javascript:alert(1)"><circle r="1"/></a>'
        '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml">x</b></foreignObject>'
        '<image xlink:href="https://evil.example/x.png"/><use xlink:href="#a"/>'
        '<circle id="a" r="3" onclick="x()" fill="red"/></svg>'
    )
    drawing = media(tmp_path)[0].picture("x.svg").read().decode()
    for gone in ("script", "alert", "evil", "onclick", "foreignObject", "javascript"):
        assert gone not in drawing
    assert 'fill="red"' in drawing and 'href="#a"' in drawing
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    (tmp_path / "bomb.svg").write_text(bomb)
    with pytest.raises(MediaProblem):
        media(tmp_path)[0].picture("bomb.svg")


def test_a_heavy_picture_is_mentioned(tmp_path: Path) -> None:
    Image.effect_noise((700, 700), 100).save(tmp_path / "noise.png")
    files, found = media(tmp_path)
    files.picture("noise.png")
    assert [rule for rule, _ in found] == ["picture-heavy"]
