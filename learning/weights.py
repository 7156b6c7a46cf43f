"""What a module weighs on a phone that keeps it: its pictures, and its films in each size."""

from typing import Any

from store.database import Session
from store.queries import films
from store.tables import Version


def of_media(session: Session, version: Version) -> dict[str, Any]:
    """Return `picture_bytes` and `film_bytes`: the bytes of all clips by the name of a size, and as
    "sound". A clip that has no such size counts with its next smaller one, as it is played."""
    clips = [each["clip"] for each in version.manifest["clips"]]
    made = [film for clip in clips if (film := films.find_newest(session, clip))]
    names = sorted({size["name"] for film in made for size in film["sizes"]}, key=int)
    weights = {
        name: sum(_bytes_at_most(film["sizes"], int(name)) for film in made) for name in names
    }
    if sound := sum(film["sound"]["size_bytes"] for film in made if film["sound"]):
        weights["sound"] = sound
    return {
        "picture_bytes": version.manifest["weight"]["image_bytes"],
        "film_bytes": weights,
    }


def _bytes_at_most(sizes: list[dict[str, Any]], side: int) -> int:
    """The bytes of the largest size up to `side`; they stand from small to large."""
    smaller = [size for size in sizes if int(size["name"]) <= side]
    found: int = (smaller[-1] if smaller else sizes[0])["size_bytes"]
    return found
