"""Renders a release with Voila: runs it once in a kernel, and exports every cell as a fragment.

Runs trainers' code, so it works in a confined process (`main`), and all it hands back is hostile:
`page` judges it, in a process that ran no such code.
"""

import asyncio
import json
import re
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from publishing import confine, programs, quick_start  # noqa: F401 - before nbformat
from publishing.outline import Cell
from publishing.work_folder import work_folder

TEMPLATE = Path(__file__).parent.parent / "widgets" / "template"
PRIORITY = [
    "application/vnd.jupyter.widget-view+json",
    "image/svg+xml",
    "image/png",
    "image/webp",
    "image/jpeg",
    "image/gif",
    "text/html",
    "text/markdown",
    "text/latex",
    "text/plain",
]
MOST_SHOWN = 500  # things that one cell may show
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

Kind = Literal["html", "widget", "picture", "svg", "stdout", "stderr", "error", "other"]
KINDS = frozenset(get_args(Kind))
PICTURES = ("picture", "svg")
PLOTS = ("matplotlib", ".plot")  # a notebook without them need not wait for fonts


@dataclass(frozen=True)
class Fragment:
    """A part of a cell as rendered; `body` is HTML, a `data:` address, SVG, JSON or text by `kind`.

    `words` is what a picture says of itself in plain text. Nothing in it may be trusted.
    """

    kind: str
    body: str
    words: str = ""


@dataclass(frozen=True)
class Rendered:
    """Fragments of each cell, in order, and the widgets' state by model id. Hostile."""

    cells: list[list[Fragment]]
    widgets: dict[str, Any]
    isolated: bool


class RenderFailed(Exception):
    """The confined process gave no page; `reason` is a limit, `words` what it said, `at` the number
    of the cell that ran, None if none did."""

    def __init__(self, reason: confine.Reason | None, words: str, at: int | None = None) -> None:
        super().__init__(words)
        self.reason = reason
        self.words = words
        self.at = at


class TooMuchShown(ValueError):
    """A cell shows more things than a page can hold."""

    def __init__(self, index: int, count: int) -> None:
        super().__init__(f"one cell shows {count} things; {MOST_SHOWN} is the most")
        self.index = index


def render(
    released: Any,
    cells: Sequence[Cell],
    course: Path,
    *,
    work: Path,
    hidden: Sequence[Path] = (),
    limits: confine.Limits | None = None,
) -> Rendered:
    """Run and export a release, in a folder where the course's files can be read."""
    with work_folder(work, "render") as job:
        for entry in course.iterdir():
            (job / entry.name).symlink_to(entry.resolve())
        notebook = json.loads(json.dumps(released))
        for cell, node in zip(cells, notebook["cells"], strict=True):
            node.setdefault("metadata", {}).update(
                pathshala_role=cell.role, pathshala_number=cell.number
            )
        finished = programs.run(
            "publishing.render",
            folder=job,
            limits=limits,
            stdin=json.dumps(notebook).encode(),
            readable=[course],
            hidden=hidden,
        )
    said = finished.stdout.splitlines() or [b""]
    if finished.reason or finished.code:
        raise RenderFailed(finished.reason, finished.last_words, _running(said, cells))
    try:
        answer = json.loads(said[-1])
        split = _fragments(answer["page"].split(f"\n{answer['secret']} ")[1:], len(cells))
        widgets = answer["widgets"]
    except TooMuchShown as error:
        raise RenderFailed(None, str(error), cells[error.index].number) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RenderFailed(None, f"{type(error).__name__}: {error}") from error
    return Rendered(split, widgets if isinstance(widgets, dict) else {}, finished.isolated)


def _fragments(parts: list[str], expected: int) -> list[list[Fragment]]:
    cells: list[list[Fragment]] = []
    for part in parts:
        kind, _, body = part.partition("\n")
        if kind == "cell":
            cells.append([])
        elif kind in KINDS and cells:
            words, _, drawn = body.partition("\n") if kind in PICTURES else ("", "", body)
            cells[-1].append(Fragment(kind, drawn, words))
        else:
            raise ValueError(f"an unknown fragment: {kind[:40]}")
    for number, shown in enumerate(cells):
        if len(shown) > MOST_SHOWN:
            raise TooMuchShown(number, len(shown))
    if len(cells) != expected:
        raise ValueError(f"{len(cells)} cells instead of {expected}")
    return cells


def _running(said: Sequence[bytes], cells: Sequence[Cell]) -> int | None:
    """Return the number of the cell that ran last, as `main` told: its author's word, no more."""
    steps = [line for line in said if line.startswith(b"at ")] or [b""]
    named = re.fullmatch(rb"at (\d{1,6})", steps[-1])
    index = int(named[1]) if named else len(cells)
    return cells[index].number if index < len(cells) else None


# ------------------------------------------------- in the confined process


def main() -> None:
    """Read a notebook from standard input; write `at INDEX` when a cell begins, `at -` when all
    have run, and `{"page", "secret", "widgets"}` on the last line."""
    from publishing.run_cells import keep_answer

    asked = json.loads(sys.stdin.buffer.read())
    with keep_answer() as answer:
        notebook = _execute(asked, lambda index: print(f"at {index}", file=answer, flush=True))
        print("at -", file=answer, flush=True)
        secret = secrets.token_hex(16)  # the kernel is dead: no code of a trainer's knows it
        page = asyncio.run(_export(notebook, secret))
        state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
        json.dump({"page": page, "secret": secret, "widgets": state}, answer)


def _execute(body: Any, begin: Callable[[int], None]) -> Any:
    """Run all but the tests with Voila's executor. A failing cell shows its error."""
    import nbformat
    from nbclient.exceptions import DeadKernelError
    from voila.execute import VoilaExecutor

    from publishing.figures import bring_letters
    from publishing.run_cells import kernel_manager

    notebook = nbformat.from_dict(body)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.metadata.get("pathshala_role") == "test":
            cell.source = ""  # it would show a NameError
    if not any(cell.cell_type == "code" and cell.source.strip() for cell in notebook.cells):
        return notebook
    if any(word in cell.source for cell in notebook.cells for word in PLOTS):
        bring_letters(Path.home())
    executor = VoilaExecutor(
        notebook,
        km=kernel_manager("publishing.figures"),
        allow_errors=True,
        show_tracebacks=True,
        shutdown_kernel="immediate",
        timeout=None,
        on_cell_start=lambda cell, cell_index: begin(cell_index),
    )
    try:
        executor.execute(notebook, {})
    except DeadKernelError:
        sys.exit("The kernel died: too much memory or time, or the code ended it.")
    return notebook


async def _export(notebook: Any, secret: str) -> str:
    from jinja2 import pass_context
    from jupyter_core.paths import jupyter_path
    from traitlets.config import Config
    from voila.exporter import VoilaExporter

    from publishing.markdown import to_html

    class PageExporter(VoilaExporter):
        """Voila's exporter with Markdown for pages; it inlines no file: `page` makes artifacts."""

        @pass_context
        def markdown2html(self, context: Any, source: str) -> str:
            return to_html(source, context["cell"])

    config = Config()
    config.NbConvertBase.display_data_priority = PRIORITY
    config.PageExporter.preprocessors = []
    bases = [str(Path(base) / "nbconvert" / "templates") for base in jupyter_path()]
    exporter = PageExporter(
        config=config,
        template_name="base",
        template_paths=[str(TEMPLATE), *bases],
        template_file="index.html.j2",
        base_url="/",
    )
    exporter.default_preprocessors = []
    exporter.exclude_input = True
    exporter.exclude_output_prompt = True
    resources = {"secret": secret}
    pages = exporter.generate_from_notebook_node(notebook, resources=resources)
    return "".join([part async for part, _ in pages])


if __name__ == "__main__":
    main()
