"""Towns and browsers for the tests of this folder. Every test here drives a real browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.end_to_end.chromium import Phone
from tests.end_to_end.demo_town import DemoTown
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import Plan

HERE = Path(__file__).parent
NO_BROWSER = {"test_qr_reader.py"}
OpenPhone = Callable[..., Phone]
OpenTown = Callable[..., Town]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE and item.path.name not in NO_BROWSER:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def open_phone(playwright: Playwright, tmp_path: Path) -> Iterator[OpenPhone]:
    """Starts a Chromium under a name; the same name again is the same phone, with what it kept."""

    def open_one(name: str = "phone", **options: Any) -> Phone:
        phone = Phone(playwright, tmp_path / name, **options)
        phones.callback(phone.close)
        return phone.start()

    with ExitStack() as phones:
        yield open_one


@pytest.fixture
def phone(open_phone: OpenPhone) -> Phone:
    return open_phone()


@pytest.fixture(scope="module")
def open_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenTown]:
    """Starts a town that ends with the module, whatever became of its processes."""

    def open_one(
        plans: dict[str, Plan] | None = None,
        sync_port: int = 0,
        settings: dict[str, str] | None = None,
        box_host: str = "",
    ) -> Town:
        town = Town(tmp_path_factory.mktemp("var"), plans, sync_port, settings, box_host)
        towns.callback(town.stop)
        town.start()
        return town

    with ExitStack() as towns:
        yield open_one


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    """The standard town: a consultation in every phase."""
    return open_town()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoTown]:
    """The demo's town with its people, for tests that only read it."""
    demo = DemoTown(tmp_path_factory.mktemp("demo") / "var")
    with ExitStack() as running:
        running.callback(demo.end)
        demo.start()
        yield demo
