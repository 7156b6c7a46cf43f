"""The live module under test: some text, a slider that moves a plot, one reflection.

Stock Voila shows the same notebook.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.products import ROOT, Running, pathshala, stock_voila
from tests.publishing.writing import IMPORT, code, reflection, words, write_course

NOTEBOOK = "01-spare-time.ipynb"
PAGE = "/services/portal/courses/trial/spare-time"
FRAME = "/services/classroom/live/trial/spare-time/1?lang=bn&stretch=0"
PLOT = """
import base64, io
import ipywidgets
import matplotlib.pyplot as plt

slider = ipywidgets.IntSlider(3, 1, 9, description="সেকেন্ড")
plot, words = ipywidgets.HTML(), ipywidgets.Label()

def draw(_):
    figure = plt.figure(figsize=(4, 3))
    plt.plot([0, slider.value], [0, slider.value ** 2])
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    plt.close(figure)
    png = base64.b64encode(drawn.getvalue()).decode()
    plot.value = f'<img alt="" src="data:image/png;base64,{png}">'
    words.value = f"{slider.value} সেকেন্ড: {slider.value ** 2} জন"

slider.observe(draw, "value")
draw(None)
ipywidgets.VBox([slider, plot, words])
"""
CELLS = (
    IMPORT,
    words("# অপেক্ষার সময়\n\nপ্রশ্নের পরে কত সেকেন্ড অপেক্ষা করেন? সরিয়ে দেখুন, কী বদলায়।"),
    code(PLOT),
    words("## ভাবুন\n\nকাল নিজের ক্লাসে কী বদলাবেন?"),
    reflection(),
)


@contextmanager
def ours() -> Iterator[tuple[Running, Path]]:
    """Serve the module, published; give the data folder, too."""
    with (
        TemporaryDirectory() as data,
        _course() as folder,
        pathshala(PATHSHALA_DATA=data) as product,
    ):
        subprocess.run(
            [sys.executable, "-m", "hub.command", "publish", folder],
            cwd=ROOT,
            env=os.environ | {"PATHSHALA_DATA": data},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        yield product, Path(data)


@contextmanager
def theirs() -> Iterator[Running]:
    """Serve the notebook with stock Voila."""
    with _course() as folder, stock_voila(folder, NOTEBOOK) as product:
        yield product


@contextmanager
def _course() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield write_course(Path(folder), *CELLS)
