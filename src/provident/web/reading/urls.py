"""Addresses of reading. Under /read/ a case has no name but its token."""

from __future__ import annotations

from django.urls import path

from provident.web.reading import api, views


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
    path("read/", views.home, name="home"),
    path("read/room/<str:token>", views.room, name="room"),
    path("read/file/<str:token>/<slug:name>.dcm", api.image, name="image"),
    path("read/api/next", api.following, name="next"),
    path("read/api/case/<str:token>", api.case, name="case"),
    path("read/api/case/<str:token>/answers", api.answers, name="answers"),
    path("read/api/case/<str:token>/submit", api.submit, name="submit"),
]
