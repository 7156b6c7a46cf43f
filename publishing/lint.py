"""Says what is wrong with a course before anything of it runs: file, cell, and the fix.

Looks at files alone. What a cell shows is known only when it has run: `page` judges that.
"""

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from publishing.course_files import CourseFile, ModuleFile
from publishing.findings import Finding
from publishing.outline import Cell, find_solution, has_solution_marks, read_cells, read_notebook
from publishing.rubric import Rubric
from publishing.texts import is_text
from store.errors import Invalid

GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PLACES = frozenset({"page", "places", "menu", "notices", "save-state"})  # ids of every page
ROOMS = (
    "bench",
    "grading",
    "hub",
    "learning",
    "pathshala",
    "publishing",
    "sharing",
    "store",
    "widgets",
)
DISPLAYS = frozenset({"HTML", "Markdown", "SVG", "Image", "Latex", "IFrame", "Javascript"})
FETCHING = frozenset({"data", "url", "filename", "src"})
WRITTEN = ("Reflection", "ActionPlan")


def lint_path(path: Path) -> list[Finding]:
    """Look at a course's folder, or at one notebook of it."""
    folder = path.parent if path.suffix == ".ipynb" else path
    try:
        course = CourseFile.read(folder)
    except ValueError as error:
        return [Finding("course.yml", None, "course-file", {"reason": str(error)})]
    findings = lint_course(course)
    for module in course.modules:
        if path in (folder, folder / module.notebook) and (folder / module.notebook).is_file():
            findings += lint_module(course, module)[2]
    return findings


def lint_course(course: CourseFile) -> list[Finding]:
    """Look at the folder itself."""
    findings = [
        Finding(path.name, None, "named-like-a-room", {"name": path.name})
        for path in sorted(course.folder.iterdir())
        if path.name.split(".")[0].lower() in ROOMS
    ]
    for module in course.modules:
        if not (course.folder / module.notebook).is_file():
            findings.append(Finding(module.notebook, None, "notebook-missing"))
    return findings


def lint_module(course: CourseFile, module: ModuleFile) -> tuple[Any, list[Cell], list[Finding]]:
    """Look at one notebook; return it, its cells and what is wrong."""
    try:
        notebook = read_notebook(course.folder / module.notebook)
    except ValueError as error:
        reason = {"reason": str(error)}
        return None, [], [Finding(module.notebook, None, "notebook-unreadable", reason)]
    cells = read_cells(notebook)
    checks = (_ids, _flags, _quizzes, _tests, _uses, _displays)
    findings = [
        Finding(module.notebook, cell.number, rule, facts)
        for check in checks
        for cell, rule, facts in check(cells)
    ]
    findings += [
        Finding(module.notebook, cell.number, rule, facts)
        for cell, rule, facts in _course_facts(course, cells)
    ]
    findings.sort(key=lambda finding: finding.cell or 0)
    return notebook, cells, findings


Found = Iterator[tuple[Cell, str, dict[str, Any]]]


def _ids(cells: list[Cell]) -> Found:
    seen: dict[str, int] = {}
    for cell in cells:
        if cell.role == "plain":
            continue
        if cell.schema_version != 3:
            yield cell, "old-cell", {"version": cell.schema_version}
        if not GRADE_ID.fullmatch(cell.grade_id) or cell.grade_id in PLACES:
            yield cell, "id-bad", {"name": cell.grade_id}
        elif cell.grade_id in seen:
            yield cell, "id-twice", {"name": cell.grade_id, "cell": seen[cell.grade_id]}
        seen.setdefault(cell.grade_id, cell.number)
        if not _is_points(cell.points):
            yield cell, "points-bad", {"points": cell.points}


def _flags(cells: list[Cell]) -> Found:
    for cell in cells:
        if cell.role == "half":
            yield cell, "half-an-answer", {}
        if cell.role == "code-answer":
            yield cell, "writes-code", {}
        if cell.role == "code-task":
            yield cell, "task-on-code", {}
        if cell.role in ("answer", "task") and cell.attachments:
            yield cell, "picture-in-answer", {}
        if cell.role in ("answer", "task"):
            component = (cell.settings or {}).get("component", "Reflection")
            if component not in WRITTEN:
                yield cell, "component-unknown", {"name": component}
        if cell.kind == "code" and "### AUTOTEST" in cell.source:
            yield cell, "autotest", {}


def _quizzes(cells: list[Cell]) -> Found:
    for cell in cells:
        if cell.role != "quiz":
            continue
        solution = find_solution(cell)
        if solution is None:
            shows = not has_solution_marks(cell) and _ends_in_a_call(cell.source)
            yield cell, "no-solution-marks" if shows else "writes-code", {}
        elif not solution.rest.strip() and solution.literal not in ("bool", "int", "float", "str"):
            yield cell, "needs-a-widget", {"kind": solution.literal}


def _tests(cells: list[Cell]) -> Found:
    quiz: Cell | None = None
    tested = True
    for cell in cells:
        if cell.role == "quiz":
            if quiz and not tested:
                yield quiz, "quiz-without-test", {}
            quiz, tested = cell, False
        elif cell.role == "test":
            if quiz is None:
                yield cell, "test-without-quiz", {}
            tested = True
            tree = _parse(cell.source)
            if tree is not None and not _has_an_end(tree.body):
                yield cell, "test-without-end", {}
    if quiz and not tested:
        yield quiz, "quiz-without-test", {}


def _uses(cells: list[Cell]) -> Found:
    """Find code on the page that needs a quiz's variable; tests may have it, they run elsewhere."""
    assigned: set[str] = set()
    for cell in cells:
        if cell.kind != "code":
            continue
        solution = find_solution(cell) if cell.role == "quiz" else None
        source = solution.rest if solution else cell.source
        tree = _parse(source)
        if tree is None:
            yield cell, "syntax", {"reason": _reason(source)}
            continue
        if solution:
            assigned.add(solution.variable)
        if cell.role == "test":
            continue
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        used = {node.id for node in names if isinstance(node.ctx, ast.Load)} & assigned
        for name in sorted(used):
            yield cell, "used-later", {"name": name}


def _displays(cells: list[Cell]) -> Found:
    """Find what IPython would open as a path or fetch from an address."""
    for cell in cells:
        if cell.kind != "code" or cell.role == "test":
            continue
        tree = _parse(cell.source)
        for node in ast.walk(tree) if tree else ():
            if not isinstance(node, ast.Call) or _called(node) not in DISPLAYS:
                continue
            name = _called(node)
            given = [*node.args[:1], *(key.value for key in node.keywords if key.arg in FETCHING)]
            if any(key.arg is None for key in node.keywords):
                given.append(node)
            for value in given:
                if not isinstance(value, ast.Constant):
                    if not _begins_as_text(value):
                        yield cell, "display-not-literal", {"name": name}
                elif isinstance(value.value, str) and _leads_outside(value.value):
                    yield cell, "display-outside", {"name": name, "path": value.value}


def _course_facts(course: CourseFile, cells: list[Cell]) -> Found:
    for cell in cells:
        if cell.language is not None and cell.language not in course.languages:
            yield cell, "language-unknown", {"name": cell.language}
        settings = cell.settings or {}
        for words in sorted({"alt", "caption"} & settings.keys()):
            if not is_text(settings[words]):
                yield cell, "text-bad", {"name": f"pathshala.{words}"}
        name = settings.get("rubric")
        if name is None:
            continue
        path = course.folder / "rubrics" / f"{name}.yml"
        if not isinstance(name, str) or not GRADE_ID.fullmatch(name) or not path.is_file():
            yield cell, "rubric-unknown", {"name": name}
            continue
        try:
            Rubric.read(path)
        except Invalid as error:
            yield cell, "rubric-invalid", {"reason": error.facts["reason"]}


def _parse(source: str) -> ast.Module | None:
    """Parse a cell's Python, also with IPython's magics; None if it is neither."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    from IPython.core.inputtransformer2 import TransformerManager  # 0.3 s, and rarely needed

    try:
        return ast.parse(str(TransformerManager().transform_cell(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _reason(source: str) -> str:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def _is_points(points: Any) -> bool:
    if isinstance(points, bool) or not isinstance(points, int | float):
        return False
    return math.isfinite(points) and points >= 0


def _has_an_end(body: list[ast.stmt]) -> bool:
    """Whether the last statement gives a value or asserts, also inside `if`, `for` and `with`."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.If | ast.For | ast.With | ast.Try):
        return _has_an_end(last.body)
    return isinstance(last, ast.Expr | ast.Assert)


def _ends_in_a_call(source: str) -> bool:
    tree = _parse(source)
    last = tree.body[-1] if tree and tree.body else None
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _begins_as_text(value: ast.expr) -> bool:
    """Whether a text that is put together begins with a tag or a new line, as no path does."""
    match value:
        case ast.Constant(value=str(text)):
            return re.match(r"\s*<|\n", text) is not None
        case ast.JoinedStr(values=[first, *_]) | ast.BinOp(left=first):
            return _begins_as_text(first)
        case ast.Call(func=ast.Attribute(value=first, attr="format")):
            return _begins_as_text(first)
    return False


def _leads_outside(text: str) -> bool:
    """Whether a literal is an address, or a path out of the course."""
    if text.lstrip().lower().startswith(("http:", "https:", "file:", "ftp:", "//")):
        return True
    if "\n" in text or "<" in text or len(text) > 300:
        return False
    path = PurePosixPath(text)
    return path.is_absolute() or ".." in path.parts or text.startswith("~")
