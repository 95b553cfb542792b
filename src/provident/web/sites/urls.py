"""Addresses of the sites' pages."""

from __future__ import annotations

from django.urls import path

from provident.web.sites import views


app_name = "sites"
urlpatterns = [
    path("s/<slug:study>/sites", views.sites, name="list"),
    path("s/<slug:study>/sites/<slug:code>/open", views.activate, name="activate"),
]
