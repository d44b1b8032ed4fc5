"""Takes the README's pictures from a demo town: `.venv/bin/python tools/pictures.py` (needs `make setup-test`)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SYNC_PORT, SITE_PORT = 8730, 8731
SITE = f"http://127.0.0.1:{SITE_PORT}"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def wait_for_site() -> None:
    """Returns once the demo town answers; RuntimeError after two minutes."""
    for _ in range(240):
        try:
            requests.get(f"{SITE}/files.json", timeout=2).raise_for_status()
        except requests.RequestException:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("the demo does not answer")


def act(page: Page) -> None:
    """A vote that arrives, then, without network, one that waits."""
    page.goto(f"{SITE}/filature/3/")
    page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")
    page.check("input[name=choice][value=for]")
    page.click("form[data-act=vote] button[type=submit]")
    page.wait_for_selector(".st.got")
    page.goto(f"{SITE}/halle-du-marche/2/")
    page.goto(f"{SITE}/mes-envois/")
    page.goto(f"{SITE}/halle-du-marche/2/")
    page.wait_for_timeout(2000)
    page.context.set_offline(True)
    page.check("input[name=choice][value=against]")
    page.click("form[data-act=vote] button[type=submit]")
    page.wait_for_selector(".st.phone")


def main() -> None:
    """Starts a demo of its own, takes the pictures, ends it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        ports = ["--port", str(SYNC_PORT), "--site-port", str(SITE_PORT)]
        demo = subprocess.Popen([sys.executable, "-m", "sync_server", "demo", "--var", var, *ports])
        try:
            wait_for_site()
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            context = browser.new_context(
                viewport={"width": 360, "height": 900}, device_scale_factor=1.5, locale="fr-FR"
            )
            page = context.new_page()
            for name, path in (("home", "/"), ("result", "/berges/resultat/")):
                page.goto(f"{SITE}{path}")
                page.wait_for_timeout(500)
                page.screenshot(path=PICTURES / f"{name}.png")
            act(page)
            page.goto(f"{SITE}/mes-envois/")
            page.wait_for_selector("article.sheet")
            page.screenshot(path=PICTURES / "outbox.png")
            browser.close()
        finally:
            demo.terminate()
            demo.wait(20)


if __name__ == "__main__":
    main()
