"""What a browser asks for to sign in and to stay so."""

from typing import Any

from fastapi.testclient import TestClient

AUTH = "/api/v1/auth"
PASSWORD = "correct horse battery"
Json = dict[str, Any]


def sign_in(browser: TestClient, password: str = PASSWORD, email: str = "ada@example.com", scope: str = "") -> Any:
    return browser.post(f"{AUTH}/login", data={"username": email, "password": password, "scope": scope})


def me(browser: TestClient, token: str) -> Any:
    return browser.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {token}"})


def cookie_of(browser: TestClient) -> str:
    return browser.cookies["logidata_refresh"]


def refresh_by(browser: TestClient, cookie: str) -> Any:
    browser.cookies.clear()
    browser.cookies.set("logidata_refresh", cookie, path=AUTH)
    answer = browser.post(f"{AUTH}/refresh")
    browser.cookies.clear()
    browser.cookies.update(answer.cookies)
    return answer
