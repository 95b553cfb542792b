"""Addresses of the intake: pages under /s/<study>/, and the gateways' interface under /intake/api/."""

from __future__ import annotations

from django.urls import URLPattern, path

from provident.web.intake import api
from provident.web.intake.views import (
    browser,
    drift,
    linking,
    quarantine,
    review,
    site,
    tests,
    transfers,
    uploads,
    words,
)


app_name = "intake"


def _review(base: str, name: str, kind: str) -> list[URLPattern]:
    """The addresses of a review: of held or of sent images."""
    told = {"kind": kind}
    return [
        path(base, review.review, told, name=name),
        path(f"{base}/rule", review.rule, told, name=f"{name}_rule"),
        path(f"{base}/mark", review.mark, told, name=f"{name}_mark"),
        path(f"{base}/unmark/<int:region>", review.unmark, told, name=f"{name}_unmark"),
        path(f"{base}/pictures/<int:number>/<str:which>", review.picture, told, name=f"{name}_picture"),
    ]  # fmt: skip


urlpatterns = [
    path("s/<slug:study>/transfers", transfers.transfers, name="transfers"),
    path("s/<slug:study>/transfers/<int:pk>", transfers.transfer, name="transfer"),
    path("s/<slug:study>/transfers/new", uploads.new_upload, name="new_upload"),
    path("s/<slug:study>/transfers/drift", drift.drift, name="drift"),
    path("s/<slug:study>/transfers/tests", tests.tests, name="tests"),
    path("s/<slug:study>/transfers/tests/ask", tests.ask, name="ask_test"),
    path("s/<slug:study>/transfers/api/uploads", uploads.start_upload, name="start_upload"),
    path("s/<slug:study>/transfers/uploads/<str:upload>", uploads.upload, name="upload"),
    path("s/<slug:study>/transfers/api/uploads/<str:upload>/file", uploads.upload_file, name="upload_file"),
    path("s/<slug:study>/transfers/api/uploads/<str:upload>/finish", uploads.finish_upload, name="finish_upload"),
    path("s/<slug:study>/sites/<slug:code>/images", site.site, name="site"),
    path("s/<slug:study>/send/", browser.send_page, name="browser"),
    path("s/<slug:study>/send/key.json", browser.wrapped_key, name="browser_key"),
    path("s/<slug:study>/send/engine/<str:name>", browser.python_engine, name="browser_engine"),
    path("s/<slug:study>/send/api/settings", browser.settings, name="browser_settings"),
    path("s/<slug:study>/send/api/key", browser.keep_key, name="browser_keep_key"),
    path("s/<slug:study>/send/api/whose", browser.whose, name="browser_whose"),
    path("s/<slug:study>/send/api/transfers", browser.announce, name="browser_announce"),
    path("s/<slug:study>/send/api/transfers/<str:token>/instances", browser.instances, name="browser_instances"),
    path("s/<slug:study>/send/api/transfers/<str:token>/complete", browser.complete, name="browser_complete"),
    path("s/<slug:study>/send/api/participants/<str:code>/forget", browser.forget, name="browser_forget"),
    path("s/<slug:study>/quarantine", quarantine.quarantine, name="quarantine"),
    path("s/<slug:study>/quarantine/<int:pk>/decide", quarantine.decide, name="decide"),
    path("s/<slug:study>/quarantine/<int:pk>/look", quarantine.look, name="look"),
    path("s/<slug:study>/quarantine/<int:pk>/pictures/<int:number>", quarantine.picture, name="picture"),
    path("s/<slug:study>/quarantine/<int:pk>/face", quarantine.face, name="face"),
    path("s/<slug:study>/quarantine/words", words.words, name="words"),
    path("s/<slug:study>/quarantine/words/approve", words.approve, name="approve_words"),
    path("s/<slug:study>/quarantine/words/withdraw", words.withdraw, name="withdraw_word"),
    *_review("s/<slug:study>/quarantine/<int:pk>/review", "review", review.HOLD),
    *_review("s/<slug:study>/transfers/<int:pk>/review", "review_sent", review.TRANSFER),
    path("s/<slug:study>/participants/<str:code>/link", linking.numbers, name="link"),
    path("s/<slug:study>/participants/<str:code>/link/look", linking.look, name="link_look"),
    path("s/<slug:study>/participants/<str:code>/link/undo", linking.undo, name="link_undo"),
    path("intake/api/schedule", api.schedule, name="schedule"),
    path("intake/api/plan/<str:digest>", api.plan, name="gateway_plan"),
    path("intake/api/transfers", api.announce, name="announce"),
    path("intake/api/transfers/<str:token>/instances", api.instances, name="instances"),
    path("intake/api/transfers/<str:token>/complete", api.complete, name="complete"),
    path("intake/api/bundle", api.bundle, name="bundle"),
    path("intake/api/tests", api.tests, name="judge_test"),
    path("intake/api/quarantine", api.held, name="held"),
    path("intake/api/decisions", api.decisions, name="decisions"),
    path("intake/api/decisions/<str:reference>/done", api.decision_done, name="decision_done"),
]  # fmt: skip
