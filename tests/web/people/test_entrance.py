"""Log-in, log-out, lockout, password, the choice of study and role."""

from __future__ import annotations

import json

import pytest

from provident.web.ledger.models import Event


PASSWORD = "correct horse battery"


def log_in(client, username, password=PASSWORD, **more):
    return client.post("/login", {"username": username, "password": password, **more})


def test_a_person_enters_their_only_study(client, make_member):
    make_member("qc")

    answer = client.post(
        "/login", {"username": "qc", "password": PASSWORD}, follow=True
    )

    assert answer.redirect_chain[-1][0] == "/s/arthur-2/"
    assert Event.objects.filter(action="account.login", actor="qc").count() == 1


def test_after_the_log_in_one_lands_where_one_wanted_to_go(client, make_member):
    make_member("qc")

    assert log_in(client, "qc", next="/s/arthur-2/plan").url == "/s/arthur-2/plan"


@pytest.mark.parametrize(
    "bad", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_the_log_in_leads_to_no_other_server(client, make_member, bad):
    make_member("qc")

    assert log_in(client, "qc", next=bad).url == "/"


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        ("qc", "wrong", "do not fit together"),
        ("nobody", PASSWORD, "do not fit together"),
        ("", PASSWORD, "Enter the name of your account"),
        ("qc", "", "Enter your password"),
    ],
)
def test_a_wrong_log_in_says_so_and_not_which_half_was_wrong(
    client, make_member, username, password, words
):
    make_member("qc")

    answer = log_in(client, username, password)

    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text


def test_a_refused_log_in_is_recorded_for_accounts_that_exist_alone(
    client, make_member
):
    make_member("qc")
    log_in(client, "qc", "wrong")
    log_in(client, "my password typed as a name", "wrong")

    assert [
        e.thing_id for e in Event.objects.filter(action="account.login_refused")
    ] == ["qc"]


def test_after_ten_wrong_passwords_the_account_is_closed_for_a_while(
    client, make_member
):
    make_member("qc")
    for _ in range(10):
        answer = log_in(client, "qc", "wrong")

    assert answer.status_code == 429
    assert "Too many tries" in answer.text
    assert log_in(client, "qc").status_code == 429


def test_logging_out_needs_a_form_and_ends_the_session(as_member, make_member):
    client = as_member(make_member("qc"))

    assert client.get("/logout").status_code == 405
    assert client.post("/logout").url == "/login"
    assert client.get("/s/arthur-2/").url.startswith("/login")


def test_who_is_logged_in_needs_no_log_in_page(as_member, make_member):
    assert as_member(make_member("qc")).get("/login").url == "/"


def test_with_two_roles_one_chooses_and_the_choice_holds(as_member, make_member):
    make_member("site", "leeds", username="two")
    second = make_member("site", "york", username="two")
    client = as_member(second)

    assert client.get("/").url == "/choose"
    assert "Leeds" in client.get("/choose").text
    assert client.post("/choose", {"role": second.pk}).url == "/s/arthur-2/"
    assert "York" in client.get("/s/arthur-2/").text.split("</header>")[0]


def test_nobody_chooses_a_role_of_somebody_else(as_member, make_member):
    other = make_member("trial_manager")
    client = as_member(make_member("site", "leeds"))

    assert client.post("/choose", {"role": other.pk}).status_code == 200
    assert client.get("/s/arthur-2/people").status_code == 403


def test_without_any_role_the_page_says_who_gives_one(client, db):
    from provident.web.people.models import User

    client.force_login(
        User.objects.create(username="new"),
        backend="django.contrib.auth.backends.ModelBackend",
    )

    assert "You have no role in a study yet" in client.get("/", follow=True).text


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        (
            "wrong",
            "four words put together",
            "four words put together",
            "not your present password",
        ),
        (PASSWORD, "short", "short", "too short"),
        (PASSWORD, "four words put together", "another four words", "differ"),
    ],
)
def test_a_password_that_cannot_be_changed(
    as_member, make_member, old, new, again, words
):
    client = as_member(make_member("qc"))

    answer = client.post("/password", {"old": old, "new": new, "again": again})

    assert answer.status_code == 422
    assert words in answer.text


def test_a_changed_password_keeps_the_session_and_is_recorded(as_member, make_member):
    client = as_member(make_member("qc"))
    new = "four words put together"

    answer = client.post(
        "/password", {"old": PASSWORD, "new": new, "again": new}, follow=True
    )

    assert "Your password is changed" in answer.text
    assert Event.objects.filter(
        action="account.password_changed", thing_id="qc"
    ).exists()


@pytest.fixture
def demo_file(settings, tmp_path):
    settings.DATA_DIRECTORY = tmp_path
    account = {
        "username": "qc",
        "password": PASSWORD,
        "name": "Quinn Ade",
        "role": "Physicist",
        "try": "Review an exam",
    }
    (tmp_path / "demo-accounts.json").write_text(json.dumps([account]))


def test_a_demo_offers_its_accounts(client, make_member, demo_file, monkeypatch):
    make_member("qc")
    monkeypatch.setenv("PROVIDENT_DEMO", "1")

    assert "Review an exam" in client.get("/login").text


def test_outside_a_demo_no_account_is_offered(client, db, demo_file, monkeypatch):
    monkeypatch.delenv("PROVIDENT_DEMO", raising=False)

    assert "Quinn" not in client.get("/login").text
