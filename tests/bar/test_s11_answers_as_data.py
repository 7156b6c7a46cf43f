"""S11, first half: typed paths and addresses stay words: 0 read, 0 fetched, nothing run."""

import ast
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from grading.assemble import assignment
from publishing import programs
from publishing.exercises import Exercise


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address, and the list of what was asked of it."""
    asked: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Note)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()


def exercise(component: str) -> Exercise:
    return Exercise(
        "typed", component, "quiz", 1.0, 1, "", literal="str", options={"a": "১", "b": "২"}
    )


def test_typed_paths_and_addresses_are_neither_read_nor_fetched(
    listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = listener
    secret = tmp_path / "canary.txt"
    secret.write_text("canary-of-a-file")
    work = tmp_path / "work"
    work.mkdir()
    typed = [
        str(secret),
        secret.as_uri(),
        address,
        f"{address}/x.png",
        f"![x]({address}/y.png)",
        f'<img src="{address}/z.png">',
        f"%run {secret}",
        f"!cat {secret}",
        f"{{open({str(secret)!r}).read()}}",
        f"'); open({str(secret)!r}).read() #",
        "$(cat canary.txt) `id` ${HOME}",
        "../canary.txt\n%%bash\ncat ../canary.txt",
    ]
    cells = []
    for words in typed:
        kept = exercise("Reflection").check(words)
        assert kept == words
        value = exercise("Reflection").python_value(kept)
        source = assignment("answer", value)
        assert ast.literal_eval(source.removeprefix("answer = ")) == words
        cells += [source, "from IPython.display import Markdown", "answer"]
    finished = programs.run(
        "publishing.run_cells",
        folder=work,
        stdin=json.dumps({"cells": cells}).encode(),
    )
    results = json.loads(finished.stdout)
    for words, shown in zip(typed, results[2::3], strict=True):
        assert ast.literal_eval(shown["outputs"][0]["data"]["text/plain"]) == words
    assert b"canary-of-a-file" not in finished.stdout
    assert asked == [] and not list(work.iterdir())
