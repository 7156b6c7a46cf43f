"""S2: of all that Jupyter Server and Voila answer, only what a reader needs is there."""

import importlib
import re

from jupyter_server.serverapp import JUPYTER_SERVICE_HANDLERS

from tests.classroom.world import PREFIX, World

KERNEL = "11111111-2222-3333-4444-555555555555"
VOILA = """/voila/static/voila.js /voila/templates/lab/static/voila.js /voila/files/x.png
    /voila/render/x.ipynb /voila/tree /voila/tree/x /voila/api/contents/x /voila/query/{kernel}
    /voila/execution/{kernel} /voila/api/themes/x /voila/labextensions/x
    /voila/api/shutdown/{kernel}
    /static/../templates/live.html.j2 /static/../../app.py /labextensions/x/static/y.js
    /labextensions/jupyter-vue/static/../package.json /labextensions/jupyter-vue/package.json
    /labextensions/@jupyter/nbgrader/static/x.js /hub/home /lab /lab/tree/x /doc /tree /nbclassic
    /terminals/websocket/1 /lsp/ws/x /formgrader /proxy/80/ /user/x/lab"""


def jupyter_servers() -> set[str]:
    """An address for each route of Jupyter Server."""
    modules = {m for group in JUPYTER_SERVICE_HANDLERS.values() for m in group or ()}
    found = set()
    for module in sorted(modules):
        for pattern, *_ in getattr(importlib.import_module(module), "default_handlers", []):
            path = re.sub(r"\(\?P<kernel_id>(?:[^()]|\([^()]*\))*\)", "{kernel}", pattern)
            for _ in range(4):
                path = re.sub(r"\((?:\?P<\w+>|\?:)?[^()]*\)[?*+]?", "x", path)
            found.add(path.replace("\\", "").rstrip("$?"))
    return found


def test_nothing_else_is_answered(the_classroom: World) -> None:
    paths = jupyter_servers() | set(VOILA.split())
    assert len(paths) > 50, "the list of routes is read from Jupyter Server"
    answered = {}
    with the_classroom.client("anna") as client:
        for path in sorted(paths):
            for base in ("", PREFIX.rstrip("/")):
                address = f"{the_classroom.origin}{base}{path.replace('{kernel}', KERNEL)}"
                for method in ("GET", "POST", "PUT", "DELETE"):
                    status = client.request(method, address, follow_redirects=False).status_code
                    if status not in (404, 405):
                        answered[f"{method} {base}{path}"] = status
    # a callback without a code is a mistake of the asker's
    assert set(answered) <= {f"GET {PREFIX}oauth_callback", f"POST {PREFIX}logout"}, answered


def test_what_is_there(the_classroom: World) -> None:
    with the_classroom.client("anna") as client:
        entry = client.get("static/manifest.json").json()["entry"]
        script = client.get(f"static/{entry}", headers={"Accept-Encoding": "br"})
        assert script.headers["content-encoding"] == "br"
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "Reflection" in client.get("components/pathshala.js").text
        assert client.get("health").json().keys() == {"open_pages"}
        assert client.get("oauth_callback").status_code == 400
        assert client.post("health").status_code == 405
