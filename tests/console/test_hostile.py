"""Visitors who mean harm: paths, bodies, names, scopes, sessions."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import anyio
import pytest
from playwright.sync_api import Browser, expect
from tests.console.conftest import OWNER, Served, watch
from tests.console.test_guard import ask, cookie

from polyveil.console import drops as module
from polyveil.console.accounts import Accounts
from polyveil.console.drops import Drop, Drops
from polyveil.console.guard import MOST_BODY
from polyveil.console.sessions import LOCAL, Sessions
from polyveil.console.shelf import Shelf
from polyveil.errors import UsageError
from polyveil.vault import Vault

__all__ = ["cookie"]


@pytest.fixture(scope="module")
def shelf(made: Path) -> Iterator[Shelf]:
    opened = Shelf(Vault.open(made, OWNER), OWNER)
    yield opened
    opened.close()


@pytest.fixture
def drops(shelf: Shelf) -> Iterator[Drops]:
    kept = Drops(shelf)
    yield kept
    kept.close()


async def bytes_of(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def put(drops: Drops, drop: Drop, name: str, *pieces: bytes) -> int:
    async def go() -> int:
        return await drops.add(drop, name, bytes_of(*pieces))

    return anyio.run(go)


def test_a_drop_that_is_finished_is_in_the_lists(made: Path, tmp_path: Path) -> None:
    vault = Path(shutil.copytree(made, tmp_path / "v"))
    with contextlib.closing(Shelf(Vault.open(vault, OWNER), OWNER)) as shelf, contextlib.closing(Drops(shelf)) as drops:
        drop = drops.begin("ada", "default")
        put(drops, drop, "newcomer.txt", b"nothing of anybody")
        drops.start(drop)
        while drop.state == "running":
            time.sleep(0.05)
        assert drop.state == "finished", drop.problem
        assert all(shelf.index.get(asset) is not None for asset in drop.assets)  # nobody else follows this vault


@pytest.mark.parametrize(
    "name", ["../../x.txt", "/etc/x.txt", "..\\..\\x.txt", "a/../../x.txt", "./x.txt", "a/./x.txt", "....//x.txt"]
)
def test_no_path_leads_out_of_a_drop(drops: Drops, name: str) -> None:
    drop = drops.begin("ada", "default")
    put(drops, drop, name, b"x")
    assert drop.path(0).resolve().is_relative_to((drop.folder / "in").resolve())
    assert drop.path(0).read_bytes() == b"x"


@pytest.mark.parametrize("name", ["", "..", "/", "a\0b", "a\nb", "x" * 251, "\ud800", "a/" * 600, "\u202etxt.exe"])
def test_what_is_no_name_is_refused(drops: Drops, name: str) -> None:
    drop = drops.begin("ada", "default")
    with pytest.raises(UsageError):
        put(drops, drop, name, b"x")
    assert drop.files == []


def test_a_file_in_the_place_of_a_folder_is_refused(drops: Drops) -> None:
    drop = drops.begin("ada", "default")
    put(drops, drop, "a", b"x")
    for name in ("a", "a/b"):
        with pytest.raises(UsageError):
            put(drops, drop, name, b"x")
    put(drops, drop, "c/d", b"x")
    with pytest.raises(UsageError):
        put(drops, drop, "c", b"x")
    assert drop.files == ["a", "c/d"]


def test_what_breaks_off_or_is_too_large_leaves_nothing(drops: Drops, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    async def go() -> None:
        await drops.add(drop, "half.txt", breaks())

    drop = drops.begin("ada", "default")
    with pytest.raises((ConnectionError, UsageError)):
        anyio.run(go)
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    with pytest.raises(UsageError):
        put(drops, drop, "large.txt", b"12345", b"678901")
    assert list((drop.folder / "in").rglob("*.txt")) == []
    assert (drop.size, drop.files, drop.coming) == (0, [], 0)


def test_drops_are_few_their_own_and_go_by_themselves(drops: Drops, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = [drops.begin("ada", "default") for _ in range(module.MOST_DROPS)]
    with pytest.raises(UsageError):
        drops.begin("ada", "default")
    assert drops.begin("bob", "default")
    with pytest.raises(UsageError):
        drops.get(mine[0].id, "bob")
    monkeypatch.setattr(module, "KEPT_S", -1.0)
    drops.tidy()
    assert not mine[0].folder.exists()


def test_large_bodies_are_refused_before_anybody_reads_them(served: Served, cookie: str) -> None:
    place = urlsplit(served.url)

    def post(length: str, body: bytes) -> bytes:
        head = f"POST /login HTTP/1.1\r\nhost: {place.netloc}\r\n{length}\r\n"
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=120) as raw:
            raw.sendall(head.encode() + b"content-type: application/x-www-form-urlencoded\r\n\r\n")
            try:
                for _ in range(len(body) and 3 * MOST_BODY // len(body)):
                    raw.sendall(b"%x\r\n%s\r\n" % (len(body), body))
                raw.sendall(b"0\r\n\r\n" if body else b"")
                return raw.recv(100)
            except OSError:  # it hung up on us
                return b""

    assert b" 413 " in post(f"content-length: {MOST_BODY + 1}", b"")
    said = post("transfer-encoding: chunked", b"x" * 65_536)
    assert b" 200 " not in said
    assert ask(served, "/api/overview", cookie=cookie)[0] == 200


def test_strange_letters_in_keys_and_headers_are_wrong_and_nothing_else(served: Served, cookie: str) -> None:
    assert ask(served, "/login?key=" + quote("schlüssel"))[1].get("set-cookie") is None
    made = {"method": "POST", "body": b"{}", "content_type": "application/json"}
    assert ask(served, "/api/drops", cookie=cookie, x_polyveil_csrf="\xe9", **made)[0] == 403  # type: ignore[arg-type]
    assert ask(served, "/api/overview", token="\xe9")[0] == 401


def test_wrong_ids_and_numbers_are_answered(served: Served, cookie: str) -> None:
    for path in (
        "/api/objects/%2e%2e%2fvault.json/content", "/api/objects/" + "f" * 32 + "/content", "/api/assets/..%2f..",
        "/api/assets/part-zz", "/api/assets/x/parts/99999999999999999999/text", "/api/assets/x/parts/-1/table",
        "/api/live/..%2fx/stream", "/api/live/x/hls/..%2f..%2fmetrics", "/api/review/x/0", "/assets/..%2f..%2fapp.py",
        "/api/assets?page=99999999999", "/api/assets?size=0", "/api/assets/x/download", "/api/drops/x/before/0",
    ):  # fmt: skip
        assert 400 <= ask(served, path, cookie=cookie)[0] < 500, path
    outside = "bytes=" + "9" * 6000 + "-"
    rows = json.loads(ask(served, "/api/assets?q=call.wav", cookie=cookie)[2])["assets"]
    record = json.loads(ask(served, f"/api/assets/{rows[0]['asset']}", cookie=cookie)[2])
    assert ask(served, f"/api/objects/{record['parts'][0]['object']}/content", cookie=cookie, range=outside)[0] == 416


def test_sessions_end_with_the_rights_of_their_account(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("ada", "a password for tests", ("read", "review"))
    sessions = Sessions(accounts)
    secret, session = sessions.login("ada", "a password for tests") or ("", None)
    assert session is not None
    assert sessions.valid(session)
    accounts.add("ada", "a password for tests", ("read",))
    assert sessions.find(secret) is None
    assert not session.may("read")  # a page that is still open does nothing more
    again = sessions.login("ada", "a password for tests")
    assert again is not None
    sessions.end(again[0])
    assert not sessions.valid(again[1])
    local = sessions.begin(LOCAL, ("read",))
    assert sessions.find(local[0]) is local[1]


def test_a_page_that_stays_open_ends_with_its_session(browser: Browser, served: Served) -> None:
    seen = watch(browser, served)
    page = seen.go("/")
    other = page.context.new_page()
    other.goto(f"{served.url}/audit")
    other.wait_for_selector("main h1")
    other.click("form[action='/login/out'] button")
    page.wait_for_url("**/login*")
    expect(page.locator("form[action='/login']")).to_be_visible()
    page.context.close()


def test_names_and_findings_do_not_become_markup(browser: Browser, served: Served, cookie: str, tmp_path: Path) -> None:
    seen = watch(browser, served)
    name = "<img src=x onerror=alert(1)>.txt"
    (tmp_path / "note.txt").write_text("<script>alert(2)</script> ask <b>Thorvald Quillfeather</b>\n")
    page = seen.go("/drop")
    page.on("dialog", lambda dialog: seen.problems.append("a dialog"))
    payload = {"name": name, "mimeType": "text/plain", "buffer": (tmp_path / "note.txt").read_bytes()}
    page.set_input_files("[data-name=files]", payload)  # type: ignore[arg-type]
    page.click("[data-name=send]")
    result = page.locator("[data-name=result]")
    expect(result).to_be_visible(timeout=150_000)
    expect(result.locator("[data-name=after]")).to_contain_text("<script>")
    seen.go("/browse?q=onerror")
    expect(page.locator(".pv-tile").first).to_be_visible()
    page.click(".pv-tile")
    expect(page.locator("[data-name=text]")).to_contain_text("<script>")
    time.sleep(0.2)
    seen.check()
    page.context.close()
