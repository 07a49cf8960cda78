"""The pages as a person meets them, in both languages: no request leaves the machine, no error on the console."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.console.conftest import Served, Watched, png, start, stop, watch

from polyveil.console.accounts import Accounts

Visitor = tuple[Watched, str]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_signs_in_with_an_account_sees_its_scopes_and_signs_out(
    browser: Browser, served: Served, language: str
) -> None:
    password = "a password for tests"
    Accounts(served.vault / "state").add(f"ada-{language}", password, ("read",))
    page = browser.new_context().new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{served.url}/login/choose?language={language}&next=/browse")
    page.fill("input[name=name]", f"ada-{language}")
    page.fill("input[name=password]", "a wrong password")
    page.click("button")
    expect(page.locator(".pv-warning")).to_contain_text({"en": "five minutes", "zh": "五分钟"}[language])
    page.goto(f"{served.url}/browse")
    page.fill("input[name=name]", f"ada-{language}")
    page.fill("input[name=password]", password)
    page.click("button")
    expect(page.locator("main h1")).to_have_text({"en": "Browse", "zh": "浏览"}[language])
    assert page.locator(".pv-header nav a").count() == 4  # not where a scope is missing
    assert page.locator(".pv-tile img").count() == 0
    page.goto(f"{served.url}/audit")
    expect(page.locator(".pv-warning")).to_contain_text({"en": "may not", "zh": "无权"}[language])
    page.click("form[action='/login/out'] button")
    page.wait_for_url("**/login")
    page.goto(served.url)
    expect(page.locator("form[action='/login']")).to_be_visible()
    page.context.close()


def test_overview_shows_charts_runs_quarantine_and_space(visitor: Visitor) -> None:
    seen, language = visitor
    page = seen.go("/")
    said = {"en": ("Overview", "Findings by entity type"), "zh": ("概览", "按实体类型统计发现")}[language]
    expect(page.locator("h1")).to_have_text(said[0])
    expect(page.locator("[data-name=by-entity] h2")).to_have_text(said[1])
    expect(page.locator("[data-name=numbers] b").first).not_to_have_text("0")
    assert int(page.locator("[data-name=numbers] b").first.inner_text()) >= 8
    expect(page.locator("[data-name=by-modality] svg").first).to_be_visible()
    expect(page.locator("[data-name=by-entity] svg text", has_text="PERSON").first).to_be_visible()
    assert page.locator("table[data-name=runs] tbody tr").count() >= 1
    expect(page.locator("table[data-name=quarantine]")).to_contain_text("corrupt")
    assert page.locator("table[data-name=space] tbody tr").count() >= 5
    assert page.evaluate("document.documentElement.lang") == {"en": "en-US", "zh": "zh-CN"}[language]


def test_browse_narrows_by_modality_and_shows_masked_thumbnails(visitor: Visitor) -> None:
    seen, _ = visitor
    page = seen.go("/browse")
    assert page.locator(".pv-tile").count() >= 8
    page.select_option("select[name=modality]", "image")
    page.wait_for_url("**modality=image*")
    page.wait_for_selector(".pv-tile")
    assert page.locator(".pv-tile").count() == 2
    shown = page.locator(".pv-tile img").first
    expect(shown).to_be_visible()
    page.wait_for_function("[...document.querySelectorAll('.pv-tile img')].every(i => i.naturalWidth > 0)")
    seen.go("/browse?q=street")
    assert page.locator(".pv-tile").count() == 1


def test_a_picture_shows_what_was_hidden_when_asked(visitor: Visitor) -> None:
    seen, _ = visitor
    page = seen.go("/browse?q=street")
    page.click(".pv-tile")
    page.wait_for_selector(".pv-picture")
    boxes = page.locator("svg[data-boxes]")
    expect(boxes).to_be_hidden()
    page.check(".pv-toggle input")
    expect(boxes).to_be_visible()
    rect = boxes.locator("rect")
    assert [rect.get_attribute(name) for name in ("x", "y", "width", "height")] == ["60", "40", "80", "60"]


def test_sealed_video_and_sound_play_and_seek(visitor: Visitor) -> None:
    seen, _ = visitor
    page = seen.go("/browse?q=clip.webm")
    page.click(".pv-tile")
    page.wait_for_function("document.querySelector('video')?.readyState >= 1")
    length = page.evaluate("document.querySelector('video').duration")
    assert 3.5 < length < 4.5
    page.evaluate("document.querySelector('video').currentTime = 2.5")
    page.wait_for_function("(v => !v.seeking && v.currentTime > 2.4)(document.querySelector('video'))")
    seen.go("/browse?q=call.wav")
    page.click(".pv-tile")
    page.wait_for_function("Math.abs(document.querySelector('audio')?.duration - 2) < 0.1")


def test_text_is_shown_with_its_surrogates_marked_and_tables_as_rows(visitor: Visitor) -> None:
    seen, _ = visitor
    page = seen.go("/browse?q=letter&outcome=protected")
    page.click(".pv-tile")
    marks = page.locator("[data-name=text] mark")
    expect(marks.first).to_be_visible()
    assert "PERSON" in [mark.get_attribute("data-entity") for mark in marks.all()]
    whole = page.locator("[data-name=text]").inner_text()
    assert whole.startswith("Dear Dr. ")
    assert "Quillfeather" not in whole
    seen.go("/browse?modality=table")
    page.click(".pv-tile")
    expect(page.locator("table[data-name=table] th").first).to_have_text("name")
    assert "Quillfeather" not in page.locator("table[data-name=table]").inner_text()


def test_audit_shows_the_log_and_that_it_verifies(visitor: Visitor) -> None:
    seen, language = visitor
    page = seen.go("/audit")
    expect(page.locator("[data-verifies=yes]")).to_be_visible()
    expect(page.locator("table[data-name=events]")).to_contain_text("open")
    page.get_by_role("button", name={"en": "Verify now", "zh": "立即校验"}[language]).click()
    expect(page.locator("[data-verifies=yes]")).to_be_visible()


def test_dark_and_light(visitor: Visitor) -> None:
    seen, _ = visitor
    page = seen.go("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    page.click(".pv-choose a[aria-label]")
    page.wait_for_selector("body.body--dark")
    dark = page.evaluate(ground)
    page.click(".pv-choose a[aria-label]")
    page.wait_for_selector("body.body--light")
    assert page.evaluate(ground) != dark


def test_what_no_grant_opens_is_visibly_locked(browser: Browser, narrow: tuple[Path, Path]) -> None:
    vault, key = narrow
    served: Served = start(vault, "--key-file", key)
    try:
        seen = watch(browser, served)
        page = seen.go("/browse")
        locked = page.locator(".pv-compartment.pv-locked")
        assert {one.get_attribute("data-compartment") for one in locked.all()} == {
            "text", "audio", "video", "table", "originals",
        }  # fmt: skip
        assert page.locator(".pv-face.pv-locked").count() == 4
        seen.go("/browse?q=letter&outcome=protected")
        page.click(".pv-tile")
        expect(page.locator("[data-name=locked]")).to_contain_text("reader")
        seen.go("/browse?q=street")
        page.click(".pv-tile")
        expect(page.locator(".pv-picture")).to_be_visible()
        seen.check()
    finally:
        stop(served)


def test_a_file_dropped_in_goes_down_the_road_and_is_compared(visitor: Visitor, tmp_path: Path) -> None:
    seen, language = visitor
    name = f"note-{language}.txt"
    (tmp_path / name).write_text(f"{language}: ask Thorvald Quillfeather, thorvald.q@quill-mail.test, about it.\n")
    page = seen.go("/drop")
    page.set_input_files("[data-name=files]", tmp_path / name)
    page.click("[data-name=send]")
    result = page.locator("[data-name=result]")
    expect(result).to_be_visible(timeout=150_000)
    expect(result.locator(".pv-badge")).to_have_text({"en": "protected", "zh": "已保护"}[language])
    expect(result.locator("[data-name=before]")).to_contain_text("Quillfeather")
    expect(result.locator("[data-name=after] mark").first).to_be_visible()
    assert "Quillfeather" not in result.locator("[data-name=after]").inner_text()
    with page.expect_download() as download:
        result.locator("[data-name=after] a").click()
    masked = Path(download.value.path()).read_text()
    assert masked.startswith(f"{language}: ask ")
    assert "quill-mail" not in masked
    page.click("[data-name=clear]")
    expect(result).to_have_count(0)


def test_private_answers_are_paid_from_a_budget_that_lasts(visitor: Visitor) -> None:
    seen, _ = visitor
    page = seen.go("/analyse")
    expect(page.locator("table[data-name=profile]")).to_be_visible()
    before = page.locator("[data-name=budget] progress").get_attribute("value")
    page.click("[data-name=ask-count]")
    expect(page.locator("table[data-name=answer] tbody tr")).to_have_count(1)
    page.click("[data-name=ask-histogram]")
    expect(page.locator("table[data-name=answer] tbody tr")).to_have_count(5)
    seen.go("/analyse")
    after = page.locator("[data-name=budget] progress").get_attribute("value")
    assert float(before or 0) - float(after or 0) > 0.199
    assert page.locator("table[data-name=spent] tbody tr").count() >= 2


def test_live_sources_and_their_masked_streams(visitor: Visitor, served: Served) -> None:
    seen, language = visitor
    with stream_of_frames() as address:
        folder = served.vault / "state" / "live"
        folder.mkdir(exist_ok=True)
        row = {"name": "door", "kind": "camera", "since": "2026-01-01T00:00:00Z", "metrics_url": None,
               "state": "running", "counts": {"frames": 7}, "gauges": {"latency_p95_s": 0.25}}  # fmt: skip
        playlist = address.replace("masked.mjpg", "hls/index.m3u8")
        (folder / "door.json").write_text(json.dumps({**row, "url": address, "hls": playlist}))
        far = {**row, "name": "far", "url": "http://192.0.2.1/x"}
        (folder / "far.json").write_text(json.dumps(far))
        (folder / "broken.json").write_text("{")
        for name in ("door", "far"):  # they speak for as long as this takes
            os.utime(folder / f"{name}.json", (time.time() + 3600,) * 2)
        page = seen.go("/live")
        health = page.locator("table[data-name=live]")
        expect(health).to_contain_text({"en": "running", "zh": "运行中"}[language])
        expect(health).to_contain_text("frames 7")
        expect(health).to_contain_text("0.25 s")
        player = page.context.request
        told = player.get(served.url + str(page.locator("a[href$='.m3u8']").get_attribute("href")))
        assert told.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert told.text() == "#EXTM3U\n"
        for piece in ("x.m3u8", "..%2fmetrics", "1.ts"):
            assert player.get(f"{served.url}/api/live/door/hls/{piece}").status == 404
        assert player.get(f"{served.url}/api/live/far/hls/index.m3u8").status == 404
        expect(page.locator("img[data-stream]")).to_have_count(1)
        page.wait_for_function("document.querySelector('img[data-stream=door]')?.naturalWidth === 320")
        page.goto("about:blank")
    (folder / "door.json").unlink()
    (folder / "far.json").unlink()


@contextmanager
def stream_of_frames() -> Iterator[str]:
    """A camera's masked stream on this machine."""
    picture = png((90, 20, 90))

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if self.path.startswith("/hls/"):
                self.end_headers()
                self.wfile.write(b"#EXTM3U\n")
                return
            self.send_header("content-type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            try:
                for _ in range(600):
                    self.wfile.write(b"--frame\r\ncontent-type: image/png\r\n\r\n" + picture + b"\r\n")
                    time.sleep(0.1)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/masked.mjpg"
    server.shutdown()
    server.server_close()


def saved(page: Page) -> str:
    """Save a correction; the page goes on to the new asset. Gives its id."""
    page.wait_for_selector("#pv-review")
    before = page.get_attribute("#pv-review", "data-asset")
    page.click("[data-name=save]")
    page.wait_for_function(
        "old => (new URL(location.href).searchParams.get('id') ?? old) !== old", arg=before, timeout=150_000
    )
    return str(page.evaluate("new URL(location.href).searchParams.get('id')"))


def test_a_picture_is_corrected_and_sealed_again(visitor: Visitor, served: Served) -> None:
    seen, language = visitor
    page = seen.go("/browse?q=street" if language == "en" else "/browse?q=plain")
    page.click(".pv-tile")
    page.click(".pv-actions a[href^='/review']")
    stage = page.locator(".pv-review")
    expect(stage.locator("svg")).to_be_visible()
    drawn = stage.locator("rect")
    there = 1 if language == "en" else 0
    expect(drawn).to_have_count(there)
    box = stage.bounding_box()
    assert box is not None
    scale = box["width"] / 320
    if there:  # the box that is there is moved, then deleted
        page.mouse.move(box["x"] + 100 * scale, box["y"] + 70 * scale)
        page.mouse.down()
        page.mouse.move(box["x"] + 120 * scale, box["y"] + 70 * scale, steps=3)
        page.mouse.up()
        expect(drawn).to_have_attribute("x", "80")
        page.click("[data-name=delete]")
        expect(drawn).to_have_count(0)
    page.select_option("[data-name=entity]", "FACE")
    page.mouse.move(box["x"] + 200 * scale, box["y"] + 120 * scale)
    page.mouse.down()
    page.mouse.move(box["x"] + 280 * scale, box["y"] + 200 * scale, steps=4)
    page.mouse.up()
    expect(drawn).to_have_count(1)
    asset = saved(page)
    answer = page.context.request.get(f"{served.url}/api/assets/{asset}")
    assert answer.ok, answer.text()
    shown = answer.json()
    assert shown["parts"][0]["findings"] == {"FACE": 1}
    sealed = page.context.request.get(f"{served.url}/api/objects/{shown['parts'][0]['object']}/picture").body()
    with Image.open(io.BytesIO(sealed)) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    clean = np.array((30, 90, 160) if there else (160, 60, 30))
    assert np.abs(pixels[160, 240] - clean).max() > 40  # hidden where it was drawn
    assert np.abs(pixels[70, 100] - (255 - clean)).max() < 30  # and shown again where a box was deleted
    page.wait_for_selector("main h1")


def test_words_of_a_text_are_marked_and_hidden(visitor: Visitor, served: Served) -> None:
    seen, language = visitor
    word = {"en": "please", "zh": "write"}[language]
    page = seen.go("/browse?q=letter&outcome=protected")
    page.click(".pv-tile")
    page.click(".pv-actions a[href^='/review']")
    before = page.locator("[data-name=before] pre")
    expect(before).to_contain_text("Quillfeather")
    page.evaluate(
        """word => { const walk = document.createTreeWalker(
            document.querySelector("[data-name=before] pre"), NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) { const at = walk.currentNode.data.indexOf(word); if (at < 0) continue;
            const range = document.createRange(); range.setStart(walk.currentNode, at);
            range.setEnd(walk.currentNode, at + word.length);
            getSelection().removeAllRanges(); getSelection().addRange(range); return; } }""",
        word,
    )
    page.select_option("[data-name=entity]", "PERSON")
    page.click("[data-name=mark]")
    expect(before.locator("mark", has_text=word)).to_have_count(1)
    asset = saved(page)
    text = page.context.request.get(f"{served.url}/api/assets/{asset}/parts/0/text").json()
    assert word not in text["text"]
    assert "Quillfeather" not in text["text"]
    page.wait_for_selector("main h1")
