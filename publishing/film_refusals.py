"""In which words a film is refused: what is wrong with it, and the cure, by code.

Codes are `encode_film`'s and `films`'; most of those who read the words hold a phone.
"""

from pathlib import Path
from typing import Any

from publishing.media import MediaProblem
from publishing.texts import LANGUAGES, Text, in_language, is_text

REFUSALS: dict[str, tuple[Text, Text]] = {
    "empty": (
        {"bn": "ফাইলটি খালি", "en": "the file is empty"},
        {"bn": "ফোন থেকে ভিডিওটি আবার কপি করুন।", "en": "Copy the film from the phone again."},
    ),
    "no-film": (
        {"bn": "ভেতরে কোনো ভিডিও নেই", "en": "there is no film in it"},
        {
            "bn": "ফোনের ক্যামেরায় তোলা ভিডিও দিন, mp4, mov, 3gp বা webm; শুধু নাম বদলালে চলে না।",
            "en": "Give a film as a phone records it (mp4, mov, 3gp, webm); a new name is no help.",
        },
    ),
    "cut-short": (
        {"bn": "ভিডিওর একটি অংশ নেই", "en": "a part of the film is missing"},
        {
            "bn": "কপি শেষ হওয়ার আগে থেমে গেছে; ফোন থেকে আবার কপি করুন।",
            "en": "It was not copied to its end; copy it from the phone again.",
        },
    ),
    "only-sound": (
        {"bn": "শুধু শব্দ আছে, ছবি নেই", "en": "there is sound but no picture"},
        {"bn": "ছবিসহ ভিডিওটি দিন।", "en": "Give the film that has pictures."},
    ),
    "no-length": (
        {"bn": "কতক্ষণের ভিডিও তা লেখা নেই", "en": "it does not say how long it is"},
        {
            "bn": "কোনো ভিডিও সম্পাদনার অ্যাপে খুলে mp4 হিসেবে আবার সংরক্ষণ করুন।",
            "en": "Open it in a video editor and save it as mp4 again.",
        },
    ),
    "too-long": (
        {"bn": "{minutes} মিনিট, খুব লম্বা", "en": "{minutes} minutes is too long"},
        {
            "bn": "তিন মিনিটে কাটুন; সবচেয়ে বেশি চলে ৩০ মিনিট।",
            "en": "Cut it to three minutes; 30 is the most that is taken.",
        },
    ),
    "too-heavy": (
        {"bn": "{size} জিবি, খুব ভারী", "en": "{size} GB is too heavy"},
        {
            "bn": "দরকারি অংশটুকু কাটুন; সবচেয়ে বেশি চলে ২ জিবি।",
            "en": "Cut out the part you need; 2 GB is the most that is taken.",
        },
    ),
    "too-large": (
        {"bn": "ছবির মাপ {width}x{height}, খুব বড়", "en": "{width}x{height} is too large a picture"},
        {"bn": "ফোনে 1080p বেছে রেকর্ড করুন।", "en": "Set the phone's camera to 1080p."},
    ),
    "too-small": (
        {"bn": "ছবির মাপ {width}x{height}", "en": "its picture is {width}x{height}"},
        {"bn": "ফোনে 1080p বেছে রেকর্ড করুন।", "en": "Set the phone's camera to 1080p."},
    ),
    "took-too-long": (
        {
            "bn": "প্রক্রিয়া করতে সীমার বেশি লেগেছে ({limit})",
            "en": "working on it went beyond a limit ({limit})",
        },
        {
            "bn": "ছোট করে কাটুন, অথবা 720p-এ রেকর্ড করুন।",
            "en": "Cut it shorter, or record it at 720p.",
        },
    ),
}


def refusal(path: Path, code: str, **facts: Any) -> MediaProblem:
    """Return the problem `film-refused` in both languages, with the facts that its words name; a
    fact may be a text."""
    reason, cure = (
        {language: _worded(text, facts, language) for language in LANGUAGES}
        for text in REFUSALS[code]
    )
    return MediaProblem("film-refused", path=path.name, reason=reason, cure=cure)


def _worded(text: Text, facts: dict[str, Any], language: str) -> str:
    worded = {
        name: in_language(fact, language) if is_text(fact) else fact for name, fact in facts.items()
    }
    return in_language(text, language).format_map(worded)
