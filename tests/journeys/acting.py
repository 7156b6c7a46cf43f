"""What people do at the screen: find things by role and label, as a screen reader would."""

import io
import os
import re
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from bench.waiting import wait_until
from hub.portal.texts import Language, say
from store import clock
from tests.conftest import PATHSHALA, PHONE, SignIn, Stack

MILLISECONDS_FOR_A_JOB = 60_000
HAS_KEPT = """async ([path, words]) => {
  const { lang, dataset } = document.documentElement
  const page = await caches.match(`${dataset.root}${path}?lang=${lang}`, { ignoreVary: true })
  return Boolean(page) && (await page.text()).includes(words)
}"""
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Actor:
    """A person at a browser, in one language; `at` is the portal's address."""

    page: Page
    language: Language
    at: str

    def word(self, msgid: str, **facts: object) -> str:
        return say(self.language, msgid, facts)

    def saying(self, msgid: str) -> re.Pattern[str]:
        """Match the sentence whatever its facts are."""
        parts = re.split(r"\{\w+\}", self.word(msgid))
        return re.compile(".+?".join(re.escape(part) for part in parts))

    def open(self, path: str) -> None:
        separator = "&" if "?" in path else "?"
        path, _, place = path.partition("#")
        self.page.goto(f"{self.at}{path}{separator}lang={self.language}#{place}")

    def button(self, msgid: str, inside: Locator | None = None) -> Locator:
        return (inside or self.page).get_by_role("button", name=self.word(msgid), exact=True)

    def box(self, msgid: str, inside: Locator) -> Locator:
        return inside.get_by_role("textbox", name=self.word(msgid), exact=True)

    def exercise(self, exercise: str) -> Locator:
        return self.page.locator(f'[role="group"][id="{exercise}"]')

    def scroll_to(self, target: Locator) -> None:
        """Scroll down, as a thumb does, until the target stands well on the screen."""

        def is_reached() -> bool:
            self.page.mouse.wheel(0, 120)
            place = target.bounding_box()
            return place is not None and place["y"] < PHONE["height"] * 0.6

        wait_until(is_reached, seconds=20, every=0.3)

    def has_kept(self, path: str, words: str = "") -> bool:
        """Whether this phone has the page, with these words in it."""
        return bool(self.page.evaluate(HAS_KEPT, [path, words]))

    def until_kept(self, path: str, words: str = "") -> None:
        wait_until(lambda: self.has_kept(path, words), seconds=30)

    # -- a teacher --

    def write(self, exercise: str, words: str) -> None:
        """Write, and leave the box."""
        box = self.box("Your answer", self.exercise(exercise))
        box.fill(words)
        box.blur()

    def reflect(self, exercise: str, words: str) -> None:
        """Write, leave the box, and wait until the page says that it is saved."""
        self.write(exercise, words)
        self.is_saved(self.exercise(exercise))

    def choose(self, exercise: str, option: str) -> None:
        group = self.exercise(exercise)
        group.get_by_text(option, exact=True).click()
        expect(group.get_by_role("radio", name=option)).to_be_checked()
        self.is_saved(group)

    def plan(self, exercise: str, lesson: str, change: str) -> None:
        group = self.exercise(exercise)
        self.box("Lesson", group).fill(lesson)
        group.get_by_label(self.word("Date"), exact=True).fill("2026-12-01")
        self.box("What I will change", group).fill(change)
        self.button("I will try this", group).click()
        self.is_saved(group)

    def report(self, exercise: str, pupils: str) -> None:
        group = self.exercise(exercise)
        self.button("I tried it", group).click()
        self.box("What pupils did", group).fill(pupils)
        group.get_by_text(self.word("Keep it"), exact=True).click()
        self.is_saved(group)

    def is_saved(self, group: Locator) -> None:
        expect(group.get_by_role("status").first).to_contain_text(self.saying("Saved {time}"))

    def hand_in(self, exercises: int) -> None:
        """Hand in with nothing left out, and read the server's receipt."""
        self.button("Hand in").click()
        receipt = self.page.get_by_role("group", name=self.word("Receipt"), exact=True)
        expect(receipt).to_contain_text(
            self.word(
                "{answered} of {exercises} exercises answered",
                answered=exercises,
                exercises=exercises,
            )
        )
        expect(receipt.get_by_role("heading")).to_be_in_viewport()
        expect(self.button("Take back", receipt)).to_be_visible()

    def share(self, audience: str) -> None:
        form = self.page.get_by_role("group", name=self.word("Share with colleagues"), exact=True)
        form.get_by_role("radio", name=self.word(audience), exact=True).check()
        form.get_by_role("checkbox").check()
        self.button("Share", form).click()
        expect(form.get_by_role("status").first).to_contain_text(
            self.saying("Shared on {date} with: {audience}.")
        )

    # -- an evaluator --

    def mark_everything(self, title: str, comment: str) -> None:
        """Open the newest hand-in of this module, give each answer its best levels, return it."""
        page = self.page
        page.get_by_role("link", name=title).last.click()
        titles = page.get_by_role("navigation", name=self.word("Answers")).get_by_role("link")
        expect(titles.first).to_be_visible()
        for position in range(titles.count()):
            titles.nth(position).click()
            expect(titles.nth(position)).to_have_attribute("aria-current", "step")
            for row in page.locator("main fieldset").all():
                row.get_by_role("radio").last.check()
            self.box("Comment", page.locator("main")).fill(comment)
            self.box("Comment", page.locator("main")).blur()
            expect(titles.nth(position)).not_to_contain_text(self.word("not marked"))
        self.button("Return").click()
        self.button("Return now").click()
        expect(page.get_by_text(self.saying("Returned {date}, {time}"))).to_be_visible()


def someone(
    browser: Browser, sign_in: SignIn, stack: Stack, name: str, language: Language
) -> Actor:
    """Sign a person in on a phone of her own."""
    context = browser.new_context(viewport=PHONE, locale="bn-BD", timezone_id="Asia/Dhaka")
    context.set_default_timeout(20_000)
    page = context.new_page()
    sign_in(page, name, language)
    return Actor(page, language, stack.portal_url)


def some_words() -> str:
    """What somebody could have written, and nobody wrote before."""
    return f"শেষ বেঞ্চের দুজন, উদ্বৃত্ত, র‍্যাঙ্ক। {uuid.uuid4().hex}"


def a_photo() -> FilePayload:
    """A photo as a phone's camera gives it: megabytes."""
    camera = io.BytesIO()
    Image.effect_noise((3000, 2000), 50).save(camera, "JPEG", quality=90)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": camera.getvalue()}


def newcomer(stack: Stack, called: str = "নতুন") -> str:
    """Add a teacher whom no other test knows, with everyone's password; return her ID."""
    name = f"{called}-{uuid.uuid4().hex[:8]}"
    command(stack, "people", "add", name, "--role", "teacher", typed=stack.password)
    return name


def publish(stack: Stack, folder: Path) -> str:
    """Publish with the command, as a trainer does at a terminal."""
    return command(stack, "publish", str(folder))


def command(stack: Stack, *arguments: str, typed: str = "") -> str:
    """What the administrator's command says, once it has done what it was told."""
    done = subprocess.run(
        [PATHSHALA, *arguments],
        env=os.environ | {"PATHSHALA_DATA": str(stack.data)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def share_with_everyone(author: httpx.Client, module: str, exercise: str, words: str) -> str:
    """Write an answer and share it, as the module's page does; return the post's id."""
    person = author.get("api/me").json()["id"]
    now = clock.iso(clock.now())
    saved = author.put(
        f"api/{module}/answers/{exercise}",
        json={
            "person": person,
            "device": uuid.uuid4().hex,
            "sequence": 1,
            "edited_at": now,
            "sent_at": now,
            "value": words,
        },
    )
    assert saved.status_code == 200, saved.text
    shared = author.post(
        f"api/{module}/posts",
        json={
            "person": person,
            "exercise": exercise,
            "audience": "everyone",
            "consent": True,
            "device_at": now,
        },
    )
    assert shared.status_code == 200, shared.text
    return str(shared.json()["id"])
