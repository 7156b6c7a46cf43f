#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["av>=17,<19", "numpy>=2,<3", "pillow>=11,<13", "pyyaml>=6,<7"]
# ///
"""Make the stand-in clips of the course: drawn classes with a machine's voice.

Each clip is a story, `<clip>.yml` (what is said), and a module of the same name (what is shown);
`drawn_class.py` decides how it looks, `narration.py` when. Writes for each clip, into `--out`:
<clip>.mp4 (H.264 and AAC, a key frame every 2 s, made for seeking), captions in both languages
timed to the voice, <clip>.webp (the poster), and the still pictures of its module. The same fonts,
espeak-ng and libraries give the same bytes.

Needs espeak-ng and Noto Sans Bengali (Debian: apt install espeak-ng fonts-noto-core).
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import asking_questions
import av
import checking_understanding
import drawn_class as drawn
import group_work
import numpy as np
import pair_talk
import yaml
from narration import FPS, RATE, Cue, Line, captions, hum, narrate
from PIL import Image

SOURCE = Path(__file__).parent
FONTS = Path("/usr/share/fonts/truetype/noto")


@dataclass(frozen=True)
class Clip:
    """A clip to make: who draws it, the scene of its poster, between which scenes a class hums."""

    name: str
    picture: Callable[[drawn.Sheet, Cue, float], None]
    poster: str
    hums: tuple[str, str]
    stills: dict[str, Callable[[drawn.Sheet], None]] = field(default_factory=dict)
    quality: str = "35"  # of the film: lower is better and heavier
    voice_bits: int = 28_000  # a second

    def story(self) -> list[Line]:
        words = (SOURCE / f"{self.name}.yml").read_text("utf-8")
        return [Line(**line) for line in yaml.safe_load(words)]


CLIPS = (
    Clip(
        "pair-talk",
        pair_talk.picture,
        poster="pairs",
        hums=("pairs", "quiet"),
        stills={"benches.png": pair_talk.benches},
        quality="31",
        voice_bits=36_000,
    ),
    Clip(
        "asking-questions",
        asking_questions.picture,
        poster="towel",
        hums=("guess", "touch"),
        stills={"passing.png": asking_questions.passing},
    ),
    Clip(
        "group-work",
        group_work.picture,
        poster="turn",
        hums=("argue", "stop"),
        stills={"fours.png": group_work.fours},
    ),
    Clip(
        "checking-understanding",
        checking_understanding.picture,
        poster="fingers",
        hums=("partners", "again"),
        stills={"piles.png": checking_understanding.piles},
    ),
)


def frames(clip: Clip, cues: list[Cue], fonts: tuple[Path, Path]) -> Iterator[Image.Image]:
    """Draw every frame of the clip in order."""
    for number in range(round(cues[-1].end * FPS)):
        at = number / FPS
        cue = next(cue for cue in cues if at < cue.end - 1e-6)
        sheet = drawn.Sheet(fonts)
        clip.picture(sheet, cue, at)
        yield sheet.finished()


def encode(clip: Clip, target: Path, pictures: Iterator[Image.Image], sound: np.ndarray) -> None:
    """Write an MP4 whose index comes first, so that a browser can seek at once."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(target), "w", options=options) as container:
        film = container.add_stream("libx264", rate=FPS)
        film.width, film.height, film.pix_fmt = drawn.WIDTH, drawn.HEIGHT, "yuv420p"
        film.codec_context.gop_size = FPS * 2
        film.options = {
            "crf": clip.quality,
            "preset": "veryslow",
            "tune": "animation",
            "profile": "main",
            "threads": "1",
            "sc_threshold": "0",
            "keyint_min": str(FPS * 2),
            "flags": "+bitexact",
        }
        voice = container.add_stream("aac", rate=RATE, layout="mono")
        voice.bit_rate = clip.voice_bits
        for number, image in enumerate(pictures):
            frame = av.VideoFrame.from_image(image)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(film.encode(frame))
        container.mux(film.encode())
        samples = (np.clip(sound, -1, 1) * 32767).astype("<i2")
        for start in range(0, len(samples), 1024):
            part = np.ascontiguousarray(samples[start : start + 1024].reshape(1, -1))
            chunk = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
            chunk.sample_rate, chunk.pts, chunk.time_base = RATE, start, Fraction(1, RATE)
            container.mux(voice.encode(chunk))
        container.mux(voice.encode())


def write_samples(clip: Clip, cues: list[Cue], fonts: tuple[Path, Path], folder: Path) -> None:
    """Write two pictures of each scene, to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, cue in enumerate(cues):
        for part in (0.3, 0.9):
            sheet = drawn.Sheet(fonts)
            clip.picture(sheet, cue, cue.start + (cue.end - cue.start) * part)
            sheet.finished().save(folder / f"{number:02d}-{cue.line.scene}-{part}.png")


def write_stills(clip: Clip, cues: list[Cue], fonts: tuple[Path, Path], out: Path) -> None:
    """Write the poster and the pictures that the module shows."""
    sheet = drawn.Sheet(fonts)
    shown = next(cue for cue in cues if cue.line.scene == clip.poster)
    clip.picture(sheet, shown, shown.end - 0.5)
    poster = sheet.finished().resize((400, 225), Image.Resampling.LANCZOS)
    poster.save(out / f"{clip.name}.webp", quality=22, method=6)
    for name, draw in clip.stills.items():
        sheet = drawn.Sheet(fonts, drawn.PAPER)
        draw(sheet)
        sheet.finished().quantize(32).save(out / name, optimize=True)


def make(clip: Clip, options: argparse.Namespace, fonts: tuple[Path, Path]) -> None:
    """Write everything of one clip."""
    out: Path = options.out
    voice, cues = narrate(clip.story())
    if options.frames:
        write_samples(clip, cues, fonts, options.frames / clip.name)
    if options.only_frames:
        return
    sound = voice + hum(cues, len(voice), *clip.hums)
    encode(clip, out / f"{clip.name}.mp4", frames(clip, cues, fonts), sound)
    for language in ("bn", "en"):
        (out / f"{clip.name}.{language}.vtt").write_text(captions(cues, language), "utf-8")
    write_stills(clip, cues, fonts, out)
    size = (out / f"{clip.name}.mp4").stat().st_size
    print(f"{clip.name}: {cues[-1].end:.1f} s, {size:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [clip.name for clip in CLIPS]
    parser.add_argument("clip", nargs="*", help=f"which to make (default: all): {', '.join(names)}")
    parser.add_argument(
        "--out", type=Path, default=SOURCE.parent, help="folder to write to (default: media/)"
    )
    parser.add_argument(
        "--fonts",
        type=Path,
        default=FONTS,
        help="folder of NotoSansBengali-*.ttf (default: %(default)s)",
    )
    parser.add_argument(
        "--frames", type=Path, help="also write two pictures of each scene here, to look at"
    )
    parser.add_argument("--only-frames", action="store_true", help="write the pictures and stop")
    options = parser.parse_args()
    unknown = set(options.clip) - set(names)
    if unknown:
        parser.error(f"no such clip: {', '.join(sorted(unknown))}")
    fonts = (
        options.fonts / "NotoSansBengali-Regular.ttf",
        options.fonts / "NotoSansBengali-Bold.ttf",
    )
    if shutil.which("espeak-ng") is None or not fonts[0].exists():
        sys.exit("Needs espeak-ng and Noto Sans Bengali: apt install espeak-ng fonts-noto-core")
    for clip in CLIPS:
        if not options.clip or clip.name in options.clip:
            make(clip, options, fonts)


if __name__ == "__main__":
    main()
