"""Where a link of one notebook to another leads: from `02-x.ipynb#anchor` to the module's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from publishing.course_files import CourseFile, ModuleFile
from publishing.media import PORTAL
from publishing.outline import read_cells, read_notebook
from publishing.safe_html import ID_PREFIX


@dataclass(frozen=True)
class Links:
    """Links between the notebooks of a course; `find` hears of those that lead nowhere."""

    course: CourseFile
    find: Callable[[str, dict[str, Any]], None]

    def address(self, link: str) -> str | None:
        """Return the address of a relative link to a notebook, or None and a finding."""
        path, _, place = link.partition("#")
        name = unquote(path).removeprefix("./")
        module = next((each for each in self.course.modules if each.notebook == name), None)
        if module is None:
            self.find("link-lost", {"path": unquote(link)})
            return None
        route = module.route
        if route is None:
            route = f"courses/{self.course.course}/{module.module}"
        return f"{PORTAL}{route}" + (f"#{self._anchor(module, unquote(place))}" if place else "")

    def _anchor(self, module: ModuleFile, place: str) -> str:
        """Exercises keep their ids on a page; what a trainer named himself has a prefix."""
        try:
            cells = read_cells(read_notebook(self.course.folder / module.notebook))
        except (OSError, ValueError):  # lint names it
            cells = []
        is_ours = any(cell.is_exercise and cell.grade_id == place for cell in cells)
        return quote(place if is_ours else f"{ID_PREFIX}{place}")
