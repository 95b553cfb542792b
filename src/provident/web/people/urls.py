"""Addresses of the entrance and the team, of a study's home and plan, and of its ledger.

Studies and the ledger lie below people, and their pages need people's access table: so the pages are here,
under the names of what they show (`studies:home`, `ledger:page`).
"""

from __future__ import annotations

from django.urls import path

from provident.web.people.views import entrance as enter
from provident.web.people.views import home, plan, team
from provident.web.people.views import ledger as pages


entrance = [
    path("", enter.home, name="home"),
    path("login", enter.log_in, name="login"),
    path("logout", enter.log_out, name="logout"),
    path("choose", enter.choose, name="choose"),
    path("password", enter.password, name="password"),
    path("s/<slug:study>/people", team.accounts, name="accounts"),
    path("s/<slug:study>/people/<int:pk>/end", team.end_role, name="end_role"),
    path("s/<slug:study>/access", team.access, name="access"),
]
study = [
    path("s/<slug:study>/", home.home, name="home"),
    path("s/<slug:study>/plan", plan.plan, name="plan"),
    path("s/<slug:study>/plan/versions", plan.versions, name="versions"),
    path("s/<slug:study>/plan/file/<path:name>", plan.file, name="plan_file"),
]
ledger = [
    path("s/<slug:study>/ledger", pages.page, name="page"),
    path("s/<slug:study>/ledger/verify", pages.verify, name="verify"),
]
