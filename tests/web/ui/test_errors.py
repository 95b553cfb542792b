"""Errors look like every other page and say what to do next."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from provident.web.ui import views


def test_an_address_that_does_not_exist(client, db):
    answer = client.get("/nothing/here")

    assert answer.status_code == 404
    assert "There is no page at this address" in answer.text


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (lambda r: views.failed(r), 500, "Provident could not finish this"),
        (lambda r: views.csrf_failed(r), 403, "open for too long"),
        (lambda r: views.bad_request(r, ValueError()), 400, "could not be read"),
        (lambda r: views.denied(r, PermissionError()), 403, "Not for your role"),
    ],
)
def test_errors_before_anybody_is_known(view, status, words):
    answer = view(RequestFactory().get("/"))

    assert status == answer.status_code
    assert words in answer.content.decode()


def test_a_form_without_its_token(study):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(
        "/login", {"username": "a", "password": "b"}
    )

    assert answer.status_code == 403
    assert "The form was too old" in answer.text
