"""Forms of the entrance and of the accounts page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from provident.web.people.access import Role
from provident.web.people.frame import ROLE_WORDS
from provident.web.ui.fields import offer


class LoginForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label="Account",
        max_length=150,
        error_messages={"required": "Enter the name of your account"},
    )
    password = forms.CharField(
        label="Password",
        widget=forms.PasswordInput,
        error_messages={"required": "Enter your password"},
    )


class PasswordForm(forms.Form):
    """The present password and a new one, twice."""

    old = forms.CharField(label="Present password", widget=forms.PasswordInput)
    new = forms.CharField(
        label="New password",
        widget=forms.PasswordInput,
        help_text="At least 12 characters. Three or four words that only you would put together are best.",
    )
    again = forms.CharField(label="New password again", widget=forms.PasswordInput)

    def clean(self) -> dict[str, Any]:
        """Both new passwords are the same."""
        values = super().clean() or {}
        if values.get("new") and values.get("new") != values.get("again"):
            self.add_error("again", "The two new passwords differ")
        return values


class MemberForm(forms.Form):
    """A new account with a role, or a role for an account that is there."""

    username = forms.CharField(
        label="Account",
        max_length=150,
        help_text="A new name makes an account; a name that is there gets the role.",
    )
    name = forms.CharField(label="Name", max_length=120, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    password = forms.CharField(
        label="First password",
        required=False,
        widget=forms.PasswordInput,
        help_text="For a new account, at least 12 characters. The person changes it at the first log-in.",
    )
    role = forms.ChoiceField(
        label="Role",
        choices=[(role.value, words) for role, words in ROLE_WORDS.items()],
    )
    site = forms.ChoiceField(
        label="Site", required=False, help_text="For the role Site alone."
    )
    plan_role = forms.ChoiceField(
        label="Role in the plan",
        required=False,
        help_text="Who advises, decides, justifies and signs is decided by it: physicist, investigator, practitioner.",
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        help_text="Goes into the ledger: the delegation log's entry, for example.",
    )

    def __init__(
        self,
        *args: Any,
        sites: list[tuple[str, str]],
        plan_roles: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """`plan_roles` are the plan's roles with the platform's role that each acts as."""
        super().__init__(*args, **kwargs)
        self.plan_roles = plan_roles
        named = [(name, name.replace("_", " ")) for name in plan_roles]
        offer(self, "site", [("", "All sites"), *sites])
        offer(self, "plan_role", [("", "None in particular"), *named])

    def clean(self) -> dict[str, Any]:
        """A site's role names its site."""
        values = super().clean() or {}
        if values.get("role") == Role.SITE and not values.get("site"):
            self.add_error("site", "Say which site")
        named = values.get("plan_role")
        if named and self.plan_roles[named] != values.get("role"):
            words = ROLE_WORDS[Role(self.plan_roles[named])]
            self.add_error("plan_role", f"In the plan this role acts as {words}")
        return values


class EndRoleForm(forms.Form):
    """Why a role ends."""

    reason = forms.CharField(
        label="Why the role ends",
        help_text="Left the team, holiday cover over, requalification due.",
        error_messages={"required": "Say why the role ends"},
    )
