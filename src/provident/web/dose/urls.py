"""Addresses of the dose ledger and of repeats."""

from __future__ import annotations

from django.urls import path

from provident.web.dose import views


app_name = "dose"
urlpatterns = [
    path("s/<slug:study>/dose", views.listing, name="list"),
    path("s/<slug:study>/participants/<str:code>/dose", views.ledger, name="ledger"),
    path(
        "s/<slug:study>/participants/<str:code>/dose/sign/<slug:exam>",
        views.sign,
        name="sign",
    ),
    path("s/<slug:study>/exams/<int:pk>/dose", views.exam, name="exam"),
    path("s/<slug:study>/exams/<int:pk>/dose/enter", views.enter, name="enter"),
    path("s/<slug:study>/exams/<int:pk>/repeat", views.propose, name="propose"),
    path("s/<slug:study>/repeats/<int:pk>", views.repeat, name="repeat"),
]
