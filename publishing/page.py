"""Makes the pages of a module from what the renderer handed back: one per language.

Runs in a process that ran no code of a trainer's, and trusts nothing it is given. Exercises come
from the release, never from what a cell showed. Decides whether a page can be instant, and which
stretches of a live one need a kernel.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from publishing import explanations, quizzes
from publishing.blocks import Block, CellKind, Stretch, find_stretches, join, live_cell
from publishing.components import (
    PropsWrong,
    Schemas,
    Shown,
    check_props,
    each_text,
    find_component,
)
from publishing.course_files import PAGES_COURSE, CourseFile, ModuleFile
from publishing.exercises import Exercise, QuizTest
from publishing.films import Films
from publishing.findings import Finding
from publishing.fragments import SafeFragments, one_first_heading
from publishing.links import Links
from publishing.manifest import ClipFile
from publishing.media import Media, MediaFile
from publishing.outline import Cell, Solution, find_solution
from publishing.placeholders import Placeholders
from publishing.render import Fragment, Rendered
from publishing.rubric import Rubric
from publishing.safe_html import plain_text
from publishing.tables import present_tables
from publishing.texts import Text, in_language

STUB = "YOUR ANSWER HERE"  # nbgrader's, in place of a written answer
YES_NO: dict[str, Text] = {"yes": {"bn": "হ্যাঁ", "en": "Yes"}, "no": {"bn": "না", "en": "No"}}
ANSWERING = frozenset({*quizzes.LITERALS, "Reflection", "ActionPlan"})
STEPS = {
    "Clip": {"bn": "ক্লিপ দেখা", "en": "watching a clip"},
    "Reflection": {"bn": "ভাবা", "en": "reflecting"},
    "ActionPlan": {"bn": "পরিকল্পনা, তারপর জানানো", "en": "plan, then report"},
}


@dataclass
class Made:
    """The pages of a module and what they are made of."""

    pages: dict[str, str]
    verdict: str
    exercises: list[Exercise]
    clips: list[ClipFile]
    components: list[str]
    media: dict[str, MediaFile]
    rubrics: dict[str, Rubric]
    findings: list[Finding]
    stretches: list[Stretch]


@dataclass
class _Walk:
    """Where a language's page has got to."""

    language: str
    blocks: list[Block] = field(default_factory=list)
    heading: str = ""
    words: str = ""
    question: Block | None = None


@dataclass
class PageMaker:
    """Makes the pages of one module; `say` is told how far its films are."""

    course: CourseFile
    module: ModuleFile
    schemas: Schemas
    films: Films
    say: Callable[[str], None]

    def make(self, released: Sequence[Cell], source: Sequence[Cell], rendered: Rendered) -> Made:
        """Bind, clean and check; the findings say whether the result may be used."""
        self.findings: list[Finding] = []
        self.cell = 0
        self.media = Media(self.course.folder, self._find)
        self.rubrics: dict[str, Rubric] = {}
        self.places = Placeholders(
            self.course.languages, self.schemas, self.media, self.films, self._find, self.say
        )
        self.components: dict[str, None] = {}
        self.kinds: dict[int, CellKind] = {}
        self.exercises: list[Exercise] = []
        anchors = {cell.grade_id for cell in released if cell.is_exercise}
        links = Links(self.course, self._find)
        self.safe = SafeFragments(self.media, links, anchors, self._find, self._needs_kernel)
        self.walks = [_Walk(language) for language in self.course.languages]
        by_id = {cell.grade_id: cell for cell in source if cell.grade_id}
        for cell, fragments in zip(released, rendered.cells, strict=True):
            self.cell = cell.number
            self.kinds[cell.number] = "text"
            if cell.role == "test":
                self._add_test(cell)
            elif cell.is_exercise:
                self._add_exercise(cell, by_id[cell.grade_id], fragments, rendered.widgets)
            else:
                self._add_plain(cell, fragments, rendered.widgets)
        self.cell = 0
        self._check_whole()
        stretches = find_stretches(self.kinds)
        pages = {walk.language: self._join(walk, stretches) for walk in self.walks}
        self._check_explanations(by_id, pages)
        return Made(
            pages,
            "live" if stretches else "instant",
            self.exercises,
            list(self.places.clip_files.values()),
            list(self.components),
            self.media.files,
            self.rubrics,
            self.findings,
            stretches,
        )

    # ------------------------------------------------- cells

    def _add_plain(
        self, cell: Cell, fragments: Sequence[Fragment], widgets: dict[str, Any]
    ) -> None:
        walks = self._walks_of(cell)
        before = [len(walk.blocks) for walk in walks]
        components = []
        for fragment in fragments:
            if fragment.kind == "widget":
                shown = self._component(fragment, widgets)
                if shown is not None:
                    components.append(shown)
                    for walk in walks:
                        place = self.places.html(shown, walk.language)
                        walk.blocks.append(Block(cell.number, place, is_component=True))
                continue
            for walk in walks:
                html = self.safe.html(fragment, cell, walk.language)
                if html is None:
                    continue
                walk.blocks.append(Block(cell.number, html))
                if cell.kind == "markdown":
                    heading, words = plain_text(html, walk.language)
                    walk.heading = heading or walk.heading
                    walk.words, walk.question = words, walk.blocks[-1]
        if self.kinds[cell.number] == "live":  # then the kernel shows all that the cell shows
            for walk, start in zip(walks, before, strict=True):
                walk.blocks[start:] = [live_cell(cell.number, walk.blocks[start:])]
        elif components:
            self.kinds[cell.number] = "component"
            self._check_components(components)

    def _check_components(self, components: Sequence[Shown]) -> None:
        for shown in components:
            if shown.component in ANSWERING:
                self._find("not-an-exercise", {"component": shown.component})
            self._check_share(shown)

    def _add_exercise(
        self, cell: Cell, source: Cell, fragments: Sequence[Fragment], widgets: dict[str, Any]
    ) -> None:
        solution = find_solution(source) if cell.role == "quiz" else None
        if solution is None:
            settings = cell.settings or {}
            shown: Shown | None = self._checked(
                Shown(settings.get("component", "Reflection"), settings.get("props") or {})
            )
            text = [replace(part, body=_without_stub(part.body)) for part in fragments]
            if any(part.body.strip() for part in text):
                self._add_plain(replace(cell, role="plain"), text, widgets)
        elif not solution.rest.strip():
            shown = self._literal_input(solution)
        else:
            shown = self._quiz_widget(cell, fragments, widgets, solution)
        if shown is None:
            return
        exercise = self._exercise(cell, source, shown, solution)
        self.exercises.append(exercise)
        self.kinds[cell.number] = "component"
        for walk in self._walks_of(cell):
            question = ""
            if walk.question is not None:
                walk.question.id = walk.question.id or f"question-{exercise.exercise}"
                question = walk.question.id
            html = self.places.html(shown, walk.language, exercise, question)
            walk.blocks.append(Block(cell.number, html, is_component=True))
            walk.words, walk.question = "", None

    def _add_test(self, cell: Cell) -> None:
        quiz = next((each for each in reversed(self.exercises) if each.kind == "quiz"), None)
        if quiz is None:
            return
        points = float(cell.points)
        changed = replace(
            quiz,
            points=quiz.points + points,
            tests=(*quiz.tests, QuizTest(cell.grade_id, points)),
        )
        self.exercises[self.exercises.index(quiz)] = changed

    def _exercise(
        self, cell: Cell, source: Cell, shown: Shown, solution: Solution | None
    ) -> Exercise:
        languages = self.course.languages
        questions = {walk.language: walk.words for walk in self.walks}
        asked = shown.props.get("question")
        if asked:
            questions = {language: in_language(asked, language) for language in languages}
        headings = {
            walk.language: walk.heading or in_language(self.module.title, walk.language)
            for walk in self.walks
        }
        return Exercise(
            exercise=cell.grade_id,
            component=shown.component,
            kind="quiz" if solution else "manual",
            points=0.0 if solution else float(cell.points),
            cell=cell.number,
            title=headings,
            question=questions,
            variable=solution.variable if solution else None,
            options=dict(quizzes.options_of(shown)),
            literal=solution.literal if solution else None,
            rubric=self._rubric(source),
            right=dict(shown.props.get("right") or {}),
            checked_at_once=bool(solution and shown.props.get("check")),
        )

    def _rubric(self, cell: Cell) -> str | None:
        name = (cell.settings or {}).get("rubric")
        if not name:
            return None
        rubric = Rubric.read(self.course.folder / "rubrics" / f"{name}.yml")
        self.rubrics[rubric.hash] = rubric
        return rubric.hash

    def _literal_input(self, solution: Solution) -> Shown:
        """Return an input for a quiz without a widget: yes and no, or a line of text."""
        if solution.literal == "bool":
            questions = {walk.language: walk.words or walk.heading for walk in self.walks}
            return Shown("Choice", {"question": questions, "options": YES_NO})
        return Shown("Reflection", {"rows": 1})

    def _quiz_widget(
        self,
        cell: Cell,
        fragments: Sequence[Fragment],
        widgets: dict[str, Any],
        solution: Solution,
    ) -> Shown | None:
        for part in fragments:
            if part.kind in ("error", "stderr"):
                self.safe.html(part, cell, self.course.languages[0])
        if any(part.kind == "error" for part in fragments):
            return None
        fragments = [part for part in fragments if part.kind != "stderr"]
        shown = [
            find_component(part.body, widgets, self.schemas) if part.kind == "widget" else part.kind
            for part in fragments
        ]
        only = shown[0] if len(shown) == 1 else None
        if not isinstance(only, Shown) or only.component not in quizzes.LITERALS:
            names = [each.component if isinstance(each, Shown) else each for each in shown]
            self._find("exercise-shows", {"shown": ", ".join(names) or "—"})
            return None
        checked = self._checked(only)
        problem = quizzes.find_problem(checked, solution) if checked else None
        if problem:
            self._find(*problem)
            return None
        return checked

    # ------------------------------------------------- fragments

    def _component(self, fragment: Fragment, widgets: dict[str, Any]) -> Shown | None:
        shown = find_component(fragment.body, widgets, self.schemas)
        if isinstance(shown, Shown):
            return self._checked(shown)
        self._needs_kernel(shown)
        return None

    def _checked(self, shown: Shown) -> Shown | None:
        if shown.component not in self.schemas:
            self._find("component-unknown", {"name": shown.component})
            return None
        try:
            check_props(shown, self.schemas)
        except PropsWrong as wrong:
            self._find("props-bad", {"component": wrong.component, "reason": wrong.reason})
            return None
        each_text(shown, self.schemas, self._check_languages)
        self.components[shown.component] = None
        return shown

    def _check_languages(self, text: Text) -> None:
        if isinstance(text, dict) and not all(text.get(each) for each in self.course.languages):
            self._find("language-missing", {"name": next(iter(text.values()), "")[:40]})

    def _needs_kernel(self, shown: str) -> None:
        self.kinds[self.cell] = "live"
        self._find("live-route" if self._is_of_the_house else "live", {"shown": shown})

    def _check_share(self, shown: Shown) -> None:
        written = [each.exercise for each in self.exercises if each.kind == "manual"]
        if shown.component == "PeerShare" and shown.props.get("exercise") not in written:
            self._find("shares-unknown", {"name": shown.props.get("exercise")})

    # ------------------------------------------------- the whole

    def _check_whole(self) -> None:
        if self._is_of_the_house:
            return
        for component, step in STEPS.items():
            if component not in self.components:
                self._find("step-missing", {"step": step})

    def _check_explanations(self, source: dict[str, Cell], pages: dict[str, str]) -> None:
        """Tell what a checked answer would be told in vain."""
        for exercise in self.exercises:
            tests = [source[test.exercise] for test in exercise.tests]
            self.cell = tests[-1].number if tests else exercise.cell
            try:
                explanation = explanations.read_explanation(tests)
            except explanations.Unreadable as wrong:
                self._find("explanation-unreadable", {"name": str(wrong)})
                continue
            has_clip = "Clip" in self.components
            for rule, facts in explanations.find_problems(
                exercise, explanation, pages, has_clip=has_clip
            ):
                self._find(rule, facts)

    def _join(self, walk: _Walk, stretches: Sequence[Stretch]) -> str:
        title = escape(in_language(self.module.title, walk.language))
        sections = join(walk.blocks, stretches)
        body = present_tables(one_first_heading(sections, title), walk.language)
        return f'<article lang="{walk.language}" dir="auto">\n{body}\n</article>\n'

    @property
    def _is_of_the_house(self) -> bool:
        return self.course.course == PAGES_COURSE or self.module.route is not None

    def _walks_of(self, cell: Cell) -> list[_Walk]:
        return [walk for walk in self.walks if cell.shows_in(walk.language)]

    def _find(self, rule: str, facts: dict[str, Any]) -> None:
        finding = Finding(self.module.notebook, self.cell or None, rule, facts)
        if finding not in self.findings:  # each language meets it
            self.findings.append(finding)


def _without_stub(html: str) -> str:
    return re.sub(rf"<p>\s*{STUB}\s*</p>", "", html).strip()
