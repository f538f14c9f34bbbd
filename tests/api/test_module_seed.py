"""The module table follows the catalogue, and keeps what people changed."""

from collections import Counter
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.main import create_app
from api.models import Module
from api.services.module_seed import seed
from api.settings import Settings
from dag_factory.catalog import load_catalog
from tests.api.catalogue import ENTRIES, PRESET, catalog, module

NEW_PRESET = PRESET | {"name": "shipped-later"}


def filter_module(**changes: Any) -> dict[str, Any]:
    schema = ENTRIES[1]["config_schema"]
    return module("filter-transformer", schema["properties"], ("condition",), **changes)


def row(session: Session, name: str = "filter-transformer") -> Module:
    session.expire_all()
    return session.scalars(select(Module).where(Module.name == name)).one()


def test_seeding_again_changes_nothing(session: Session) -> None:
    assert seed(session, catalog()) == 0


def test_the_real_catalogue_offers_38_modules(client: TestClient, session: Session) -> None:
    seed(session, load_catalog())
    session.commit()

    offered = client.get("/api/v1/modules").json()["items"]

    assert Counter(item["type"] for item in offered) == {"extractor": 8, "transformer": 20, "loader": 10}


def test_an_upgrade_changes_the_row_and_keeps_its_identity(session: Session) -> None:
    before = row(session).id

    assert seed(session, catalog(filter_module(version="2.0.0", presets=(NEW_PRESET,)), *ENTRIES[2:])) == 2

    after = row(session)
    assert (after.id, after.version, after.presets) == (before, "2.0.0", [NEW_PRESET])


def test_edited_presets_and_activity_survive_an_upgrade(client: TestClient, session: Session) -> None:
    url = "/api/v1/modules/transformer/filter-transformer"
    mine = {"name": "mine", "title": "Mine", "description": "", "config": {"condition": "x > 1"}}
    client.patch(url, json={"presets": [mine], "is_active": False})

    seed(session, catalog(filter_module(version="2.0.0", presets=(NEW_PRESET,))))
    session.commit()

    shown = client.get(url).json()
    assert (shown["version"], shown["presets"], shown["is_active"]) == ("2.0.0", [mine], False)
    assert client.patch(url, json={"presets": None}).json()["presets"] == [NEW_PRESET]


def test_a_module_that_left_is_hidden_and_returns_as_it_was(client: TestClient, session: Session) -> None:
    client.patch("/api/v1/modules/loader/csv-loader", json={"is_active": False})
    seed(session, catalog(*ENTRIES[1:4]))
    session.commit()

    offered = [item["name"] for item in client.get("/api/v1/modules").json()["items"]]
    assert "csv-extractor" not in offered
    assert (row(session, "csv-extractor").in_catalog, row(session, "csv-extractor").is_active) == (False, True)
    assert seed(session, catalog()) == 2
    assert (row(session, "csv-extractor").is_active, row(session, "csv-loader").is_active) == (True, False)


def test_the_shipped_catalogue_seeds_and_lists(settings: Settings, engine: Engine) -> None:
    shipped = load_catalog()
    with TestClient(create_app(settings, background=False)) as client:
        token = settings.service_token.get_secret_value()
        listed = client.get("/api/v1/modules", headers={"Authorization": f"Bearer {token}"}).json()

    assert sorted(item["name"] for item in listed["items"]) == [spec.id for spec in shipped]
