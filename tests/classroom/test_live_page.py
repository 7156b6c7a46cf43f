"""What a frame of a live page is made of, and what its kernel is given."""

import base64
import os

from tests.classroom.world import World, code, kernel_of, outputs_of, text

DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
KNOWN = {"PATH", "LANG", "TZ", "HOME", "TERM", "PAGER", "GIT_PAGER", "IPYTHONDIR", "MPLBACKEND"}


def test_the_text_with_its_pictures_comes_before_the_kernel(the_classroom: World) -> None:
    around = the_classroom.around
    around.files["media/dot.gif"] = DOT
    shown = text("# শিরোনাম\n\n![বিন্দু](media/dot.gif)")
    path = around.publish("slow", shown, code("print('done')"), text("শেষ কথা"))
    the_classroom.open(path, "bela")  # then there is something to fork from
    for warm in the_classroom.warm_parents():
        warm.suspend()
    headers = {"Accept-Encoding": "identity"}
    with (
        the_classroom.client("anna") as client,
        client.stream("GET", path, headers=headers) as frame,
    ):
        parts = frame.iter_text()
        first = ""
        while "</main>" not in first:
            first += next(parts)
        assert "শিরোনাম" in first and "শেষ কথা" in first, first
        assert 'src="data:image/gif;base64,' in first
        assert 'data-live="kernel"' not in first
        for warm in the_classroom.warm_parents():
            warm.resume()
        rest = "".join(parts)
    around.files.clear()
    assert "done" in rest and 'data-live="done"' in rest


def test_a_frame_shows_its_stretch_in_its_language_and_no_error(the_classroom: World) -> None:
    cells = (text("এক", lang="bn"), text("eleven", lang="en"), code("x = 6"), code("print(x * 7)"))
    broken = code("import sys\nprint('why', file=sys.stderr)\nraise ValueError('secret')")
    path = the_classroom.around.publish("parts", *cells, broken, stretches=[[0, 1, 3], [4]])
    bangla, english = the_classroom.open(path, "anna"), the_classroom.open(path, "anna", lang="en")
    assert "এক" in bangla.text and "eleven" not in bangla.text
    assert "eleven" in english.text and "এক" not in english.text
    assert outputs_of(bangla)[3][0]["text"] == "42\n"
    second = the_classroom.open(path, "anna", stretch="1")
    assert outputs_of(second) == {4: [{"output_type": "error"}]}
    assert "secret" not in second.text and kernel_of(second) == kernel_of(bangla)
    assert the_classroom.open(path, "anna", stretch="2").status_code == 404


def test_a_kernel_finds_the_courses_files_and_none_of_our_environment(the_classroom: World) -> None:
    the_classroom.around.files["data/numbers.csv"] = b"1,2"
    source = "import json, os\nprint(json.dumps([open('data/numbers.csv').read(), *os.environ]))"
    frame = the_classroom.open(the_classroom.around.publish("files", code(source)), "bela")
    the_classroom.around.files.clear()
    shown = outputs_of(frame)[0][0]["text"]
    assert '"1,2"' in shown
    assert not [name for name in os.environ if f'"{name}"' in shown and name not in KNOWN], shown


def test_a_portal_that_is_away_is_said(the_classroom: World) -> None:
    the_classroom.around.modules["a-course/broken/1"] = {}
    answer = the_classroom.open("live/a-course/broken/1", "anna")
    assert answer.status_code == 503 and '"away"' in answer.text
    assert the_classroom.open("live/a-course/none/1", "anna").status_code == 404


def test_the_policy_of_a_frame(the_classroom: World) -> None:
    path = the_classroom.around.publish("policy", code("1"))
    policy = the_classroom.open(path, "anna").headers["content-security-policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts["frame-ancestors"] == the_classroom.portal_origin
    assert parts["connect-src"] == "'self' blob:" and parts["form-action"] == "'none'"
    assert not [part for part in policy.split() if part.startswith("http")][1:]


def test_a_page_without_plots_has_a_lighter_kernel(the_classroom: World) -> None:
    ask = "import sys\nprint('mat' 'p' 'lotlib' in sys.modules)"
    for name, more, answer in (("light", "", "False"), ("plots", "# plots\n", "True")):
        path = the_classroom.around.publish(name, code(more + ask))
        assert f'"text": "{answer}' in the_classroom.open(path, "anna").text
