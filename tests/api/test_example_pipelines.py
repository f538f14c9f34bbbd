"""The shipped pipelines: listed, made with their files, and left alone once they are there."""

import pytest
from fastapi.testclient import TestClient

from api.services.example_pipelines import SHIPPED, all_by_name

EXAMPLES = "/api/v1/examples"


@pytest.mark.parametrize("name", list(all_by_name()))
def test_an_example_is_made_once(client: TestClient, name: str) -> None:
    made = client.post(f"{EXAMPLES}/{name}")
    again = client.post(f"{EXAMPLES}/{name}")

    assert made.status_code == 201, made.text
    assert (again.status_code, again.json()["id"], again.json()["revision"]) == (200, made.json()["id"], 1)
    listed = {each["name"]: each["pipeline_id"] for each in client.get(EXAMPLES).json()["items"]}
    assert listed == dict.fromkeys(all_by_name()) | {name: made.json()["id"]}


def test_a_file_that_somebody_changed_stays(client: TestClient) -> None:
    client.post(f"{EXAMPLES}/cleaned-customers")
    changed = b"customer_id,email,country\n1,a@example.com,France\n"
    client.put("/api/v1/files/content/examples/customers.csv", params={"overwrite": True}, content=changed)

    client.post(f"{EXAMPLES}/sales-by-country")

    assert client.get("/api/v1/files/content/examples/customers.csv").content == changed
    assert client.get("/api/v1/files/content/examples/orders.csv").content == (SHIPPED / "orders.csv").read_bytes()


def test_one_that_is_not_shipped_is_not_found(client: TestClient) -> None:
    refused = client.post(f"{EXAMPLES}/..%2Fmigrations")

    assert (refused.status_code, client.post(f"{EXAMPLES}/none").json()["code"]) == (404, "example-not-found")
