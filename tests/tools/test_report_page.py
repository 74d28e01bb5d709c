"""The report in a real browser: it asks for nothing, sorts, draws, fits a phone and prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from fabdesign.report import make_report
from tests.report.subjects import make_subject
from tests.tools.needed import need

pytestmark = need("chromium", "chromium")

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-webgl", "--disable-3d-apis",
]  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    path = folder / "report.html"
    path.write_bytes(make_report(make_subject(folder)).html.encode())
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """The page at the size of a desktop, and what went wrong or was asked for."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url))
    page.goto(address)
    assert faults.pop(0) == address
    yield page, faults
    page.close()
    assert [fault for fault in faults if not fault.startswith("data:")] == []


def pixels(page: Page) -> str:
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return str(page.evaluate("() => document.querySelector('.viewer canvas').toDataURL()"))


def column(page: Page, caption: str, number: int) -> list[str]:
    rows = page.locator("table", has_text=caption).first.locator("tbody tr")
    return [row.locator("th, td").nth(number).inner_text().strip() for row in rows.all()]


def test_tables_sort_by_click_and_by_keyboard(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    table = page.locator("table", has_text="Score with one error, the worst first").first
    heading, button = table.locator("th", has_text="at + size"), table.get_by_role("button", name="at + size")
    before = [float(text) for text in column(page, "Score with one error", 5)]
    assert len(set(before)) > 1
    button.click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert [float(text) for text in column(page, "Score with one error", 5)] == sorted(before)
    button.focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert [float(text) for text in column(page, "Score with one error", 5)] == sorted(before, reverse=True)
    table.get_by_role("button", name="element").focus()
    page.keyboard.press("Space")
    words = column(page, "Score with one error", 1)
    assert words == sorted(words)
    assert heading.get_attribute("aria-sort") is None


def test_relief_draws_and_turns_without_webgl(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    assert page.evaluate("() => document.createElement('canvas').getContext('webgl')") is None
    canvas = page.locator(".viewer canvas")
    canvas.scroll_into_view_if_needed()
    seen = [pixels(page)]
    colours = page.evaluate(
        """() => { const c = document.querySelector('.viewer canvas');
        const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
        return [new Set(d).size, d.filter(v => v !== d[0]).length / d.length]; }"""
    )
    assert colours[0] > 8, "tops and walls of several levels"
    assert 0.1 < colours[1] < 0.9

    box = canvas.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 90, middle[1] - 30, steps=3)
    page.mouse.up()
    seen.append(pixels(page))
    finger = page.context.new_cdp_session(page)
    for kind, shift in (("touchStart", 0), ("touchMove", -60), ("touchEnd", None)):
        points = [] if shift is None else [{"x": middle[0] + shift, "y": middle[1]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    seen.append(pixels(page))
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    seen.append(pixels(page))
    page.locator(".view").select_option(index=1)
    seen.append(pixels(page))
    page.locator(".height").fill("2.5")
    seen.append(pixels(page))
    assert "10" in page.locator(".times").inner_text()
    page.get_by_role("button", name="From above").click()
    seen.append(pixels(page))
    assert len(set(seen)) == len(seen), "every act changes the picture"
    page.get_by_role("button", name="Start again").click()
    page.locator(".view").select_option(index=0)
    assert pixels(page) == seen[0]


def test_from_above_the_map_reads_right(opened: tuple[Page, list[str]]) -> None:
    """x to the right and y upwards: the colours at the corners are those of the corner pixels."""
    page, _ = opened
    page.get_by_role("button", name="From above").click()
    pixels(page)
    same = page.evaluate(
        """() => {
        const scene = JSON.parse(document.querySelector('.scene').textContent), view = scene.views[0];
        const bytes = Uint8Array.from(atob(view.data), c => c.charCodeAt(0));
        const height = (i, j) => { const k = 2 * (i * view.nx + j); return bytes[k] + 256 * bytes[k + 1]; };
        const c = document.querySelector('.viewer canvas');
        const all = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        const reach = Math.hypot(view.nx, view.ny), cell = Math.min(c.width, c.height) / reach * 0.88;
        return Array.from({length: view.ny * view.nx}, (_, k) => {
          const [i, j] = [Math.floor(k / view.nx), k % view.nx];
          const x = c.width / 2 + (j + 0.5 - view.nx / 2) * cell;
          const y = c.height / 2 - (i + 0.5 - view.ny / 2) * cell;
          const at = 4 * (Math.round(y) * c.width + Math.round(x)), seen = all.slice(at, at + 3);
          const wanted = scene.colours[Math.round(height(i, j) / 65534 * (scene.colours.length - 1))];
          return wanted.every((value, n) => Math.abs(value - seen[n]) < 12);
        });
        }"""
    )
    assert sum(same) / len(same) > 0.97, "all but those under the axes"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_a_phone_and_is_readable(opened: tuple[Page, list[str]], scheme: str) -> None:
    page, _ = opened
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 375
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 50
    assert min(contrasts) >= 4.5, "WCAG 2.2 AA for text"


CONTRASTS = """() => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const light = rgb => { const [r, g, b] = rgb.slice(0, 3).map(v => {
    v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = numbers(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; }
    return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')].filter(e => e.offsetParent &&
      [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); });
}"""


def test_prints_whole_to_several_pages(opened: tuple[Page, list[str]], tmp_path: Path) -> None:
    page, _ = opened
    data = page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) >= 6
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    shown = page.evaluate(
        "() => [...document.querySelectorAll('section, details pre')].map(e => e.offsetHeight)"
    )
    assert min(shown) > 0
    clipped = (
        "() => [...document.querySelectorAll('.scroll')].filter(e => e.scrollHeight > e.clientHeight + 1)"
    )
    assert page.evaluate(f"() => ({clipped})().length") == 0
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_numbers_can_be_saved(opened: tuple[Page, list[str]]) -> None:
    page, faults = opened
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the numbers as JSON").click()
    assert '"format": "fabdesign-report 1.0"' in Path(download.value.path()).read_text(encoding="utf-8")
    faults[:] = [fault for fault in faults if not fault.startswith("blob:")]
