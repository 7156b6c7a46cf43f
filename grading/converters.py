"""Call nbgrader's converters in this process so that they disturb nothing else in it.

nbgrader changes the working folder and the environment while it converts, and tells what failed
only in its log, with the cells in it. Here it converts one notebook at a time, stays in the folder
where the process is, leaves the environment as it was, and raises what failed.
"""

import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import publishing.quick_start  # noqa: F401 - first in a process that reads notebooks

# isort: split
from nbconvert.writers import FilesWriter
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

_one_at_a_time = threading.Lock()


class InPlace(BaseConverter):
    """The converters' start, without changing the working folder: all our paths are whole."""

    def start(self) -> None:
        """Convert what the course folder holds."""
        self.init_notebooks()
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        for step in self.preprocessors:
            self.exporter.register_preprocessor(step)
        self.convert_notebooks()


class Release(GenerateAssignment, InPlace):
    """Source notebook to release; with `SaveCells` among its steps, into the gradebook too."""


class Autograder(Autograde, InPlace):
    """Submitted notebooks to scores in the gradebook."""


class _Causes(logging.Logger):
    """A log that writes nothing, for its lines quote what people wrote, but keeps the error."""

    def __init__(self) -> None:
        super().__init__("pathshala.grading.nbgrader", logging.CRITICAL + 1)
        self.cause: BaseException | None = None

    def error(self, *_words: Any, **_more: Any) -> None:
        self.cause = self.cause or sys.exc_info()[1]


def convert(kind: type[InPlace], traits: Config, **parts: Any) -> None:
    """Run one converter with these traits; raise the error that stopped it."""
    log = _Causes()
    with _one_at_a_time:
        course = CourseDirectory(config=traits, log=log)
        try:
            kind(coursedir=course, config=traits, log=log, **parts).start()
        except NbGraderException as error:
            raise log.cause or error from None
        finally:
            os.environ.pop("NBGRADER_EXECUTION", None)  # nbgrader leaves it when grading raises


@contextmanager
def staging(work: Path, name: str) -> Iterator[Path]:
    """Give a new folder for one job, and delete it in the end."""
    root = work.resolve() / f"{name}-{uuid4().hex}"
    root.mkdir(parents=True)
    try:
        yield root
    finally:
        for path in root.rglob("*"):
            with suppress(OSError):
                path.chmod(0o700)  # nbgrader leaves files that only root may write
        shutil.rmtree(root, ignore_errors=True)
