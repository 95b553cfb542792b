"""Commands: gateway key export, import, unwrap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provident.cli.output import say, tell
from provident.kernel import InvalidInput


if TYPE_CHECKING:
    from provident.adapters.gateway.site import SiteGateway
    from provident.adapters.gateway.sitekey import Wrapped

DATA = Path("provident-data")
DataDirectory = Annotated[
    Path,
    typer.Option("--data", help="The data directory.", envvar="PROVIDENT_DATA"),
]
SiteName = Annotated[
    str, typer.Option(help="The site's id; needed where the directory has several.")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        help="A file that holds the passphrase; asked for when not given.", exists=True
    ),
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="The wrapped key.", dir_okay=False)
]


def key_app() -> typer.Typer:
    """The commands under `provident gateway key`."""
    app = typer.Typer(
        help="Share a site's key between gateway, browser page and command line.",
        no_args_is_help=True,
    )
    app.command("export", epilog="Example: provident gateway key export leeds.key.json --data /srv/gateway")(export_key)  # fmt: skip
    app.command("import", epilog="Example: provident gateway key import leeds.key.json --data /srv/gateway")(import_key)  # fmt: skip
    app.command("unwrap", epilog="Example: provident gateway key unwrap leeds.key.json leeds.key")(unwrap_key)  # fmt: skip
    return app


def export_key(
    file: File,
    data: DataDirectory = DATA,
    site: SiteName = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the gateway's key, wrapped under a passphrase, for the browser page or as a backup.

    Hand the passphrase over by another way than the file.
    """
    from provident.adapters.gateway.sitekey import wrap

    gateway = _gateway(data, site)
    told = gateway.registration
    passphrase = _passphrase(passphrase_file, new=True)
    wrapped = wrap(gateway.site_key, passphrase, study=told.study, site=told.site)
    if file.exists():
        raise InvalidInput(f"{file} is there already; give another name.")
    file.touch(mode=0o600)
    file.write_text(json.dumps(wrapped.as_json(), indent=1) + "\n")
    say(f"{file}: the key of {told.site}, check value {wrapped.check}.")
    say("Import it on the site's page Send from the browser, Key of the site.")


def import_key(
    file: File,
    data: DataDirectory = DATA,
    site: SiteName = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Give the gateway the key that the site uses in its browser page, so that both give the same result.

    Stop the gateway first. One that has sent images keeps its own key.
    """
    gateway = _gateway(data, site)
    told = gateway.registration
    wrapped = _read(file, study=told.study, site=told.site)
    key = wrapped.unwrap(_passphrase(passphrase_file))
    gateway.take_key(key)
    say(f"The gateway of {told.site} has the key with check value {wrapped.check}.")


def unwrap_key(
    file: File,
    out: Annotated[
        Path,
        typer.Argument(metavar="KEY", help="The key file for provident deid --key."),
    ],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the key in clear, for `provident deid --key`. Keep it at the site and erase it afterwards."""
    from provident.deid.codebook import write_key

    wrapped = _read(file)
    if wrapped.namespace != "1":
        raise InvalidInput(
            "This key replaced an earlier one; a key file of the command line cannot say so. Use the gateway or the "
            "browser page."
        )
    if out.exists():
        raise InvalidInput(f"{out} is there already; give another name.")
    write_key(out, wrapped.unwrap(_passphrase(passphrase_file)))
    tell(str(out))
    say("This file is the key itself: whoever has it can test guesses. Keep it at the site.")  # fmt: skip


def _gateway(data: Path, site: str) -> SiteGateway:
    from provident.adapters.gateway.site import gateways_in

    found = gateways_in(data)
    if site:
        found = [g for g in found if g.registration.site == site]
    if not found:
        raise InvalidInput("There is no such gateway in that data directory.")
    if len(found) > 1:
        names = ", ".join(g.registration.site for g in found)
        raise InvalidInput(f"The directory has several gateways; name one with --site: {names}")  # fmt: skip
    return found[0]


def _read(file: Path, *, study: str | None = None, site: str | None = None) -> Wrapped:
    from provident.adapters.gateway.sitekey import read_wrapped

    try:
        told = json.loads(file.read_text())
    except OSError:
        raise InvalidInput(f"{file}: it cannot be read.") from None
    except ValueError:
        told = None
    return read_wrapped(told, study=study, site=site)


def _passphrase(file: Path | None, *, new: bool = False) -> str:
    if file is not None:
        return file.read_text().strip("\r\n")
    asked: str = typer.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=new, err=True
    )
    return asked
