"""The threshold of ideas: declared where its progress may be shown, refused anywhere else."""

import pytest

from civic.declaration import DeclarationError
from civic.modules.ideas.settings import settings_of
from tests.civic.town import MODULES, RULES_TOML, consultation

OPEN = 'modules = ["ideas"]\ncounts = "open"\n[[phase]]\nid = "vote"\nstarts_at = 2026-03-01T00:00:00Z\n'
OPEN += 'ends_at = 2026-03-31T00:00:00Z\nopen = ["proposal", "vote"]\n'


def test_a_town_may_promise_to_examine_what_enough_people_support() -> None:
    promised = consultation(f"{OPEN}[ideas]\nthreshold = 50\n")
    MODULES["ideas"].check(promised)
    assert settings_of(promised).threshold == 50
    MODULES["ideas"].check(consultation(OPEN))
    assert settings_of(consultation(RULES_TOML)).threshold == 0


@pytest.mark.parametrize(
    "rules",
    [
        f"{OPEN}[ideas]\nthreshold = 0\n",
        f"{OPEN}[ideas]\nthreshold = 1000001\n",
        f'{OPEN}[ideas]\nthreshold = "50"\n',
        f"{OPEN}[ideas]\nthreshhold = 50\n",
        OPEN.replace('"open"\n[', '"hidden"\n[') + "[ideas]\nthreshold = 50\n",
        OPEN.replace(', "vote"]', "]") + "[ideas]\nthreshold = 50\n",
    ],
)
def test_a_threshold_that_cannot_be_kept_or_shown_is_refused(rules: str) -> None:
    with pytest.raises(DeclarationError):
        MODULES["ideas"].check(consultation(rules))
