"""Who comes in, and what the answers carry."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.console.conftest import PASSPHRASE, Served

from polyveil.console.accounts import Accounts
from polyveil.console.login import local_path
from polyveil.console.serving import parse_range, safe_headers
from polyveil.console.settings import Settings

Answer = tuple[int, dict[str, str], bytes]


def ask(served: Served, path: str, *, method: str = "GET", host: str = "", token: str = "", cookie: str = "",
        body: bytes | None = None, **headers: str) -> Answer:  # fmt: skip
    """One request. Underscores in header names become hyphens."""
    place = urlsplit(served.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if host:
        sent["host"] = host
    if token:
        sent["authorization"] = f"Bearer {token}"
    if cookie:
        sent["cookie"] = f"polyveil_session_{place.port}={cookie}"
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    found = (answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    connection.close()
    return found


@pytest.fixture(scope="session")
def cookie(served: Served) -> str:
    _, headers, _ = ask(served, f"/login?key={served.key}")
    return headers["set-cookie"].partition("=")[2].partition(";")[0]


def test_nobody_comes_in_without_a_session(served: Served) -> None:
    for path in ("/", "/browse", "/audit", "/asset?id=x"):
        status, headers, _ = ask(served, path)
        assert (status, headers["location"][:12]) == (303, "/login?next=")
    for path in ("/api/overview", "/api/assets", "/api/openapi.json", "/api/objects/" + "0" * 32 + "/content"):
        assert ask(served, path)[0] == 401
    assert ask(served, "/login?key=wrong")[1].get("set-cookie") is None
    assert ask(served, "/api/overview", token="pv_wrong")[0] == 401


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", ""])
def test_foreign_host_names_are_refused(served: Served, cookie: str, host: str) -> None:
    status = ask(served, "/api/overview", host=host or "[::ffff:1.2.3.4]", cookie=cookie)[0]
    assert status == 421


def test_other_sites_cannot_change_anything(served: Served, cookie: str) -> None:
    assert ask(served, "/login/out", method="POST", cookie=cookie, origin="http://evil.test")[0] == 403
    assert ask(served, "/api/overview", cookie=cookie)[0] == 200


def test_every_answer_carries_the_headers(served: Served, cookie: str) -> None:
    for path in ("/", "/login", "/api/overview", "/assets/console.css", "/nowhere"):
        _, headers, _ = ask(served, path, cookie=cookie)
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers
    _, headers, _ = ask(served, f"/login?key={served.key}")
    assert {"HttpOnly", "SameSite=strict"} <= set(headers["set-cookie"].replace("; ", ";").split(";"))


def test_ranges_of_a_sealed_object(served: Served, cookie: str) -> None:
    rows = json.loads(ask(served, "/api/assets?q=clip.webm", cookie=cookie)[2])["assets"]
    record = json.loads(ask(served, f"/api/assets/{rows[0]['asset']}", cookie=cookie)[2])
    path = f"/api/objects/{record['parts'][0]['object']}/content"
    status, headers, whole = ask(served, path, cookie=cookie)
    assert (status, headers["accept-ranges"], headers["content-length"]) == (200, "bytes", str(len(whole)))
    assert "sandbox" in headers["content-security-policy"]
    status, headers, piece = ask(served, path, cookie=cookie, range="bytes=100-199")
    assert (status, headers["content-range"]) == (206, f"bytes 100-199/{len(whole)}")
    assert piece == whole[100:200]
    assert ask(served, path, cookie=cookie, range="bytes=-50")[2] == whole[-50:]
    assert ask(served, path, cookie=cookie, range=f"bytes={len(whole)}-")[0] == 416


def test_originals_and_records_have_no_address(served: Served, cookie: str) -> None:
    rows = json.loads(ask(served, "/api/assets?q=letter&outcome=protected", cookie=cookie)[2])["assets"]
    record = json.loads(ask(served, f"/api/assets/{rows[0]['asset']}", cookie=cookie)[2])
    assert record["original"]
    assert ask(served, f"/api/objects/{record['original']}/content", cookie=cookie)[0] == 404
    status, headers, data = ask(served, f"/api/assets/{rows[0]['asset']}/download", cookie=cookie)
    assert status == 200
    assert headers["content-disposition"].startswith("attachment")
    assert b"Quillfeather" not in data


def test_the_api_describes_itself(served: Served, cookie: str) -> None:
    described = json.loads(ask(served, "/api/openapi.json", cookie=cookie)[2])
    paths = described["paths"]
    assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert {"/api/overview", "/api/assets", "/api/objects/{object_id}/content", "/api/audit/verify"} <= set(paths)
    assert json.loads(ask(served, "/api/audit/verify", cookie=cookie)[2])["verifies"] is True
    assert json.loads(ask(served, "/api/overview", cookie=cookie)[2])["assets"] >= 8


@pytest.mark.parametrize(
    ("header", "found"),
    [(None, None), ("bytes=0-9", (0, 9)), ("bytes=90-", (90, 99)), ("bytes=-5", (95, 99)), ("bytes=-500", (0, 99)),
     ("bytes=5-500", (5, 99)), ("bytes=0-1,3-4", None), ("pages=1-2", None), ("bytes=-", None)],
)  # fmt: skip
def test_parse_range(header: str | None, found: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=7-3", "bytes=-0"])
def test_ranges_outside_are_refused(header: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        parse_range(header, 100)


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf", "text/plain"])
def test_what_could_run_is_downloaded(media_type: str) -> None:
    headers = safe_headers('a"b/c\r\nd.html', media_type, download=False)
    assert headers["content-disposition"].startswith("attachment; ")
    assert not set("\r\n") & set(headers["content-disposition"])


@pytest.mark.parametrize("path", ["//evil.test", "http://evil.test", "/\\evil.test", "", "\\", "/a\nb", "javascript:1"])
def test_one_is_never_sent_elsewhere(path: str) -> None:
    assert local_path(path) == "/"


@pytest.mark.parametrize(
    ("host", "name", "known"),
    [("127.0.0.1", "localhost:8420", True), ("127.0.0.1", "[::1]:8420", True), ("127.0.0.1", "127.0.0.1", True),
     ("127.0.0.1", "localhost.evil.test", False), ("10.0.0.5", "10.0.0.5:80", True), ("10.0.0.5", "localhost", False),
     ("0.0.0.0", "vault.lan:443", True), ("::1", "[::1]", True), ("127.0.0.1", "", False)],
)  # fmt: skip
def test_names_of_a_console(host: str, name: str, known: bool) -> None:
    assert Settings(host=host, hosts=("vault.lan",)).known_as(name) is known


def test_tokens_do_what_their_scopes_say_and_cookies_need_more_for_changes(served: Served, cookie: str) -> None:
    accounts = Accounts(served.vault / "state")
    accounts.add("script", "a password for tests")
    _, secret = accounts.issue("script", "", ("read",), days=1)
    assert ask(served, "/api/overview", token=secret)[0] == 200
    for path in ("/api/audit", "/api/objects/" + "0" * 32 + "/content", "/api/analyse/budget"):
        assert ask(served, path, token=secret)[0] == 403
    begin = {"method": "POST", "body": b"{}", "content_type": "application/json"}
    assert ask(served, "/api/drops", token=secret, **begin)[0] == 403  # type: ignore[arg-type]
    assert ask(served, "/api/drops", cookie=cookie, **begin)[0] == 403  # type: ignore[arg-type]
    accounts.remove("script")
    assert ask(served, "/api/overview", token=secret)[0] == 401


@pytest.mark.parametrize("options", [(), ("--plain-http",)])
def test_no_address_but_loopback_without_accounts(made: Path, options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "polyveil", "serve", str(made), "--host", "0.0.0.0", "--port", "0", *options]
    environment = {**os.environ, "POLYVEIL_PASSPHRASE": PASSPHRASE}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 2
    assert "add an account first" in done.stderr
