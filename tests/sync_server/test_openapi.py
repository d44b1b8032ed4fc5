"""The interface is what its document says: schemathesis asks everything it can think of and compares."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sync_server.app import create_app
from sync_server.routes.health import DOCUMENT
from sync_server.services import open_services
from sync_server.settings import read_settings
from tests.civic.town import Citizen
from tests.sync_server.town_files import SLUG, SPACE, write_town

load_all_checks()
EXAMPLES = 40


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory):
    environment = {"PREAU_REQUESTS_PER_MINUTE": "0", "PREAU_SMTP_URL": "mailbox:"}
    chosen = read_settings(tmp_path_factory.mktemp("house"), environment)
    rules = write_town(chosen.content).consultations[SLUG]
    services = open_services(chosen)
    folder = chosen.snapshots / SPACE
    folder.mkdir(parents=True)
    (folder / f"{SLUG}.json").write_text("{}", "utf-8")
    app = create_app(services)
    body = {"v": 1, "space": SPACE, "envelopes": [Citizen(1, rules).propose(5)]}
    app.test_client().post("/v1/sync", json=body)
    yield schemathesis.openapi.from_wsgi("/openapi.json", app)
    services.close()


PATHS = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
# What has the right shape may still be refused: by the rules of a consultation, or since the text is not JSON.
SIGNED = (
    "/v1/enrol/start",
    "/v1/enrol/confirm",
    "/v1/enrol/finish",
    "/v1/census/check",
    "/v1/me",
    "/v1/tokens",
    "/v1/replies",
    "/v1/follows",
)
GEO = "/v1/open311/{space}/{slug}/requests.{fmt}"
JUDGED: dict[str, list[Any]] = {
    path: [positive_data_acceptance]
    for path in ("/v1/sync", "/v1/ballots", "/form", "/form/confirm", "/add-checkpoint", *SIGNED, GEO)
}
OPERATIONS = [(path, method) for path, methods in PATHS.items() for method in methods]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_documented(api, path: str, method: str, mode: GenerationMode) -> None:
    operation = api[path][method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(excluded_checks=JUDGED.get(path, []))

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # nothing can be wrong with what has no parameters


def test_the_document_lists_every_code_and_status() -> None:
    document = json.loads(Path(DOCUMENT).read_text("utf-8"))
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert {"413", "429", "500"} <= set(operation["responses"]), path
            assert operation["operationId"]
            for status in ("429", "503"):
                if status in operation["responses"]:
                    answer = operation["responses"][status]
                    if "$ref" in answer:
                        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                    assert "Retry-After" in answer["headers"]
