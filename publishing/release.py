"""Makes the release of a notebook with nbgrader: solutions, hidden tests and mark schemes out,
checksums in. Then searches it for what should have gone.

nbgrader changes the working folder and shares state between runs, so it works in a process of its
own (`main`), confined, in a staging folder that is new each time.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from publishing import programs, quick_start  # noqa: F401 - before nbformat
from publishing.findings import Finding
from publishing.outline import BEGIN, HIDDEN, Cell, read_notebook
from publishing.work_folder import work_folder

PREPROCESSORS = (
    "LockCells",
    "ClearSolutions",
    "ClearOutput",
    "CheckCellMetadata",
    "ComputeChecksums",
    "ClearHiddenTests",
    "ClearMarkScheme",
    "ComputeChecksums",
    "CheckCellMetadata",
)
STUB = {"python": "# answer"}  # what stands in a quiz's place; the stock one raises
SHORTEST_SECRET = 12  # shorter lines, such as "else:", may stand anywhere
OPENING = ("{", "[", "(")  # what a line that ends so keeps secret stands in the lines after it


def release(notebooks: Sequence[Path], work: Path, hidden: Sequence[Path] = ()) -> dict[str, Any]:
    """Release notebooks of different names; return file name -> release (a notebook), or a text
    that says why nbgrader refused. The same notebook gives the same bytes each time."""
    with work_folder(work, "release") as staging:
        for number, notebook in enumerate(notebooks):
            source = staging / "source" / f"m{number}"
            source.mkdir(parents=True)
            shutil.copyfile(notebook, source / "module.ipynb")
        finished = programs.run(
            "publishing.release",
            str(staging),
            folder=staging,
            hidden=hidden,
        )
        refusals = json.loads(finished.stdout) if finished.code == 0 else {}
        results: dict[str, Any] = {}
        for number, notebook in enumerate(notebooks):
            made = staging / "release" / f"m{number}" / "module.ipynb"
            results[notebook.name] = (
                read_notebook(made)
                if made.is_file() and f"m{number}" not in refusals
                else refusals.get(f"m{number}")
                or finished.last_words
                or "nbgrader stopped without a word"
            )
        return results


def find_leaks(file: str, source: Sequence[Cell], released: Sequence[Cell]) -> list[Finding]:
    """Search a release for solutions, hidden tests and mark schemes of its source."""
    everything = "\n".join(cell.source for cell in released)
    marks = [BEGIN, *(begin for begin, _ in HIDDEN)]
    findings = [
        Finding(file, cell.number, "leak", {"reason": mark})
        for cell in released
        for mark in marks
        if mark in cell.source
    ]
    for cell in source:
        same = next((each.source for each in released if each.grade_id == cell.grade_id), "")
        for secret in cell.secrets() if cell.grade_id else ():
            lines = [line for each in secret.split("\n") if _says_something(line := each.strip())]
            leaked = [
                line
                for line in lines
                if line in same.split("\n") or (len(line) >= SHORTEST_SECRET and line in everything)
            ]
            if leaked:
                findings.append(Finding(file, cell.number, "leak", {"reason": max(leaked)}))
    return findings


def _says_something(line: str) -> bool:
    """Whether a line of a secret is one itself: an option's key opens the words of many cells."""
    return bool(line) and not line.endswith(OPENING)


def main() -> None:
    """Release the staging folder that the command names; print what `_release` returns."""
    json.dump(_release(Path(sys.argv[1])), sys.stdout)


def _release(staging: Path) -> dict[str, str]:
    """Release every assignment of a staging folder; return assignment -> why it was refused."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    refusals = {}
    for assignment in sorted(path.name for path in (staging / "source").iterdir()):
        config = Config()
        config.CourseDirectory.root = str(staging)
        config.CourseDirectory.assignment_id = assignment
        config.GenerateAssignment.no_database = True
        config.GenerateAssignment.preprocessors = [
            f"nbgrader.preprocessors.{name}" for name in PREPROCESSORS
        ]
        config.ClearSolutions.code_stub = STUB
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
        try:
            converter.start()
        except (Exception, SystemExit) as error:
            refusals[assignment] = _why(error)
    return refusals


def _why(error: BaseException) -> str:
    """Return the deepest reason: nbgrader wraps the telling one."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return (str(error) or type(error).__name__).strip().splitlines()[0]


if __name__ == "__main__":
    main()
