"""What tests do at the door: make codes and people, and send the forms as a browser would."""

import re
from typing import Any

import httpx

from hub.passwords import hash_password
from learning import cohorts, joining, people
from store.database import Database, Session

PASSWORD = "মাঠের-পাশে-স্কুল-৭"
NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
NEWCOMER = {
    "display_name": "মোছাঃ উম্মে কুলসুম",
    "password": PASSWORD,
    "place": "মধুপুর, টাঙ্গাইল",
    "school": "মধুপুর সরকারি প্রাথমিক বিদ্যালয়",
    "gender": "",
    "consent": "yes",
}


def a_code(stack: Any, cohort: str, *, approval: bool = False, uses: int | None = None) -> str:
    """A code of a cohort that the trainer of the demo follows."""

    def use_case(session: Session) -> str:
        made = cohorts.ensure_cohort(session, cohort, "active-learning")
        made.needs_approval = approval
        trainer = people.find_by_name(session, "trainer")
        assert trainer is not None
        cohorts.give_staff(session, made.id, trainer.id, "trainer")
        return joining.spelled(joining.create_code(session, made.id, uses=uses).code)

    return writing(stack, use_case)


def a_teacher(stack: Any, name: str) -> str:
    """The id of a new teacher who signs in with PASSWORD."""
    hashed = hash_password(PASSWORD)
    return writing(
        stack,
        lambda session: (
            people.add_person(
                session,
                name=name,
                password_hash=hashed,
                display_name=f"শিক্ষক {name}",
                role="teacher",
            ).id
        ),
    )


def writing(stack: Any, use_case: Any) -> Any:
    """Change the store of the running product."""
    database = Database(f"sqlite:///{stack.data / 'pathshala.sqlite'}")
    try:
        return database.write(use_case)
    finally:
        database.close()


def outsider(stack: Any) -> httpx.Client:
    """A browser in which nobody is signed in."""
    return httpx.Client(base_url=stack.url, headers=NAVIGATES, timeout=60)


def send_form(client: httpx.Client, path: str, form: dict[str, str], **more: Any) -> httpx.Response:
    """Open a page, fill in its form and send it."""
    page = client.get(path, **more)
    token = re.search('name="_xsrf" value="([^"]+)"', page.text)
    assert token is not None, page.text
    return client.post(path, data={**form, "_xsrf": token[1]}, **more)
