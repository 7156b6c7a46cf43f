"""Every finding that publishing can have about a course: what is wrong and what to do, in both
languages. Which rule applies where is decided by the steps; here are only the words.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from publishing.texts import LANGUAGES, in_language

Level = Literal["error", "warning"]

# rule -> (level, what is wrong, what to do); each text bn, en. Braces are facts.
_RULES: dict[str, tuple[Level, tuple[str, str], tuple[str, str]]] = {
    "course-file": (
        "error",
        ("কোর্সের বিবরণ পড়া যাচ্ছে না: {reason}", "The course file cannot be read: {reason}"),
        (
            "course.yml-এ course, title, languages আর modules (বা pages) ঠিক করে লিখুন।",
            "Give course, title, languages and modules (or pages) in course.yml.",
        ),
    ),
    "named-like-a-room": (
        "error",
        (
            "“{name}” নামটি পাঠশালার নিজের একটি অংশের নাম।",
            "“{name}” is the name of a part of Pathshala itself.",
        ),
        ("ফাইল বা ফোল্ডারটির অন্য নাম দিন।", "Give the file or folder another name."),
    ),
    "notebook-missing": (
        "error",
        ("নোটবুকটি কোর্সের ফোল্ডারে নেই।", "The notebook is not in the course folder."),
        (
            "course.yml-এ নামটি মিলিয়ে দেখুন, অথবা নোটবুকটি ফোল্ডারে রাখুন।",
            "Check its name in course.yml, or put the notebook into the folder.",
        ),
    ),
    "notebook-unreadable": (
        "error",
        ("নোটবুকটি পড়া যাচ্ছে না: {reason}", "The notebook cannot be read: {reason}"),
        (
            "JupyterLab-এ খুলে আবার সংরক্ষণ করুন।",
            "Open it in JupyterLab and save it again.",
        ),
    ),
    "old-cell": (
        "error",
        (
            "সেলটি nbgrader-এর অন্য সংস্করণে তৈরি (schema_version {version})।",
            "The cell was made with another nbgrader (schema_version {version}).",
        ),
        ("`nbgrader update` চালান।", "Run `nbgrader update`."),
    ),
    "id-bad": (
        "error",
        (
            "“{name}” অনুশীলনের নাম হতে পারে না।",
            "“{name}” cannot be the id of an exercise.",
        ),
        (
            "শুধু ইংরেজি অক্ষর, অঙ্ক, - আর _ দিয়ে সর্বোচ্চ ৬৪ অক্ষরের নাম দিন।",
            "Use Latin letters, digits, - and _ only, at most 64.",
        ),
    ),
    "id-twice": (
        "error",
        (
            "“{name}” নামটি {cell} নম্বর সেলেও আছে।",
            "The id “{name}” is also in cell {cell}.",
        ),
        ("প্রতিটি সেলের আলাদা নাম দিন।", "Give each cell an id of its own."),
    ),
    "points-bad": (
        "error",
        ("পূর্ণমান “{points}” চলবে না।", "Points cannot be “{points}”."),
        ("০ বা তার বেশি একটি সংখ্যা দিন।", "Give a number from 0 upwards."),
    ),
    "half-an-answer": (
        "error",
        (
            "লেখার এই সেলটি অর্ধেক উত্তর: হয় নম্বর আছে লেখার জায়গা নেই, নয় উল্টোটা।",
            "This Markdown cell is half an answer: a mark without an answer, or the reverse.",
        ),
        (
            "Create Assignment-এ “Manually graded answer” বেছে নিন।",
            "Choose “Manually graded answer” in Create Assignment.",
        ),
    ),
    "writes-code": (
        "error",
        (
            "এই অনুশীলনে শিক্ষককে কোড লিখতে হয়। পাঠশালায় কারও লেখা কোড চালানো হয় না।",
            "This exercise asks the learner to write code. Nothing that is typed is ever run.",
        ),
        (
            'উত্তরটি একটি মান করুন, যেমন answer = "b", অথবা লেখার সেল ব্যবহার করুন।',
            'Make the answer one value, such as answer = "b", or use a Markdown answer.',
        ),
    ),
    "no-solution-marks": (
        "error",
        (
            "কোন লাইনটি উত্তর তা চিহ্নিত নেই, তাই প্রকাশের সময় পুরো সেলটি মুছে যাবে।",
            "No line is marked as the solution, so releasing would clear the whole cell.",
        ),
        (
            "উত্তরের লাইনটি ### BEGIN SOLUTION আর ### END SOLUTION-এর মাঝে রাখুন।",
            "Put the line with the answer between ### BEGIN SOLUTION and ### END SOLUTION.",
        ),
    ),
    "needs-a-widget": (
        "error",
        (
            "এমন উত্তর ({kind}) দেওয়ার কোনো ঘর পাতায় নেই।",
            "The page has no field for such an answer ({kind}).",
        ),
        (
            "সেলের শেষে একটি উইজেট দিন, যেমন Choice(question, options)।",
            "End the cell with a widget, such as Choice(question, options).",
        ),
    ),
    "key-not-an-option": (
        "error",
        (
            "সঠিক উত্তরটি বিকল্পগুলোর মধ্যে নেই।",
            "The right answer is none of the options.",
        ),
        (
            "সমাধানের মানটি Choice-এর একটি বিকল্পের চাবি করুন।",
            "Let the solution be the key of one of Choice's options.",
        ),
    ),
    "task-on-code": (
        "error",
        (
            "“Manually graded task” কোডের সেলে বসানো হয়েছে।",
            "A manually graded task stands on a code cell.",
        ),
        ("সেলটিকে Markdown করুন।", "Turn the cell into Markdown."),
    ),
    "picture-in-answer": (
        "error",
        (
            "উত্তরের সেলে ছবি জোড়া আছে। লেখা মুছলেও ছবিটি সবাই দেখতে পেত।",
            "A picture is attached to the answer cell; it would stay when the text is cleared.",
        ),
        (
            "ছবিটি media/ ফোল্ডারে রেখে প্রশ্নের সেলে দেখান।",
            "Put the picture into media/ and show it in the question's cell.",
        ),
    ),
    "autotest": (
        "error",
        ("### AUTOTEST এখানে চলে না।", "### AUTOTEST does not work here."),
        (
            'যাচাইয়ের লাইনগুলো নিজে লিখুন, যেমন 2.0 if answer == "b" else 0.0',
            'Write the test yourself, such as 2.0 if answer == "b" else 0.0',
        ),
    ),
    "test-without-quiz": (
        "error",
        (
            "এই যাচাইয়ের উপরে কোনো কুইজ নেই।",
            "There is no quiz above this test.",
        ),
        (
            "উত্তরের সেলটিকে “Autograded answer” করে যাচাইয়ের ঠিক উপরে রাখুন।",
            "Make the answer's cell an “Autograded answer” right above the test.",
        ),
    ),
    "quiz-without-test": (
        "error",
        ("এই কুইজের কোনো যাচাই নেই।", "Nothing tests this quiz."),
        (
            "পরের সেলে “Autograded tests” যোগ করুন।",
            "Add an “Autograded tests” cell after it.",
        ),
    ),
    "test-without-end": (
        "error",
        (
            "যাচাইয়ের সেলটি কোনো নম্বর বা assert দিয়ে শেষ হয়নি।",
            "The test ends in neither a score nor an assert.",
        ),
        (
            'শেষ লাইনে নম্বর দিন, যেমন 2.0 if answer == "b" else 0.0',
            'End with a score, such as 2.0 if answer == "b" else 0.0',
        ),
    ),
    "used-later": (
        "error",
        (
            "“{name}” এখানে ব্যবহার হয়েছে, কিন্তু পাতায় কুইজের উত্তর কোডে পৌঁছায় না।",
            "“{name}” is used here, but on the page a quiz's answer never reaches code.",
        ),
        (
            "লাইনটি সরান, অথবা যাচাইয়ের সেলে নিয়ে যান।",
            "Remove the line, or move it into the test's cell.",
        ),
    ),
    "syntax": (
        "error",
        ("কোডে ভুল আছে: {reason}", "The code has an error: {reason}"),
        ("সেলটি JupyterLab-এ চালিয়ে ঠিক করুন।", "Run the cell in JupyterLab and mend it."),
    ),
    "display-not-literal": (
        "error",
        (
            "{name}(…)-এর প্রথম মানটি সরাসরি লেখা নয়; তা ফাইল বা ওয়েব ঠিকানা হয়ে যেতে পারে।",
            "The first value of {name}(…) is not written out; it could turn into a file or address.",
        ),
        (
            "লেখাটি সরাসরি দিন, অথবা Markdown সেল ব্যবহার করুন।",
            "Write the text out, or use a Markdown cell.",
        ),
    ),
    "display-outside": (
        "error",
        (
            "{name}(…) কোর্সের বাইরের কিছু খুলতে চায়: {path}",
            "{name}(…) wants to open something outside the course: {path}",
        ),
        ("ফাইলটি media/ ফোল্ডারে রাখুন।", "Put the file into media/."),
    ),
    "rubric-unknown": (
        "error",
        ("“{name}” নামে কোনো রুব্রিক নেই।", "There is no rubric “{name}”."),
        (
            "rubrics/{name}.yml ফাইলটি লিখুন, অথবা নামটি ঠিক করুন।",
            "Write rubrics/{name}.yml, or correct the name.",
        ),
    ),
    "rubric-invalid": (
        "error",
        ("রুব্রিকটি পড়া যাচ্ছে না: {reason}", "The rubric cannot be read: {reason}"),
        (
            "title, criteria আর প্রতিটির levels ঠিক করে লিখুন।",
            "Give a title, criteria, and levels for each.",
        ),
    ),
    "language-unknown": (
        "error",
        ("“{name}” এই কোর্সের ভাষা নয়।", "“{name}” is no language of this course."),
        (
            "সেলের lang-এ course.yml-এর একটি ভাষা দিন: bn বা en।",
            "Let the cell's lang be one of course.yml's languages: bn or en.",
        ),
    ),
    "language-missing": (
        "warning",
        ("“{name}” লেখাটি শুধু এক ভাষায় আছে।", "The text “{name}” is in one language only."),
        ("অন্য ভাষাতেও লিখুন।", "Write it in the other language too."),
    ),
    "component-unknown": (
        "error",
        (
            "“{name}” দিয়ে লিখিত উত্তর নেওয়া যায় না।",
            "“{name}” cannot take a written answer.",
        ),
        (
            "metadata.pathshala.component-এ Reflection বা ActionPlan দিন।",
            "Name Reflection or ActionPlan in metadata.pathshala.component.",
        ),
    ),
    "props-bad": (
        "error",
        ("{component}-এর বিবরণ ঠিক নয়: {reason}", "{component} got wrong properties: {reason}"),
        (
            "শুধু উইজেটের নিজের গুণগুলো দিন; বানান আর ধরন মিলিয়ে দেখুন।",
            "Give the widget's own properties only; check names and kinds.",
        ),
    ),
    "shares-unknown": (
        "error",
        (
            "“{name}” নামে কোনো লেখার অনুশীলন নেই, তাই শেয়ার করার কিছু নেই।",
            "There is no written exercise “{name}”, so there is nothing to share.",
        ),
        (
            "PeerShare-এ একটি প্রতিফলন বা পরিকল্পনার নাম দিন।",
            "Give PeerShare the id of a reflection or a plan.",
        ),
    ),
    "exercise-shows": (
        "error",
        (
            "অনুশীলনের সেলে ঠিক একটি উইজেট থাকার কথা; আছে: {shown}",
            "An exercise's cell shows exactly one widget; this one shows: {shown}",
        ),
        (
            "সেলের শেষ লাইনে শুধু Choice(…) রাখুন; বাকিটা অন্য সেলে নিন।",
            "Let Choice(…) alone be the last line; move the rest to another cell.",
        ),
    ),
    "not-an-exercise": (
        "error",
        (
            "{component} আছে, কিন্তু সেলটি অনুশীলন নয়; এখানে যা লেখা হবে তা কোথাও থাকবে না।",
            "There is a {component}, but the cell is no exercise: what is written would be lost.",
        ),
        (
            "Create Assignment-এ সেলটিকে অনুশীলন করুন (লেখার জন্য Markdown সেল)।",
            "Make the cell an exercise in Create Assignment (for writing, a Markdown cell).",
        ),
    ),
    "cell-failed": (
        "error",
        ("সেলটি চালাতে গিয়ে ভুল হয়েছে: {reason}", "Running the cell failed: {reason}"),
        (
            "JupyterLab-এ Restart & Run All করে ঠিক করুন। মনে রাখুন, সমাধানের লাইনটি পাতায় থাকে না।",
            "Mend it with Restart & Run All in JupyterLab. The solution's line is not on the page.",
        ),
    ),
    "said-on-the-side": (
        "warning",
        ("সেলটি চালানোর সময় একটি সতর্কবার্তা এসেছে: {reason}", "The cell gave a warning: {reason}"),
        ("বার্তাটি পাতায় যাবে না; কারণটি দেখে নিন।", "It is not on the page; look at its cause."),
    ),
    "ran-too-long": (
        "error",
        (
            "নোটবুকটি চলার সীমা ছাড়িয়েছে ({reason}), তাই থামানো হয়েছে।",
            "The notebook went beyond a limit ({reason}) and was stopped.",
        ),
        (
            "সময়, মেমরি বা লেখা কমান: ৬০ সেকেন্ড কাজ, ১২০ সেকেন্ড মোট, ১ গিগাবাইট, ৫০ মেগাবাইট।",
            "Use less: 60 s of work, 120 s in all, 1 GB of memory, 50 MB of output.",
        ),
    ),
    "renderer-failed": (
        "error",
        ("পাতাটি তৈরি করা যায়নি: {reason}", "The page could not be made: {reason}"),
        (
            "JupyterLab-এ Restart & Run All করে দেখুন; না হলে প্রশাসককে জানান।",
            "Try Restart & Run All in JupyterLab; else tell the administrator.",
        ),
    ),
    "live": (
        "error",
        (
            "সেলটি এমন কিছু দেখায় ({shown}) যার জন্য চালু কার্নেল লাগে। এমন পাতা এখনো প্রকাশ করা যায় না।",
            "The cell shows something ({shown}) that needs a running kernel. Such live pages cannot "
            "be published yet.",
        ),
        (
            "পাঠশালার উইজেট, লেখা, টেবিল বা ছবি ব্যবহার করুন।",
            "Use Pathshala's widgets, text, a table or a picture instead.",
        ),
    ),
    "html-removed": (
        "warning",
        (
            "পাতায় রাখা যায় না বলে বাদ গেছে: {removed}",
            "Left out, as it may not stand on a page: {removed}",
        ),
        (
            "স্ক্রিপ্ট, ফর্ম, ফ্রেম আর style ছাড়া লিখুন।",
            "Write it without script, form, frame and style.",
        ),
    ),
    "maths-bad": (
        "warning",
        ("সূত্রটি পড়া যায়নি: {reason}", "The formula cannot be read: {reason}"),
        ("LaTeX বানানটি দেখুন।", "Check its LaTeX."),
    ),
    "media-missing": (
        "error",
        ("ফাইলটি পাওয়া যায়নি: {path}", "The file is missing: {path}"),
        ("ফাইলটি কোর্সের media/ ফোল্ডারে রাখুন।", "Put the file into the course's media/ folder."),
    ),
    "media-outside": (
        "error",
        (
            "ফাইলটি কোর্সের ফোল্ডারের বাইরে: {path}",
            "The file is outside the course folder: {path}",
        ),
        ("ফাইলটি media/ ফোল্ডারে কপি করুন।", "Copy the file into media/."),
    ),
    "media-foreign": (
        "error",
        (
            "ছবিটি অন্য ওয়েবসাইট থেকে আসে: {path}",
            "The picture comes from another website: {path}",
        ),
        (
            "ছবিটি media/ ফোল্ডারে রাখুন, যাতে নেটওয়ার্ক ছাড়াও দেখা যায়।",
            "Put the picture into media/, so that it shows without the network.",
        ),
    ),
    "media-broken": (
        "error",
        ("ফাইলটি খোলা যায় না: {path} ({reason})", "The file cannot be opened: {path} ({reason})"),
        (
            "ছবি: png, jpg, webp, gif, svg; ভিডিও: mp4, webm; ক্যাপশন: vtt।",
            "Pictures: png, jpg, webp, gif, svg; clips: mp4, webm; captions: vtt.",
        ),
    ),
    "picture-heavy": (
        "warning",
        (
            "ছবিটি ভারী: {path}, {size} কিলোবাইট।",
            "The picture is heavy: {path}, {size} KB.",
        ),
        ("webp করে ২৫ কিলোবাইটের মধ্যে আনুন।", "Make it a webp of at most 25 KB."),
    ),
    "picture-without-words": (
        "warning",
        ("ছবিটির বর্ণনা নেই: {path}", "The picture has no description: {path}"),
        (
            "![এখানে ছবিতে কী আছে লিখুন](…)",
            "Say what it shows: ![a description](…)",
        ),
    ),
    "captions-missing": (
        "warning",
        ("ক্লিপটির ক্যাপশন নেই: {language}", "The clip has no captions: {language}"),
        (
            "একটি .vtt ফাইল লিখে captions-এ দিন।",
            "Write a .vtt file and name it in captions.",
        ),
    ),
    "captions-bad": (
        "error",
        ("ক্যাপশন পড়া যায় না: {path}, {reason}", "The captions cannot be read: {path}, {reason}"),
        (
            "WEBVTT দিয়ে শুরু করুন; সময় লিখুন এভাবে: 00:01.000 --> 00:04.000",
            "Begin with WEBVTT; write times so: 00:01.000 --> 00:04.000",
        ),
    ),
    "step-missing": (
        "warning",
        (
            "মডিউলে এই ধাপটি নেই: {step}",
            "The module lacks a step: {step}",
        ),
        (
            "দেখা, ভাবা, পরিকল্পনা আর ক্লাসে করে জানানো, সবই থাকলে বদল আসে।",
            "Change comes from the whole cycle: watch, reflect, plan, try and report.",
        ),
    ),
    "release-refused": (
        "error",
        ("nbgrader নোটবুকটি নেয়নি: {reason}", "nbgrader refused the notebook: {reason}"),
        (
            "Create Assignment-এ সেলগুলো দেখে নিন।",
            "Check the cells in Create Assignment.",
        ),
    ),
    "leak": (
        "error",
        (
            "সমাধান বা লুকানো যাচাই পাতায় থেকে যেত: {reason}",
            "A solution or hidden test would stay on the page: {reason}",
        ),
        (
            "BEGIN আর END চিহ্নগুলো জোড়ায় জোড়ায় আছে কি না দেখুন।",
            "Check that BEGIN and END marks come in pairs.",
        ),
    ),
    "model-answer-fails": (
        "error",
        (
            "আপনার নিজের উত্তরেই পূর্ণমান আসেনি: {points}-এ {score}",
            "Your own answer does not score full points: {score} of {points}",
        ),
        ("সমাধান আর যাচাই মিলিয়ে দেখুন।", "Compare the solution with the test."),
    ),
    "empty-answer-scores": (
        "error",
        (
            "উত্তর না দিলেও {score} নম্বর পাওয়া যায়।",
            "No answer at all scores {score}.",
        ),
        ("উত্তর None হলে ০ দিন।", "Give 0 when the answer is None."),
    ),
    "score-not-a-number": (
        "error",
        (
            "যাচাইয়ের ফল নম্বর নয়: {shown}",
            "The test does not give a number: {shown}",
        ),
        (
            "০ থেকে পূর্ণমান পর্যন্ত একটি সংখ্যা দিন, যেমন 2.0",
            "Give a number from 0 to the points, such as 2.0",
        ),
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing a trainer should know: in which file and cell (from 1; None: the whole file).

    A fact is a value, or a text in both languages.
    """

    file: str
    cell: int | None
    rule: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.to_json()  # a rule without words, or words without their fact, must show in tests

    @property
    def is_error(self) -> bool:
        return _RULES[self.rule][0] == "error"

    def to_json(self) -> dict[str, Any]:
        """Return `{"file", "cell", "rule", "level", "message", "fix"}`; the last two are texts."""
        level, message, fix = _RULES[self.rule]
        return {
            "file": self.file,
            "cell": self.cell,
            "rule": self.rule,
            "level": level,
            "message": self._worded(message),
            "fix": self._worded(fix),
        }

    def in_words(self, language: str) -> str:
        """Return one line for a terminal."""
        body = self.to_json()
        place = f"{self.file}:{self.cell}" if self.cell else self.file
        message, fix = (in_language(body[part], language) for part in ("message", "fix"))
        return f"{place}: {body['level']} [{self.rule}] {message} {fix}"

    def _worded(self, texts: tuple[str, str]) -> dict[str, str]:
        return {
            language: words.format_map(
                {name: _short(value, language) for name, value in self.facts.items()}
            )
            for language, words in zip(LANGUAGES, texts, strict=True)
        }


RULES = frozenset(_RULES)


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.is_error for finding in findings)


def _short(value: Any, language: str) -> str:
    text = in_language(value, language) if isinstance(value, dict) else str(value)
    words = " ".join(text.split())
    return words if len(words) <= 200 else words[:199] + "…"
