"""Reading pages as a person does, and being told no."""

from __future__ import annotations

import httpx
import pytest

from provident.kernel import NotReady
from provident.rehearsal.cast import Account
from provident.rehearsal.pages import Stopped, Visitor, read_page


PAGE = """
<html><head><title>Head</title></head><body>
<form><input type="hidden" name="csrfmiddlewaretoken" value="tok&amp;en">
<input type="checkbox" name="consent" value="a"><input type="checkbox" name="consent" value="b">
<select name="cor_t1:artefact"><option value=""></option><option value="none">None</option></select></form>
<table><tr><th>Week 12</th><td><a href="/s/x/slots/3">MRI of <b>both</b> hands</a>
<a href="/s/x/slots/4">Radiographs</a><script>var a = "<td>";</script></td></tr></table>
<div class="say say--red"><p>The number "L-1" is taken.</p><div>Choose <b>another</b>.</div></div><p>rest</p>
</body></html>
"""


@pytest.fixture
def page():
    return read_page("/s/x/", 200, PAGE)


def test_rows_have_the_text_of_their_cells_and_their_links(page):
    row = page.rows[0]

    assert row.cells == ("Week 12", "MRI of both hands Radiographs")
    assert row.links == ("/s/x/slots/3", "/s/x/slots/4")
    assert row.link(r"/slots/4") == "/s/x/slots/4"
    assert row.link(r"/exams/\d+") is None


def test_links_have_their_words(page):
    assert ("MRI of both hands", "/s/x/slots/3") in page.links


def test_choices_are_those_of_lists_and_boxes(page):
    assert page.choices == {"consent": ["a", "b"], "cor_t1:artefact": ["", "none"]}


def test_the_token_against_forgery_is_unescaped(page):
    assert page.token == "tok&en"


def test_complaints_are_whole_sentences_and_nothing_else(page):
    assert page.complaints == ['The number "L-1" is taken. Choose another.']


def visitor(answer):
    account = Account(username="mary", name="Mary Trent", role="trial_manager", title="", hint="")  # fmt: skip
    transport = httpx.MockTransport(answer)
    return Visitor("http://platform", account, "x", transport=transport)


def test_a_page_that_complains_stops_the_rehearsal_with_its_own_words():
    mary = visitor(lambda request: httpx.Response(422, html=PAGE))

    with pytest.raises(Stopped, match=r'Mary Trent at /s/x/.*"L-1" is taken. Choose another.'):  # fmt: skip
        mary.get("/s/x/")


def test_a_page_that_says_nothing_stops_it_with_its_status():
    mary = visitor(lambda request: httpx.Response(500, text="broken"))

    with pytest.raises(Stopped, match="status 500"):
        mary.get("/s/x/")


def test_a_form_is_sent_with_the_token_of_its_page():
    sent = {}

    def answer(request):
        if request.method == "POST":
            sent.update(httpx.QueryParams(request.content.decode()))
        return httpx.Response(200, html=PAGE)

    visitor(answer).send("/s/x/form", {"reason": "checked"})

    assert sent == {"reason": "checked", "csrfmiddlewaretoken": "tok&en"}


def test_an_interface_that_refuses_is_quoted_with_its_findings():
    refusal = {"message": "Nothing was signed.", "findings": [{"message": "Radius is blank."}]}  # fmt: skip
    mary = visitor(lambda request: httpx.Response(422, json=refusal))

    with pytest.raises(Stopped, match=r"Nothing was signed. Radius is blank."):
        mary.ask("POST", "/read/api/case/t/submit", {})


def test_an_interface_that_is_not_ready_says_so():
    mary = visitor(lambda request: httpx.Response(409, json={"message": "Looked at again."}))  # fmt: skip

    with pytest.raises(NotReady, match="Looked at again"):
        mary.ask("GET", "/read/api/case/t")


def test_an_interface_that_answers_no_json_stops_it():
    mary = visitor(lambda request: httpx.Response(502, text="<html>"))

    with pytest.raises(Stopped, match="status 502"):
        mary.ask("GET", "/read/api/next")


def test_a_file_that_is_not_there_stops_it():
    mary = visitor(lambda request: httpx.Response(404))

    with pytest.raises(Stopped, match="status 404"):
        mary.fetch("/read/file/t/x.dcm")
