"""What a clip says and when: the voice, the hum of a class that talks, the captions."""

import io
import math
import subprocess
import wave
from dataclasses import dataclass

import numpy as np

FPS = 10
RATE = 22050


@dataclass(frozen=True)
class Line:
    """A sentence of the narration: the scene it is spoken over, the words, the silence after it."""

    scene: str
    bn: str
    en: str
    rest: float


@dataclass(frozen=True)
class Cue:
    """A line with its time: spoken from `start` to `spoken`, its scene lasts to `end` (seconds)."""

    line: Line
    start: float
    spoken: float
    end: float


def spoken(words: str, pitch: int = 48, speed: int = 146) -> np.ndarray:
    """Return the samples of a Bangla sentence, from -1 to 1."""
    command = ["espeak-ng", "-v", "bn+f2", "-s", str(speed), "-p", str(pitch), "--stdout", words]
    sound = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(sound)) as file:
        frames = file.readframes(file.getnframes())
    samples = np.frombuffer(frames[: len(frames) // 2 * 2], "<i2").astype(np.float64) / 32768
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1] if loud.size else samples


def narrate(story: list[Line]) -> tuple[np.ndarray, list[Cue]]:
    """Speak the story; return its sound and when each line is spoken."""
    sound, cues, at = [np.zeros(int(0.6 * RATE))], [], 0.6
    for line in story:
        samples = spoken(line.bn)
        # whole frames, so that pictures and sound never drift apart
        length = math.ceil((len(samples) / RATE + line.rest) * FPS) / FPS
        sound += [samples, np.zeros(round(length * RATE) - len(samples))]
        start = 0.0 if not cues else cues[-1].end
        cues.append(Cue(line, start, at + len(samples) / RATE, round(at + length, 3)))
        at += length
    voice = np.concatenate(sound)
    return voice / np.abs(voice).max() * 0.85, cues


def hum(cues: list[Cue], length: int, since: str, until: str) -> np.ndarray:
    """Return the murmur of a class that talks: many voices, far away, until the signal."""
    when = {cue.line.scene: cue for cue in cues}
    start, stop = when[since].start + 0.1, when[until].end - 0.9
    voices = np.zeros(int((stop - start) * RATE))
    for number, cue in enumerate(cues[1:16]):
        samples = spoken(cue.line.bn, pitch=55 + number * 7 % 44, speed=150 + number * 11 % 60)
        offset = (number * 7919) % len(samples)
        voices += np.resize(np.roll(samples, offset), len(voices))
    width = 9
    voices = np.convolve(voices, np.ones(width) / width, "same")
    level = np.full(len(voices), 0.16 / np.abs(voices).max())
    rise, fall = int(1.0 * RATE), int((stop - when[until].start) * RATE)
    level[:rise] *= np.linspace(0, 1, rise)
    level[-fall:] *= np.linspace(1, 0, fall) ** 1.5
    sound = np.zeros(length)
    first = int(start * RATE)
    sound[first : first + len(voices)] = voices * level
    return sound


def ease(value: float) -> float:
    value = min(1.0, max(0.0, value))
    return value * value * (3 - 2 * value)


def is_open(t: float, offset: int = 0) -> bool:
    """Tell whether a talking mouth is open at `t` seconds."""
    return (int(t * 5) + offset) % 2 == 0


def clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02d}:{rest:06.3f}"


def captions(cues: list[Cue], language: str) -> str:
    """Return WebVTT. A line stays until the next begins, at most a second after its last word."""
    blocks = ["WEBVTT", "NOTE Made by media/source/make_clip.py; the voice is a machine's."]
    for number, cue in enumerate(cues, 1):
        words = cue.line.bn if language == "bn" else cue.line.en
        start = max(cue.start, 0.6) if number == 1 else cue.start
        end = min(cue.end, cue.spoken + 1)
        blocks.append(f"{number}\n{clock(start)} --> {clock(end)}\n{words}")
    return "\n\n".join(blocks) + "\n"
