"""Row S13 of the bar: guessing is slow, huge names are refused, the way back stays on our origin,
and whoever is removed is out within a minute, at the Hub too."""

from typing import Any

import httpx
import pytest

from bench.waiting import wait_until
from hub.throttle import FAILURES
from learning import people
from store.database import Session
from tests.hub.door import NEWCOMER, PASSWORD, a_code, a_teacher, outsider, send_form, writing

GUESSES = 1_000


def sign_in(client: httpx.Client, name: str, password: str, next_url: str = "") -> httpx.Response:
    path = f"/hub/login?next={next_url}"
    return send_form(client, path, {"username": name, "password": password})


def test_of_a_thousand_passwords_ten_are_tried(stack: Any) -> None:
    a_teacher(stack, "অনুমানের-লক্ষ্য")
    with outsider(stack) as client:
        page = client.get("/hub/login")
        token = page.text.split('name="_xsrf" value="')[1].split('"')[0]
        form = {"username": "অনুমানের-লক্ষ্য", "_xsrf": token}
        codes = [
            client.post("/hub/login", data={**form, "password": f"অনুমান {n}"}).status_code
            for n in range(GUESSES)
        ]
        last = client.post("/hub/login", data={**form, "password": PASSWORD})
    assert codes == [403] * FAILURES + [429] * (GUESSES - FAILURES)
    assert last.status_code == 429, "the right one waits too"
    assert 0 < int(last.headers["retry-after"]) <= 300


def test_a_name_or_password_of_a_megabyte_is_refused(stack: Any) -> None:
    huge = "ক" * 350_000
    with outsider(stack) as client:
        assert sign_in(client, huge, PASSWORD).status_code == 413
        assert sign_in(client, "বিশাল", huge).status_code == 413


def test_a_name_or_password_as_long_as_a_form_may_be_is_refused(stack: Any) -> None:
    huge = "ক" * 7_000
    code = a_code(stack, "বিশাল নামের ব্যাচ")
    with outsider(stack) as client:
        assert sign_in(client, huge, PASSWORD).status_code == 403
        assert sign_in(client, "বিশাল", huge).status_code == 403
        path = f"/hub/join?code={code}"
        for field in ("name", "password", "place"):
            form = {**NEWCOMER, "name": "01700000001", field: huge}
            answer = send_form(client, path, form)
            assert answer.status_code == 422, field
            assert len(answer.content) < 60_000
        assert client.get("/hub/join", params={"code": huge[:1_000]}).status_code == 404


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "\\\\evil.example", "/\\evil.example"]
)
def test_joining_leads_to_our_own_origin(stack: Any, elsewhere: str) -> None:
    code = a_code(stack, "পথের ব্যাচ")
    name = f"0180000{abs(hash(elsewhere)) % 10_000:04}"
    with outsider(stack) as client:
        path = str(httpx.URL("/hub/join", params={"code": code, "next": elsewhere}))
        answer = send_form(client, path, {**NEWCOMER, "name": name})
    assert answer.status_code == 302
    landing = answer.headers["location"]
    assert landing.startswith("/") and not landing.startswith("//") and "\\" not in landing


def test_codes_are_not_guessed(stack: Any) -> None:
    code = a_code(stack, "গোপন ব্যাচ")
    # an address of its own: what is guessed here shall not shut out the other tests
    stranger = {"X-Forwarded-For": "203.0.113.77"}
    with outsider(stack) as client:
        client.base_url = httpx.URL(f"http://127.0.0.1:{stack.port + 2}")
        client.headers.update(stranger)
        codes = [client.get(f"/hub/join?code=ZZZZ-{n:04}").status_code for n in range(2222, 2252)]
        assert codes == [404] * 20 + [429] * 10
        assert client.get(f"/hub/join?code={code}").status_code == 429


def test_who_is_removed_is_out_within_a_minute(stack: Any) -> None:
    person = a_teacher(stack, "বিদায়ী")
    with outsider(stack) as client:
        assert sign_in(client, "বিদায়ী", PASSWORD, "/services/portal/").status_code == 302
        client.get("/services/portal/", follow_redirects=True)
        assert client.get("/services/portal/api/me").status_code == 200
        assert client.get("/hub/password").status_code == 200

        def use_case(session: Session) -> None:
            people.remove_person(session, person)

        writing(stack, use_case)
        assert client.get("/services/portal/api/me").status_code == 401
        wait_until(lambda: client.get("/hub/password").status_code == 302, seconds=60)
        answer = client.get("/services/portal/", follow_redirects=True)
        assert answer.url.path == "/hub/login"


def test_a_reset_ends_the_sessions_of_before_and_lets_in_to_choose_another(stack: Any) -> None:
    from hub.passwords import temporary_password

    person = a_teacher(stack, "ভুলোমনা")
    temporary, hashed = temporary_password()
    with outsider(stack) as before, outsider(stack) as after:
        assert sign_in(before, "ভুলোমনা", PASSWORD).status_code == 302
        before.get("/services/portal/", follow_redirects=True)
        assert before.get("/services/portal/api/me").status_code == 200
        writing(
            stack,
            lambda session: people.set_password(
                session, person, hashed, by="command", is_temporary=True
            ),
        )
        assert before.get("/services/portal/api/me").status_code == 401
        assert sign_in(after, "ভুলোমনা", PASSWORD).status_code == 403
        assert sign_in(after, "ভুলোমনা", temporary).status_code == 302
        assert before.get("/hub/password").status_code == 302, "the old cookie counts no more"
        home = after.get("/services/portal/", follow_redirects=True)
        assert home.url.path == "/hub/password"
        assert after.get("/services/portal/api/me").json()["code"] == "password-is-temporary"
        same = send_form(after, "/hub/password", {"new": temporary})
        assert same.status_code == 422
        done = send_form(after, "/hub/password", {"new": "একেবারে-নতুন-৯"})
        assert done.status_code == 200
        after.get("/services/portal/", follow_redirects=True)
        assert after.get("/services/portal/api/me").status_code == 200
