"""What a version of a module says about itself, as `store` keeps it (JSON)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from publishing.exercises import Exercise
from publishing.texts import Text


@dataclass(frozen=True)
class ClipFile:
    """A clip shown by a module; `clip` is the sha256 of the trainer's film. `size_bytes` is that of
    the size for phones; `files` are all sizes and the sound, which only a signed address opens."""

    clip: str
    seconds: float
    size_bytes: int
    title: Text
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weight:
    """What a first visit loads beside our own script, in bytes: the page per language (compressed),
    its pictures, and its clips (which load only when played)."""

    page_bytes: dict[str, int]
    image_bytes: int
    clip_bytes: int


@dataclass(frozen=True)
class Manifest:
    """A module as published.

    `assignment` is nbgrader's name of it; it changes with `structure`, which grows when exercises,
    points or tests change, and not with prose. `verdict` is "instant" or "live"; `stretches` name
    the first and last cells of what needs a kernel, `files` the sha256 of each course file that a
    kernel may open. `runner` says what must score its quizzes, as the self-test found: "plain" or
    "kernel".
    """

    course: str
    module: str
    title: Text
    minutes: int
    languages: tuple[str, ...]
    verdict: str
    structure: int
    structure_hash: str
    assignment: str
    exercises: tuple[Exercise, ...]
    clips: tuple[ClipFile, ...]
    components: tuple[str, ...]
    media: tuple[str, ...]
    weight: Weight
    findings: tuple[dict[str, Any], ...] = ()
    runner: str = "kernel"
    rubrics: dict[str, Any] = field(default_factory=dict)
    stretches: tuple[tuple[int, int], ...] = ()
    files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Manifest":
        return cls(
            **{
                **body,
                "languages": tuple(body["languages"]),
                "exercises": tuple(Exercise.from_manifest(entry) for entry in body["exercises"]),
                "clips": tuple(
                    ClipFile(**{**clip, "files": tuple(clip.get("files", ()))})
                    for clip in body["clips"]
                ),
                "components": tuple(body["components"]),
                "media": tuple(body["media"]),
                "weight": Weight(**body["weight"]),
                "findings": tuple(body["findings"]),
                "stretches": tuple((first, last) for first, last in body.get("stretches", ())),
            }
        )

    def to_json(self) -> dict[str, Any]:
        body = asdict(self)
        body["exercises"] = [exercise.to_manifest() for exercise in self.exercises]
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in body.items()
        }

    def find_exercise(self, name: str) -> Exercise | None:
        return next((each for each in self.exercises if each.exercise == name), None)
