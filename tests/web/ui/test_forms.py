"""Fields of Django's forms drawn with nhsuk's macros: label, hint, error and value are where they should be."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django import forms
from django.template import engines


class Everything(forms.Form):
    name = forms.CharField(
        label="Name",
        help_text="As on the list",
        error_messages={"required": "Enter a name"},
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput)
    on = forms.DateField(label="Day")
    site = forms.ChoiceField(label="Site", choices=[("a", "Leeds"), ("b", "York")])
    why = forms.ChoiceField(
        label="Why", choices=[("x", "One"), ("y", "Two")], widget=forms.RadioSelect
    )
    what = forms.MultipleChoiceField(
        label="What",
        choices=[("p", "P"), ("q", "Q")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    scan = forms.FileField(label="File", required=False)


class Ids(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.fors, self.names = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.fors += [given["for"]] if tag == "label" else []
        self.names += [given["name"]] if "name" in given else []


def drawn(form):
    source = (
        '{% import "ui/components.jinja" as ui with context %}{{ ui.form_summary(form) }}'
        "{% for f in form %}{{ ui.field(f) }}{% endfor %}"
    )
    return engines.all()[0].from_string(source).render({"form": form})


def parsed(form):
    parser = Ids()
    parser.feed(drawn(form))
    return parser


def test_every_label_leads_to_a_field_and_every_field_is_drawn():
    page = parsed(Everything())

    assert set(page.fors) <= set(page.ids)
    assert set(Everything().fields) <= set(page.names)


def test_errors_stand_on_top_and_at_the_field():
    text = drawn(Everything({"name": ""}))

    assert text.count("Enter a name") == 2
    assert 'href="#id_name"' in text
    assert "Something is missing or does not fit" in text


def test_each_link_of_the_summary_leads_to_a_field_that_exists():
    text, page = drawn(Everything({})), parsed(Everything({}))
    links = re.findall(r'<a href="#([^"]+)"', text)

    assert len(links) == 7
    assert set(links) <= set(page.ids)


def test_what_was_typed_stays():
    text = drawn(
        Everything(
            {"name": 'A "b" <c>', "site": "b", "why": "y", "what": ["q"], "note": "<i>"}
        )
    )

    assert 'value="A &#34;b&#34; &lt;c&gt;"' in text
    assert '<option value="b" selected>' in text
    assert "&lt;i&gt;" in text
    assert text.count("checked") == 2
