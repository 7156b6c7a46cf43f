"""The course files and pictures that a page shows: found, checked, named by their hash.

Nothing is stored here; `versions` stores what a finished page needs. Films are `films`'s.
"""

import base64
import binascii
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeXml
from PIL import Image, ImageOps, UnidentifiedImageError

PORTAL = "{{portal}}"  # the portal puts its own root in this place
PICTURES = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "WEBP": ("webp", "image/webp"),
    "GIF": ("gif", "image/gif"),
}
CAPTIONS = {".vtt": "text/vtt"}
PICTURE_BYTES, PICTURE_PIXELS, HEAVY_BYTES = 12 << 20, 40_000_000, 200_000
SVG = "http://www.w3.org/2000/svg"


class MediaProblem(Exception):
    """A file that cannot stand on a page; `rule` and `facts` are those of a finding."""

    def __init__(self, rule: str, **facts: Any) -> None:
        super().__init__(rule, facts)
        self.rule = rule
        self.facts = facts


@dataclass(frozen=True)
class MediaFile:
    """A file of a page; `content` is its bytes, or where they are. Width and height of pictures."""

    sha: str
    extension: str
    media_type: str
    size_bytes: int
    content: bytes | Path
    width: int = 0
    height: int = 0

    @property
    def address(self) -> str:
        return f"{PORTAL}media/{self.sha}.{self.extension}"

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass
class Media:
    """What one module shows; `files` by hash. `problem` is told of findings that stop nothing."""

    course: Path
    problem: Callable[[str, dict[str, Any]], None]
    files: dict[str, MediaFile] = field(default_factory=dict)
    _known: dict[str, MediaFile] = field(default_factory=dict)

    def find(self, path: str) -> Path:
        """Return a course file by the name that a notebook gave it; never one outside."""
        name = unquote(path).replace("\\", "/").split("?")[0].split("#")[0]
        if "://" in name or name.startswith("//") or "\x00" in name:
            raise MediaProblem("media-foreign", path=path)
        try:
            found = (self.course / name).resolve()
            if not found.is_relative_to(self.course.resolve()) or name.startswith(("/", "~")):
                raise MediaProblem("media-outside", path=path)
            if not found.is_file():
                raise MediaProblem("media-missing", path=path)
        except OSError as error:
            raise MediaProblem("media-missing", path=path[:100]) from error
        return found

    def picture(self, source: str) -> MediaFile:
        """Return the picture of an `img`'s source: a course file or a `data:` address."""
        if source in self._known:
            return self._known[source]
        if source.startswith("data:"):
            content, label = _decode(source), "data:"
        else:
            path, label = self.find(source), source
            if path.stat().st_size > PICTURE_BYTES:
                raise MediaProblem("media-broken", path=source, reason="> 12 MB")
            content = path.read_bytes()
        try:
            made = _picture(content)
        except (ValueError, OSError, SyntaxError) as error:
            raise MediaProblem("media-broken", path=label, reason=str(error)[:100]) from error
        if made.size_bytes > HEAVY_BYTES:
            size = made.size_bytes // 1000
            self.problem("picture-heavy", {"path": label[:100], "size": size})
        self._known[source] = self.keep(made)
        return made

    def file(self, name: str) -> MediaFile:
        """Return captions of the course as they are."""
        path = self.find(name)
        media_type = CAPTIONS.get(path.suffix.lower())
        if media_type is None:
            raise MediaProblem("media-broken", path=name, reason=path.suffix or "?")
        with path.open("rb") as stream:
            sha = hashlib.file_digest(stream, "sha256").hexdigest()
        size = path.stat().st_size
        return self.keep(MediaFile(sha, path.suffix[1:].lower(), media_type, size, path))

    def keep(self, made: MediaFile) -> MediaFile:
        self.files[made.sha] = made
        return made


def picture_file(content: bytes, kind: str, width: int, height: int) -> MediaFile:
    """Describe picture bytes of a Pillow format."""
    extension, media_type = PICTURES[kind]
    sha = hashlib.sha256(content).hexdigest()
    return MediaFile(sha, extension, media_type, len(content), content, width, height)


def _decode(source: str) -> bytes:
    head, _, body = source.partition(",")
    if not head.endswith(";base64") or len(body) > PICTURE_BYTES * 4 // 3:
        raise MediaProblem("media-broken", path="data:", reason=head[:60])
    try:
        return base64.b64decode(unquote(body), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MediaProblem("media-broken", path="data:", reason=str(error)) from error


def _picture(content: bytes) -> MediaFile:
    start = content[:1000].lstrip().lower()
    if start.startswith((b"<?xml", b"<svg", b"<!doctype svg", b"<!--")):
        return _svg(content)
    try:
        with Image.open(io.BytesIO(content), formats=list(PICTURES)) as picture:
            width, height, kind = picture.width, picture.height, str(picture.format)
            if width * height > PICTURE_PIXELS:
                raise ValueError(f"{width} x {height}")
            picture.verify()
        if kind == "JPEG":
            content = _without_place(content)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ValueError("no picture") from error
    return picture_file(content, kind, width, height)


def _without_place(content: bytes) -> bytes:
    """Drop what a camera wrote into a photo: where and when it was taken."""
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as photo:
        if not photo.getexif():
            return content
        aside = io.BytesIO()
        ImageOps.exif_transpose(photo).save(aside, "JPEG", quality=85, exif=b"")
        return aside.getvalue()


def _svg(content: bytes) -> MediaFile:
    """Keep what draws; a drawing may be opened by itself, so it must not be able to do anything."""
    try:
        root = SafeXml.fromstring(content, forbid_dtd=False)
    except (SafeXml.ParseError, DefusedXmlException, ValueError) as error:
        raise ValueError("no SVG") from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError("no SVG")
    _clean_svg(root)
    for prefix, name in (("", SVG), ("xlink", "http://www.w3.org/1999/xlink")):
        ElementTree.register_namespace(prefix, name)
    cleaned: bytes = SafeXml.tostring(root)
    sha = hashlib.sha256(cleaned).hexdigest()
    return MediaFile(sha, "svg", "image/svg+xml", len(cleaned), cleaned)


def _clean_svg(element: Any) -> None:
    for child in list(element):
        name = str(child.tag).rpartition("}")[2].lower()
        foreign = not str(child.tag).startswith(f"{{{SVG}}}")
        if foreign or name in ("script", "foreignobject", "set", "handler", "a", "iframe"):
            element.remove(child)
        else:
            _clean_svg(child)
    for name, value in list(element.attrib.items()):
        plain = name.rpartition("}")[2].lower()
        follows = plain in ("href", "src") and not value.startswith(("#", "data:image/"))
        animates = plain == "attributename" and value.lower().endswith("href")
        if plain.startswith("on") or follows or animates or "javascript:" in value.lower():
            del element.attrib[name]
