"""Commands: serve, worker, gateway, send, study, account."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated, Any

import typer

from provident.cli.output import emit, say, tell
from provident.cli.review import gateway_review
from provident.cli.sitekey import key_app
from provident.kernel import InvalidInput


DATA = Path("provident-data")
DataDirectory = Annotated[
    Path,
    typer.Option("--data", help="The data directory.", envvar="PROVIDENT_DATA"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: provident serve --data /srv/provident --port 8000")(serve)  # fmt: skip
    app.command(epilog="Example: provident worker --data /srv/provident")(worker)
    app.add_typer(_gateway_app(), name="gateway")
    app.command(epilog="Example: provident send exam/ --to localhost:11112 --aet LEEDS")(send)  # fmt: skip
    app.add_typer(_study_app(), name="study")
    app.add_typer(_account_app(), name="account")


def serve(
    data: DataDirectory = DATA,
    host: Annotated[str, typer.Option(help="Address to serve pages on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to serve pages on.")] = 8000,
    dicom_host: Annotated[
        str, typer.Option(help="Address of the DICOM node.")
    ] = "127.0.0.1",
    dicom_port: Annotated[int, typer.Option(help="Port of the DICOM node.")] = 11112,
    quiet: Annotated[
        float | None,
        typer.Option(
            help="Seconds without a new image after which an exam is sent on; the plan's when not given."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(help="Web worker processes.")] = 2,
) -> None:
    """Serve a platform on this machine: pages, DICOM node, gateways and jobs.

    Ctrl-C stops all of it. A second start on the same data directory is refused (exit 4).
    """  # fmt: skip
    _log_to_stderr()
    from provident.web.config import supervisor

    serving = supervisor.Serving(
        data=data.absolute(), host=host, port=port, dicom_host=dicom_host, dicom_port=dicom_port, quiet=quiet,
        workers=workers,
    )  # fmt: skip
    # A stop that comes during the set-up is a stop, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    supervisor.serve(serving, tell)


def _log_to_stderr() -> None:
    import logging

    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


def worker(data: DataDirectory = DATA) -> None:
    """Work off background jobs alone, beside a platform that runs elsewhere on the same database."""
    _log_to_stderr()
    # Not `alone`: it runs beside the platform's own worker, and each takes what the other has not.
    os.environ["PROVIDENT_DATA"] = str(data.absolute())
    from provident.web.config.processes import jobs

    jobs(alone=False)


# gateway


def _gateway_app() -> typer.Typer:
    gateway = typer.Typer(
        help="Run the gateway of a site, or ask what it holds.", no_args_is_help=False
    )
    gateway.callback(invoke_without_command=True)(run_gateway)
    gateway.command(
        "status", epilog="Example: provident gateway status --data /srv/gateway"
    )(gateway_status)
    gateway.command("test", epilog="Example: provident gateway test --data /srv/gateway")(gateway_test)  # fmt: skip
    gateway.command("review", epilog='Example: provident gateway review --data /srv/gateway --name "Una Bell"')(gateway_review)  # fmt: skip
    gateway.add_typer(key_app(), name="key")
    return gateway


def gateway_test(
    data: DataDirectory = DATA,
    centre: Annotated[
        str,
        typer.Option(
            help="The centre's address; that of the gateway's registration when not given."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Send synthetic images with planted identifiers through the gateway; the centre judges and stores none of them.

    A site should pass it before it is opened. Exit 1 when the test fails.
    """  # fmt: skip
    from provident.adapters.gateway.centre import Centre, CentreAway
    from provident.adapters.gateway.site import gateways_in
    from provident.adapters.gateway.testing import transfer_test
    from provident.kernel import SystemClock

    found = gateways_in(data)
    if not found:
        raise InvalidInput("There is no gateway in that data directory.")
    results = []
    for gateway in found:
        told = gateway.registration
        if not (told.centre or centre):
            raise InvalidInput("Say where the centre is: --centre http://127.0.0.1:8000")  # fmt: skip
        spoken = Centre(centre or told.centre, told.token)
        try:
            result = transfer_test(gateway, spoken, SystemClock())
        except CentreAway as error:
            raise InvalidInput(f"{error} Check --centre and the network.") from None
        finally:
            spoken.close()
        results.append({"study": told.study, "site": told.site, **result})
    if as_json:
        emit({"tests": results})
    else:
        for one in results:
            tell(f"{one['study']} {one['site']}: {one['outcome']}")
            for words in one["findings"]:
                tell(f"    {words}")
    if any(one["outcome"] != "passed" for one in results):
        raise SystemExit(1)


def run_gateway(
    context: typer.Context,
    data: DataDirectory = DATA,
    centre: Annotated[
        str,
        typer.Option(help="The centre's address, such as https://trial.example.org."),
    ] = "",
    token: Annotated[
        str,
        typer.Option(
            help="The gateway's token from the centre; needed the first time.",
            envvar="PROVIDENT_GATEWAY_TOKEN",
        ),
    ] = "",
    aet: Annotated[
        str,
        typer.Option(help="Called AE title to listen under; needed the first time."),
    ] = "",
    host: Annotated[str, typer.Option(help="Address of the DICOM node.")] = "0.0.0.0",  # noqa: S104  # scanners are other machines
    port: Annotated[int, typer.Option(help="Port of the DICOM node.")] = 11112,
    quiet: Annotated[
        float | None,
        typer.Option(
            help="Seconds without a new image after which an exam is sent on."
        ),
    ] = None,
    keep_days: Annotated[
        float, typer.Option(help="Days for which sent originals are kept, encrypted.")
    ] = 30,
) -> None:
    """Run a site's gateway against a centre elsewhere: DICOM node, landing store, de-identification, sending.

    Example: provident gateway --centre https://trial.example.org --token ... --aet LEEDS --data /srv/gateway
    """  # fmt: skip
    if context.invoked_subcommand is not None:
        return
    _log_to_stderr()
    from provident.adapters.gateway.service import Service, serve_gateway

    service = Service(
        data=data.absolute(), centre=centre, token=token, aet=aet, host=host, port=port, quiet=quiet,
        keep_days=keep_days,
    )  # fmt: skip
    serve_gateway(service, tell)


def gateway_status(data: DataDirectory = DATA, as_json: AsJson = False) -> None:
    """Account for every file that arrived: waiting, sent, held back, duplicate or discarded."""
    from provident.adapters.gateway.site import gateways_in
    from provident.adapters.gateway.work import status

    found = [status(gateway) for gateway in gateways_in(data)]
    if not found:
        raise InvalidInput("There is no gateway in that data directory.")
    wrong = [s for s in found if s["received"] != s["accounted"] or s["ledger"] != "holds"]  # fmt: skip
    if as_json:
        emit({"gateways": found})
    else:
        for one in found:
            _print_status(one)
    if wrong:
        say("Something is not accounted for. Keep the data directory as it is and tell the trial team.")  # fmt: skip
        raise SystemExit(1)


def _print_status(one: dict[str, Any]) -> None:
    tell(
        f"{one['study']} {one['site']}: {one['received']} received = {one['waiting']} waiting + {one['sent']} sent "
        f"+ {one['quarantined']} held back + {one['duplicates']} duplicates + {one['discarded']} discarded"
    )
    for code, files in sorted(one["reasons"].items()):
        tell(f"    {code}: {files} files")


# send


def send(
    path: Annotated[Path, typer.Argument(help="A DICOM file, or a folder of them.")],
    to: Annotated[str, typer.Option(help="Host and port, such as localhost:11112.")],
    aet: Annotated[str, typer.Option(help="The called AE title: the site's.")],
    calling: Annotated[
        str, typer.Option("--from", help="The calling AE title.")
    ] = "PROVIDENT",
    as_json: AsJson = False,
) -> None:
    """Send images to a DICOM node by C-STORE. Safe to do again: what came before is noted as a duplicate."""  # fmt: skip
    from provident.adapters import dicom_client

    host, _, port = to.rpartition(":")
    if not host or not port.isdigit():
        raise InvalidInput("Say where to as host:port, such as localhost:11112.")
    with _progress() as progress:
        task = progress.add_task("Sending", total=None)

        def show(sent: dicom_client.Sent) -> None:
            done = sent.sent + len(sent.failed)
            progress.update(task, completed=done, total=sent.found - len(sent.skipped))

        result = dicom_client.send(
            dicom_client.files_of(path), host=host, port=int(port), called=aet, calling=calling, progress=show,
        )  # fmt: skip
    _print_sent(result, as_json)
    if result.failed or not result.sent:
        raise SystemExit(1)


def _progress() -> Any:
    from rich.console import Console
    from rich.progress import Progress

    return Progress(console=Console(stderr=True), transient=True)


def _print_sent(result: Any, as_json: bool) -> None:
    # Names of files may be names of people: the report names them and says so.
    if as_json:
        emit(
            {
                "found": result.found,
                "sent": result.sent,
                "skipped": [{"file": str(p), "reason": r} for p, r in result.skipped],
                "failed": [{"file": str(p), "reason": r} for p, r in result.failed],
                "identifiable": "names of files may identify people",
            }
        )
        return
    tell(
        f"{result.found} files: {result.sent} sent, {len(result.skipped)} are no images, {len(result.failed)} failed."
    )
    for path, reason in [*result.failed, *result.skipped]:
        say(f"{path}: {reason}")


# study, account


def _study_app() -> typer.Typer:
    study = typer.Typer(help="Studies of a platform.", no_args_is_help=True)
    study.command(
        "load",
        epilog="Example: provident study load my-study --data /srv/provident --open",
    )(load_study)
    study.command(
        "gateway",
        epilog="Example: provident study gateway my-study leeds --data /srv/provident",
    )(add_gateway)
    return study


def load_study(
    plan: Annotated[Path, typer.Argument(help="The plan's folder.")],
    data: DataDirectory = DATA,
    open_sites: Annotated[
        bool,
        typer.Option(
            "--open", help="Open every site at once; for demos and rehearsals."
        ),
    ] = False,
    reason: Annotated[
        str, typer.Option(help="Why the plan changes, for the ledger.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Load a plan: the first makes the study with its sites and their gateways, a later one comes into force."""  # fmt: skip
    from provident.web.config import supervisor

    supervisor.set_up(data.absolute())
    from provident.web.config.administration import load

    loaded = load(plan, open_sites=open_sites, reason=reason)
    if as_json:
        emit(loaded)
    else:
        tell(f"{loaded['study']}: plan {loaded['version']} is in force; {len(loaded['sites'])} sites.")  # fmt: skip


def add_gateway(
    study: Annotated[str, typer.Argument(help="The study's id.")],
    site: Annotated[str, typer.Argument(help="The site's id in the plan.")],
    data: DataDirectory = DATA,
) -> None:
    """Register a site's own gateway; prints its token once."""
    from provident.web.config import supervisor

    supervisor.set_up(data.absolute())
    from provident.web.config.administration import new_gateway

    token = new_gateway(study, site)
    say("Give this token to the site; it is shown once:")
    tell(token)


def _account_app() -> typer.Typer:
    account = typer.Typer(help="Accounts of a platform.", no_args_is_help=True)
    account.command(
        "add",
        epilog="Example: provident account add ana --study drug-x --role reader --name 'Ana Reader'",
    )(add_account)
    return account


def add_account(
    username: Annotated[str, typer.Argument(help="The name to log in with.")],
    study: Annotated[str, typer.Option(help="The study's id.")],
    role: Annotated[
        str,
        typer.Option(
            help="trial_manager, site, qc, reader, adjudicator, statistician or monitor."
        ),
    ],
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    site: Annotated[
        str, typer.Option(help="The site, where the role is a site's.")
    ] = "",
    plan_role: Annotated[
        str,
        typer.Option(help="The plan's own word for the role, such as radiographer."),
    ] = "",
    code: Annotated[
        str, typer.Option(help="How a reader is named where names must not show.")
    ] = "",
    password_file: Annotated[
        Path | None,
        typer.Option(help="A file that holds the password; asked for when not given."),
    ] = None,
    data: DataDirectory = DATA,
) -> None:
    """Make an account, where there is none of that name, and give it a role in a study."""  # fmt: skip
    from provident.web.config import supervisor

    supervisor.set_up(data.absolute())
    from provident.web.config.administration import NewAccount, add, is_known

    password = ""
    if not is_known(username):
        password = (
            password_file.read_text().strip()
            if password_file
            else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        )
    account = NewAccount(
        username=username, name=name or username, password=password, study=study, role=role, site=site,
        plan_role=plan_role, code=code,
    )  # fmt: skip
    add(account)
    tell(f"{username} has the role {role} in {study}.")
