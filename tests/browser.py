"""A real browser on a real server: Debian's Chromium, and a folder served on the loopback."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, sync_playwright

from bot.cli.app import run
from tests.system_parts import CHECKOUT, find_executable

SHIPPED = CHECKOUT / "leaderboard" / "leaderboard.json"
MISSING = "Chromium is not installed; run: apt-get install chromium fonts-inter"


class _Pages(SimpleHTTPRequestHandler):
    """Serves files compressed, as GitHub Pages does, and says nothing."""

    def do_GET(self) -> None:
        """Answer with a file, or with the index of a folder."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def build_shipped(folder: Path) -> Path:
    """Build the site of the leaderboard that the repository ships, and return its folder."""
    words = ["site", "build", "--leaderboard", str(SHIPPED), "--output", str(folder)]
    assert run(words) == 0
    return folder


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Yield the address at which a folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Yield Chromium, which ends with the block."""
    executable = find_executable("chromium")
    if executable is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


LIGHTHOUSE = CHECKOUT / "tests/npm/node_modules/.bin/lighthouse"
DEVICES = ("--form-factor=mobile", "--preset=desktop")
LIGHTHOUSE_TIMEOUT_S = 180


def run_lighthouse(address: str, device: str, report: Path) -> dict[str, float]:
    """Return Lighthouse's score of each category, from 0 to 1.

    Args:
        address: A page.
        device: One of DEVICES.
        report: File that gets the report.
    """
    done = subprocess.run(
        (
            *(str(LIGHTHOUSE), address, device, "--quiet", "--no-enable-error-reporting"),
            *("--output=json", f"--output-path={report}"),
            "--only-categories=performance,accessibility,best-practices",
            "--chrome-flags=--headless=new --no-sandbox",
        ),
        env={**os.environ, "CHROME_PATH": str(find_executable("chromium"))},
        capture_output=True,
        text=True,
        timeout=LIGHTHOUSE_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"lighthouse failed: {done.stderr[-2000:]}")
    categories = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: category["score"] for name, category in categories.items()}
