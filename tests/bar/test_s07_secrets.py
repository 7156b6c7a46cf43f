"""S7: what a trainer's code reaches from a real Lab, started through the Hub.

With one user id for all, files are open to it, as `docs/explanation/security.md` says; so here are
probes of all that is not files: the environment, the token, other people's servers, the portal.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import websocket

from bench.waiting import wait_until
from hub.spawners import LabSpawner, _make_folder
from tests.conftest import PASSWORD, PATHSHALA, sign_in_client

SECONDS_FOR_A_LAB = 120
OTHER = "প্রশিক্ষক-২"
ALLOWED = (
    *("PATH", "LANG", "LC_ALL", "TZ", "HOME", "SHELL", "PWD", "OLDPWD", "SHLVL", "_"),
    *("PORTAL_URL", "JUPYTER_CONFIG_PATH", "MEM_", "CPU_", "JUPYTERHUB_", "JPY_"),
    # what a kernel and its libraries set themselves
    *("PYDEVD_", "MPLBACKEND", "TERM", "CLICOLOR", "PAGER", "GIT_PAGER", "FORCE_COLOR"),
    *("PYTHON", "LC_CTYPE", "KERNEL_", "JUPYTER_"),
)

Lab = httpx.Client


@pytest.fixture(scope="module")
def lab(stack: Any) -> Iterator[Lab]:
    """The trainer's browser, whose Lab runs; based at the Lab."""
    client = sign_in_client(stack, "trainer")
    opened = client.get(f"{stack.url}/hub/user-redirect/lab")

    def is_there() -> bool:
        nonlocal opened
        opened = client.get(f"{stack.url}/hub/user-redirect/lab")
        return opened.url.path.startswith("/user/trainer/lab")

    wait_until(is_there, seconds=SECONDS_FOR_A_LAB, every=1.0)
    client.base_url = f"{stack.url}/user/trainer/"
    client.headers["X-XSRFToken"] = client.cookies.get("_xsrf", path="/user/trainer/") or ""
    yield client
    token = client.cookies.get("_xsrf", path="/hub/") or ""
    ended = client.delete(
        f"{stack.url}/hub/api/users/trainer/server", headers={"X-XSRFToken": token}
    )
    assert ended.status_code in (202, 204)
    client.close()


@pytest.fixture(scope="module")
def other(stack: Any) -> Iterator[httpx.Client]:
    """Another trainer, signed in."""
    add = ["people", "add", OTHER, "--role", "trainer"]
    environment = os.environ | {"PATHSHALA_DATA": str(stack.data)}
    subprocess.run([PATHSHALA, *add], input=PASSWORD, env=environment, text=True, check=True)
    client = sign_in_client(stack, OTHER)
    yield client
    client.close()


@pytest.fixture(scope="module")
def run(lab: Lab) -> Iterator[Callable[[str], Any]]:
    """`run(code)` runs it in a kernel of the Lab and returns what it prints as JSON."""
    kernel = lab.post("api/kernels", json={"name": "python3"}).json()["id"]
    url = f"{str(lab.base_url).replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
    jar = [each for each in lab.cookies.jar if each.path in ("/", "/user/trainer/")]
    cookies = {each.name: each.value for each in jar}
    line = websocket.create_connection(
        url,
        cookie="; ".join(f"{name}={value}" for name, value in cookies.items()),
        origin=str(lab.base_url).removesuffix("/user/trainer/"),
        timeout=60,
    )
    yield lambda code: execute(line, code)
    line.close()
    lab.delete(f"api/kernels/{kernel}")


def execute(line: websocket.WebSocket, code: str) -> Any:
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"session": uuid4().hex, "username": ""}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    sent = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    line.send(json.dumps({**sent, "channel": "shell", "buffers": []}))
    printed = ""
    while True:
        said = json.loads(line.recv())
        if said["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        if said["msg_type"] == "stream" and said["content"]["name"] == "stdout":
            printed += said["content"]["text"]
        if said["msg_type"] == "error":
            pytest.fail("\n".join(said["content"]["traceback"]))
        if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
            return json.loads(printed)


ASK = """
import json, os, urllib.error, urllib.request
def ask(method, url, token, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
token = os.environ["JUPYTERHUB_API_TOKEN"]
"""


@pytest.mark.bar
def test_the_environment_holds_no_secret_but_the_labs_own_token(
    stack: Any, run: Callable[[str], Any]
) -> None:
    environment = run("import json, os; print(json.dumps(dict(os.environ)))")
    assert not [name for name in environment if name.startswith("PATHSHALA_")]
    assert not [name for name in environment if not name.startswith(ALLOWED)]
    secrets = {path.read_text().strip() for path in (stack.data / "secrets").iterdir()}
    said = json.dumps(environment)
    assert not [secret for secret in {*secrets, stack.password} if secret in said]


@pytest.mark.bar
def test_the_token_asks_the_hub_for_nothing_more(
    stack: Any, run: Callable[[str], Any], other: httpx.Client
) -> None:
    asked = [
        ("GET", "users"),
        ("GET", f"users/{httpx.URL(OTHER)}"),
        ("GET", "groups"),
        ("GET", "services"),
        ("GET", "proxy"),
        ("POST", "users/trainer/tokens"),
        ("POST", f"users/{httpx.URL(OTHER)}/server"),
        ("POST", "shutdown"),
        ("POST", "groups/administrator/users"),
        ("POST", "shares/trainer/"),
    ]
    found = run(
        f"{ASK}hub = os.environ['JUPYTERHUB_API_URL']\n"
        f"print(json.dumps([ask(m, f'{{hub}}/{{p}}', token, {{}} if m == 'POST' else None)"
        f" for m, p in {asked!r}]))"
    )
    assert [each for each in zip(asked, found, strict=True) if each[1] not in (403, 404)] == []


@pytest.mark.bar
def test_the_token_opens_nothing_of_the_portal_but_ones_own_courses(
    run: Callable[[str], Any],
) -> None:
    asked = ["api/me", "api/studio", "api/marking", "studio", "api/lab/courses/pathshala-pages"]
    found = run(
        f"{ASK}class Stay(urllib.request.HTTPRedirectHandler):\n"
        "    def redirect_request(self, *a): return None\n"
        "urllib.request.install_opener(urllib.request.build_opener(Stay))\n"
        "portal = os.environ['PORTAL_URL']\n"
        f"print(json.dumps([ask('GET', portal + p, token) for p in {asked!r}]))"
    )
    assert found == [401, 401, 401, 302, 404]
    assert (
        run(f"{ASK}print(ask('GET', os.environ['PORTAL_URL'] + 'api/lab/courses', token))") == 200
    )


@pytest.mark.bar
def test_another_trainer_reaches_neither_the_lab_nor_its_courses(
    stack: Any, lab: Lab, other: httpx.Client
) -> None:
    for path in ("api/contents", "api/kernels", "lab", "files/active-learning/course.yml"):
        answer = other.get(f"{stack.url}/user/trainer/{path}")
        assert answer.status_code in (403, 404), (path, answer.url)
    assert other.get("api/studio/writing").json()["courses"] == []
    for wish in ("check", "publish"):
        path = "api/studio/courses/active-learning/proofs"
        assert other.post(path, json={"wish": wish}).status_code == 404


@pytest.mark.bar
def test_a_course_is_made_checked_and_published_in_the_labs_terminal(
    stack: Any, lab: Lab, other: httpx.Client
) -> None:
    process = stack.find_process("jupyterhub-singleuser")
    environment, home = process.environ(), process.environ()["HOME"]
    assert home == str(stack.data / "labs" / Path(home).name) and "trainer" not in home

    def pathshala(*arguments: str, code: int = 0) -> str:
        command = [PATHSHALA, *arguments]
        done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    assert "is a course now" in pathshala("course", "new", "my-course", "--bn", "আমার ক্লাস")
    assert pathshala("lint", "my-course") == "Nothing to mend.\n"
    said = pathshala("preview", "my-course")
    assert "would be new, instant, first visit" in said and "in the studio" in said
    assert "my-course/first-module: version 1, now, instant" in pathshala("publish", "my-course")
    answer = other.post("api/studio/courses/my-course/proofs", json={"wish": "check"})
    assert answer.status_code == 404
    (Path(home) / "my-course" / "01-first-module.ipynb").write_text("{", "utf-8")
    refused = pathshala("publish", "my-course", code=1)
    assert "notebook-unreadable" in refused and "Readers have what they had before" in refused


def test_what_a_lab_says_stands_in_a_log_of_its_own(stack: Any, lab: Lab) -> None:
    (said,) = (stack.data / "logs" / "labs").glob("*.log")
    assert "JupyterHubSingleUser" in said.read_text()
    assert said.parent.stat().st_mode & 0o077 == 0
    assert [line for line in stack.log("hub").splitlines() if not line.startswith("{")] == []


def test_with_user_ids_of_their_own_a_lab_reads_nothing_of_anothers(tmp_path: Path) -> None:
    if os.geteuid() != 0:  # only root may give a process another user id
        with pytest.raises(subprocess.SubprocessError):
            ran(a_spawner(tmp_path, "a1" * 16), "")
        return
    tmp_path.chmod(0o755)
    for part in tmp_path.parents:
        if part.stat().st_uid == os.geteuid() and str(part).startswith("/tmp/"):  # noqa: S108
            part.chmod(part.stat().st_mode | 0o011)
    mine, theirs = (a_spawner(tmp_path / "labs", person) for person in ("a1" * 16, "b2" * 16))
    for each in (mine, theirs):
        _make_folder(Path(each.home_dir), each.uid)
    assert ran(theirs, "from pathlib import Path; Path('note').write_text('গোপন')") == ""
    assert ran(mine, "import os; print(os.getuid(), os.getgroups())") == f"{mine.uid} []\n"
    for probe in (f"open('{theirs.home_dir}/note')", f"__import__('os').listdir('{mine.labs}')"):
        assert "PermissionError" in ran(mine, probe)
    assert "PermissionError" in ran(mine, f"__import__('os').kill({os.getpid()}, 15)")


def a_spawner(labs: Path, person: str) -> LabSpawner:
    class OrmUser:
        user_info = {"person": person}  # noqa: RUF012

    class User:
        name, orm_user = "trainer", OrmUser()

    spawner = LabSpawner(user=User(), labs=str(labs), first_uid=200_000)
    spawner.home_dir = str(labs / person)
    return spawner


def ran(spawner: LabSpawner, code: str) -> str:
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code],
        preexec_fn=spawner.make_preexec_fn("trainer"),
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr
