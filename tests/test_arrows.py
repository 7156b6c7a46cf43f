"""Arrows point one way, and a foreign library has one home (docs: how the house is built).

Two tables, checked against every import of every file, those inside functions too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

BELOW_PORTAL = {"learning", "sharing", "grading", "publishing", "store"}
# Which rooms a room may import; a file stands under the longest entry that fits it.
ROOMS: dict[str, set[str]] = {
    "jupyterhub_config.py": {"hub"},
    "pathshala.py": {"widgets"},
    "hub": {"hub", "hub.portal", "hub.lab", *BELOW_PORTAL},
    "hub/command.py": {"hub", "hub.portal", "hub.classroom", "hub.lab", *BELOW_PORTAL},
    "hub/set_up.py": set(),  # runs before anything is installed
    "hub/portal": {"hub.portal", *BELOW_PORTAL},
    "hub/classroom": {"hub.classroom"},
    "hub/classroom/hogs.py": {"hub.classroom", "publishing"},
    "hub/classroom/kernels.py": {"hub.classroom", "publishing"},
    "hub/classroom/provisioner.py": {"hub.classroom", "publishing"},
    "hub/classroom/walls.py": {"hub.classroom", "publishing"},
    "hub/classroom/warm_parent.py": {"hub.classroom", "publishing"},
    "hub/classroom/launcher.py": {"hub.classroom", "publishing"},
    "hub/lab": {"hub.lab", "publishing"},
    "learning": {"learning", "publishing", "store"},
    "sharing": {"sharing", "learning", "publishing", "store"},
    "grading": {"grading", "learning", "publishing", "store"},
    "grading/exchange.py": set(),
    "publishing": {"publishing", "store"},
    "publishing/runner_process.py": set(),
    "store": {"store"},
    "widgets": {"widgets"},
}
# Where a library may be imported. What is not named here may be imported anywhere.
LIBRARIES: dict[str, set[str]] = {
    "sqlalchemy": {"store", "grading/gradebook.py"},
    "alembic": {"store", "grading/gradebook.py"},
    "psycopg": {"store"},
    "huey": {"store/job_queue.py"},
    "obstore": {"store/artifacts.py"},
    "nbgrader": {"grading", "publishing/release.py"},
    "voila": {"publishing/render.py", "hub/classroom"},
    "nh3": {"publishing/safe_html.py"},
    "av": {"publishing/encode_film.py"},
    "jupyterhub": {"hub", "hub/classroom"},
    "tornado": {"hub", "hub/classroom", "hub/lab", "publishing/kernel.py"},
    "argon2": {"hub/passwords.py"},
    "fastapi": {"hub/portal"},
    "starlette": {"hub/portal"},
    "uvicorn": {"hub/command.py"},
    "httpx": {"hub/portal"},
    "prometheus_client": {"hub/portal/measures.py", "hub/portal/health.py", "hub/measured.py"},
    "babel": {"hub/portal/texts.py"},
    "ipyvuetify": {"widgets"},
    "ipyvue": {"widgets", "publishing/kernel.py"},
    "ipykernel": {"publishing/kernel.py"},
    "ipywidgets": {"widgets"},
}
# A room inside a room is none of the outer one's business.
INNER = ("hub/portal", "hub/classroom", "hub/lab")
OURS = {"hub", "learning", "sharing", "grading", "publishing", "store", "widgets"}


def sources() -> list[Path]:
    files = [path for room in sorted(OURS) for path in (ROOT / room).rglob("*.py")]
    tops = [ROOT / "jupyterhub_config.py", ROOT / "pathshala.py"]
    return [path for path in files if "node_modules" not in path.parts] + [
        top for top in tops if top.exists()
    ]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, as an absolute dotted name, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                package = path.relative_to(ROOT).parent.parts[: None if node.level == 1 else -1]
                yield node.lineno, ".".join([*package, node.module or ""]).rstrip(".")
                continue
            yield node.lineno, node.module or ""
            # `from hub import portal` names a module too
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def stands_under(file: str, place: str) -> bool:
    return file == place or file.startswith(f"{place}/")


def rule_for(file: str) -> set[str]:
    fitting = [place for place in ROOMS if stands_under(file, place)]
    assert fitting, f"{file} belongs to no room: add one to the table, with a decision"
    return ROOMS[max(fitting, key=len)]


def room_of(module: str) -> str | None:
    """The room a module of ours belongs to; None for a foreign one."""
    for inner in INNER:
        if stands_under(module.replace(".", "/"), inner):
            return inner.replace("/", ".")
    top = module.split(".")[0]
    return top if top in OURS else "hub" if top == "jupyterhub_config" else None


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    file = path.relative_to(ROOT).as_posix()
    allowed = rule_for(file)
    wrong = []
    for line, module in imports(path):
        room = room_of(module)
        if room is not None and room not in allowed and module != room.split(".")[0]:
            wrong.append(f"{file}:{line} imports {module}; it may import {sorted(allowed)}")
        homes = LIBRARIES.get(module.split(".")[0])
        if homes is None or any(_is_home(file, home) for home in homes):
            continue
        wrong.append(f"{file}:{line} imports {module}, whose home is {sorted(homes)}")
    assert not wrong, "\n".join(wrong)


def _is_home(file: str, home: str) -> bool:
    inner = next((place for place in INNER if stands_under(file, place)), None)
    return stands_under(file, home) and (inner is None or stands_under(home, inner))


def test_only_the_vocabulary_of_widgets_is_code_in_an_init() -> None:
    inits = [path for path in sources() if path.name == "__init__.py"]
    with_code = [
        path.relative_to(ROOT).as_posix()
        for path in inits
        if ast.parse(path.read_text(encoding="utf-8")).body[_docstring(path) :]
    ]
    assert with_code in ([], ["widgets/__init__.py"])


def _docstring(path: Path) -> int:
    return 1 if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) else 0


def test_what_set_up_imports_comes_with_python() -> None:
    names = {module.split(".")[0] for _, module in imports(ROOT / "hub/set_up.py")}
    assert names <= set(sys.stdlib_module_names)
