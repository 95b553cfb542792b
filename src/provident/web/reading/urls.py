"""Addresses of reading. Under /read/ a case has no name but its token."""

from __future__ import annotations

from django.urls import path

from provident.web.reading import (
    api,
    lead_views,
    output_pages,
    set_views,
    views,
    views_beside,
)


app_name = "reading"
urlpatterns = [
    path("s/<slug:study>/reading", views.worklist, name="worklist"),
    path("s/<slug:study>/reading/cases", views.overview, name="overview"),
    path(
        "s/<slug:study>/reading/designs/<slug:endpoint>/draw", views.draw, name="draw"
    ),
    path(
        "s/<slug:study>/reading/designs/<slug:endpoint>/limit",
        views.limit,
        name="limit",
    ),
    path(
        "s/<slug:study>/reading/cases/<int:pk>/release", views.release, name="release"
    ),
    path(
        "s/<slug:study>/reading/cases/<int:pk>/technical",
        views_beside.ask_technical,
        name="ask_technical",
    ),
    path(
        "s/<slug:study>/reading/cases/<int:pk>/again",
        views_beside.read_again,
        name="read_again",
    ),
    path("s/<slug:study>/quality/technical", views_beside.technical, name="technical"),
    path(
        "s/<slug:study>/quality/technical/<int:pk>",
        views_beside.technical_one,
        name="technical_one",
    ),
    path("s/<slug:study>/cannot-wait", views_beside.side, name="side"),
    path(
        "s/<slug:study>/cannot-wait/exams/<int:pk>",
        views_beside.side_exam,
        name="side_exam",
    ),
    path(
        "s/<slug:study>/cannot-wait/exams/<int:pk>/ask",
        views_beside.ask_side,
        name="ask_side",
    ),
    path("s/<slug:study>/cannot-wait/<int:pk>", views_beside.side_one, name="side_one"),
    path("s/<slug:study>/cannot-wait/<int:pk>/tell", views_beside.tell, name="tell"),
    path("s/<slug:study>/at-scan", views_beside.scans, name="scans"),
    path("s/<slug:study>/at-scan/<int:pk>", views_beside.scan, name="scan"),
    path(
        "s/<slug:study>/readers/sets/<slug:endpoint>",
        set_views.test_set,
        name="test_set",
    ),
    path("s/<slug:study>/readers/again", lead_views.figures, name="again"),
    path(
        "s/<slug:study>/readers/standing/<int:pk>/<slug:endpoint>/replace",
        lead_views.replace,
        name="replace",
    ),
    path(
        "s/<slug:study>/reading/qualification/<slug:endpoint>/begin",
        set_views.begin,
        name="begin_attempt",
    ),
    path(
        "s/<slug:study>/reading/qualification/<int:pk>",
        set_views.attempt,
        name="attempt",
    ),
    path(
        "s/<slug:study>/reading/designs/<slug:endpoint>/output",
        output_pages.bring,
        name="bring",
    ),
    path("read/", views.home, name="home"),
    path("read/room/<str:token>", views.room, name="room"),
    path("read/file/<str:token>/<slug:name>.dcm", api.image, name="image"),
    path("read/api/next", api.following, name="next"),
    path("read/api/case/<str:token>", api.case, name="case"),
    path("read/api/case/<str:token>/lock", api.lock, name="lock"),
    path("read/api/case/<str:token>/choose", api.choose, name="choose"),
    path("read/api/case/<str:token>/report", api.report, name="report"),
    path("read/api/case/<str:token>/answers", api.answers, name="answers"),
    path("read/api/case/<str:token>/submit", api.submit, name="submit"),
]
