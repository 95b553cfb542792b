"""Addresses of the gateway's own screen; `gateway` is the name of its directory, `<study>.<site>`."""

from __future__ import annotations

from django.urls import URLPattern, path

from provident.web.intake.station import numbers, views


def _review(kind: str) -> list[URLPattern]:
    """The addresses of a review: of held or of sent images."""
    base, told = f"<str:gateway>/{kind}/<str:reference>/review", {"kind": kind}
    return [
        path(base, views.review, told, name=f"review_{kind}"),
        path(f"{base}/rule", views.rule, told),
        path(f"{base}/mark", views.mark, told),
        path(f"{base}/unmark/<int:region>", views.unmark, told),
        path(f"{base}/pictures/<int:number>/<str:which>", views.picture, told),
    ]


urlpatterns = [
    path("", views.home, name="home"),
    path("enter/<str:token>", views.enter, name="enter"),
    path("leave", views.leave, name="leave"),
    path("<str:gateway>/hold/<str:reference>/look", views.look, name="look"),
    path("<str:gateway>/hold/<str:reference>/decide", views.decide, name="decide"),
    *_review("hold"),
    *_review("transfer"),
    path("<str:gateway>/words", views.words, name="words"),
    path("<str:gateway>/words/approve", views.approve_words),
    path("<str:gateway>/words/withdraw", views.withdraw_word),
    path("<str:gateway>/numbers", numbers.choose, name="choose"),
    path("<str:gateway>/numbers/<str:code>", numbers.numbers, name="numbers"),
    path("<str:gateway>/numbers/<str:code>/look", numbers.look, name="numbers_look"),
    path("<str:gateway>/numbers/<str:code>/undo", numbers.undo, name="numbers_undo"),
]
handler404 = "provident.web.ui.views.not_found"
handler400 = "provident.web.ui.views.bad_request"
handler500 = "provident.web.ui.views.failed"
