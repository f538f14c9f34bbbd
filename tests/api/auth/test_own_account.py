"""One's own account: password and name."""

from fastapi.testclient import TestClient

from tests.api.auth.browser import AUTH, PASSWORD, me, sign_in


def test_a_new_password_ends_every_other_login(browser: TestClient) -> None:
    elsewhere = sign_in(browser).json()["access_token"]
    here = {"Authorization": f"Bearer {sign_in(browser).json()['access_token']}"}
    new = "another good password"

    wrong = browser.put(
        f"{AUTH}/password", json={"current_password": "not it at all", "new_password": new}, headers=here
    )
    right = browser.put(f"{AUTH}/password", json={"current_password": PASSWORD, "new_password": new}, headers=here)

    assert (wrong.status_code, wrong.json()["code"]) == (422, "password-wrong")
    assert right.status_code == 204, right.text
    assert me(browser, elsewhere).status_code == 401
    assert browser.get(f"{AUTH}/me", headers=here).status_code == 200
    assert (sign_in(browser).status_code, sign_in(browser, new).status_code) == (401, 200)


def test_the_present_password_cannot_be_guessed_with_a_stolen_token(browser: TestClient) -> None:
    here = {"Authorization": f"Bearer {sign_in(browser).json()['access_token']}"}
    body = {"current_password": "guess", "new_password": "another good password"}

    answers = [browser.put(f"{AUTH}/password", json=body, headers=here).status_code for _ in range(7)]

    assert answers == [422] * 5 + [429] * 2


def test_the_service_token_is_no_person(client: TestClient) -> None:
    who = client.get(f"{AUTH}/me").json()
    assert (who["id"], who["role"], who["is_service"], who["has_password"]) == (None, "admin", True, False)
    assert client.patch(f"{AUTH}/me", json={"name": "x"}).json()["code"] == "person-needed"


def test_people_change_their_own_name_and_nothing_else(browser: TestClient) -> None:
    here = {"Authorization": f"Bearer {sign_in(browser).json()['access_token']}"}

    assert browser.patch(f"{AUTH}/me", json={"name": "Ada L."}, headers=here).json()["name"] == "Ada L."
    assert browser.patch(f"{AUTH}/me", json={"name": "Ada", "role": "admin"}, headers=here).status_code == 422
