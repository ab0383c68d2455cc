"""The OpenAPI document is true: calls made from it, right and wrong ones, get the answers that it tells."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from mcu_nlp_service import Settings, create_app
from mcu_nlp_service.access.keys import Keys
from mcu_nlp_service.storage import Database
from schemathesis.config import SchemathesisConfig

CONFIG = {
    # Unknown parameters of an address are passed over, as everywhere on the web.
    "generation": {"max-examples": 6, "deterministic": True, "database": "none", "allow-extra-parameters": False},
    # Every parameter's bounds are visited by design, a little more at random; stateful runs belong to those who wait.
    "phases": {"coverage": {"enabled": True}, "fuzzing": {"enabled": True}, "stateful": {"enabled": False}},
    "checks": {
        # A form cannot say everything: «?!» is a string and no appeal (422), a long one may be too long (413),
        # a file's name may end in what nobody can read (415).
        "negative_data_rejection": {"expected-statuses": ["4xx"]},
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "413", "415", "422", "429"]
        },
    },
}


# The document is made without a database and without a model.
schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi(), config=SchemathesisConfig.from_dict(CONFIG))


@pytest.fixture(scope="module")
def service(start, tmp_path_factory):
    """Where to call and with which key: a service that asks for one."""
    state = tmp_path_factory.mktemp("schema")
    database = Database(Settings(state=state).database_url)
    database.migrate()
    key = Keys(database).create("schema", "admin")
    database.close()
    with start(MCU_NLP_STATE=str(state), MCU_NLP_ACCESS="keys", MCU_NLP_MAX_WAITING="32") as server:
        yield server.url, {"Authorization": f"Bearer {key}"}


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case, service):
    url, headers = service
    case.call_and_validate(base_url=url, headers=headers, timeout=30)
