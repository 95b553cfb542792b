"""Addresses of the pages of scanners and phantoms."""

from __future__ import annotations

from django.urls import path

from provident.web.scanners import views


app_name = "scanners"
S = "s/<slug:study>"
urlpatterns = [
    path(f"{S}/scanners", views.register, name="register"),
    path(f"{S}/scanners/<int:pk>", views.scanner, name="scanner"),
    path(f"{S}/scanners/<int:pk>/phantoms/<slug:phantom>", views.charts, name="charts"),
    path(f"{S}/scanners/changes/<int:pk>", views.change, name="change"),
    path(f"{S}/scanners/bookings/<int:pk>", views.overrule, name="overrule"),
    path(f"{S}/phantoms", views.phantoms, name="phantoms"),
    path(f"{S}/phantoms/send", views.send, name="send"),
    path(f"{S}/phantoms/by-hand", views.enter, name="enter"),
    path(f"{S}/phantoms/<int:pk>", views.phantom, name="phantom"),
]
