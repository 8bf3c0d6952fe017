"""The made certificate: trusted by who installed the authority, for its own address and nothing else."""

import datetime as dt
import ssl
import stat
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from werkzeug.serving import make_server

import wsgi
from monitor.certificate import SERVER_LIFE, make_certificate
from monitor.clock import wall_now

HOST = "127.0.0.1"


def served(directory: Path, host: str) -> int:
    """Serves with this directory's certificate; answers the status for who trusts its authority."""
    import http.client

    made = make_certificate(directory, host, wall_now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.chain, made.key)
    server = make_server(
        HOST, 0, lambda _, start: [start("204 No Content", []), b""][1:], ssl_context=context
    )
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    try:
        trusting = ssl.create_default_context(cafile=str(made.authority))
        asking = http.client.HTTPSConnection(HOST, server.port, context=trusting, timeout=10)
        asking.request("GET", "/")
        return asking.getresponse().status
    finally:
        thread.join()
        server.server_close()


def test_who_trusts_the_authority_trusts_the_server(folder: Path) -> None:
    assert served(folder, HOST) == 204


def test_a_certificate_of_another_address_is_not_trusted(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        served(folder, "10.0.0.7")


def test_the_authority_vouches_for_one_address_and_no_other_site(folder: Path) -> None:
    made = make_certificate(folder, "truceline.example", wall_now())
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert limits.value.permitted_subtrees == [x509.DNSName("truceline.example")]


def test_what_holds_is_left_alone_and_the_rest_is_renewed_in_time(folder: Path) -> None:
    now = wall_now()
    first = make_certificate(folder, HOST, now)
    files = {path: path.read_bytes() for path in folder.iterdir()}
    again = make_certificate(folder, HOST, now + dt.timedelta(days=300))
    assert (first.authority_is_new, again.authority_is_new) == (True, False)
    assert {path: path.read_bytes() for path in folder.iterdir()} == files
    later = make_certificate(folder, HOST, now + SERVER_LIFE - dt.timedelta(days=29))
    assert not later.authority_is_new
    assert later.chain.read_bytes() != files[later.chain]
    assert later.authority.read_bytes() == files[later.authority]


def test_another_address_needs_another_authority(folder: Path) -> None:
    make_certificate(folder, HOST, wall_now())
    assert make_certificate(folder, "10.0.0.7", wall_now()).authority_is_new


def test_every_file_is_its_owners_only(folder: Path) -> None:
    make_certificate(folder, HOST, wall_now())
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_tls_without_the_address_that_people_type_says_what_to_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUCELINE_DATA_DIR", str(folder))
    found = CliRunner().invoke(wsgi.main, ["web", "--tls"])
    assert found.exit_code == 1
    assert "TRUCELINE_PUBLIC_URL" in found.output
