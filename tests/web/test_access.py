"""Who is let in, and how often: the token, and the limit of requests."""

from __future__ import annotations

import base64

import pytest

from index import UsageError
from tests.web.command import run
from tests.web.standin import StandIn
from web.app import WebConfig, create_app
from web.server import serve

TOKEN = "correct-horse-battery"
STRANGER = {"REMOTE_ADDR": "192.0.2.7"}


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()}


def closed() -> object:
    return create_app(StandIn(), WebConfig(token=TOKEN)).test_client()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address", ["/", "/ask?q=why", "/documents", "/api/ask?q=why", "/healthz", "/nothing"]
)
def test_without_the_token_nothing_is_told(address: str) -> None:
    client = closed()
    for headers in (
        {},
        basic("wrong-wrong-wrong-wrong"),
        {"Authorization": "Bearer x"},
        {"Authorization": "x"},
    ):
        response = client.get(address, headers=headers)  # type: ignore[attr-defined]
        assert response.status_code == 401 and "Ofsted" not in response.text and TOKEN not in response.text
        assert response.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert "ETag" not in response.headers


@pytest.mark.parametrize("headers", [basic(TOKEN), {"Authorization": f"Bearer {TOKEN}"}])
def test_with_the_token_everything_is(headers: dict[str, str]) -> None:
    client = closed()
    response = client.get("/documents", headers=headers)  # type: ignore[attr-defined]
    assert response.status_code == 200 and "Set-Cookie" not in response.headers


@pytest.mark.parametrize("token", ["short", "ümlaut-ümlaut-ümlaut", "with\nnewline-with-newline"])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(token: str) -> None:
    with pytest.raises(UsageError, match="at least 16 printable ASCII"):
        create_app(StandIn(), WebConfig(token=token))  # type: ignore[arg-type]


def test_the_token_is_in_no_picture_of_the_settings() -> None:
    assert TOKEN not in repr(WebConfig(token=TOKEN))


def limited(per_minute: int = 3, **more: int) -> object:
    config = WebConfig(requests_per_minute=per_minute, **more)  # type: ignore[arg-type]
    return create_app(StandIn(), config).test_client()  # type: ignore[arg-type]


def test_too_many_requests_are_told_to_wait() -> None:
    client = limited()
    answers = [client.get("/documents", environ_base=STRANGER) for _ in range(4)]  # type: ignore[attr-defined]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].mimetype == "text/html" and "Wait a moment" in answers[3].text
    told = client.get("/api/documents", environ_base=STRANGER)  # type: ignore[attr-defined]
    assert told.status_code == 429 and told.mimetype == "application/problem+json"
    other = client.get("/documents", environ_base={"REMOTE_ADDR": "192.0.2.8"})  # type: ignore[attr-defined]
    assert other.status_code == 200, "another client has its own"


def test_a_stylesheet_and_this_machine_are_not_counted() -> None:
    client = limited()
    for _ in range(5):
        assert client.get("/documents").status_code == 200  # type: ignore[attr-defined]
        with client.get("/static/pincite.css", environ_base=STRANGER) as style:  # type: ignore[attr-defined]
            assert style.status_code == 200


def test_addresses_of_one_network_are_one_client() -> None:
    client = limited()
    codes = [
        client.get("/healthz", environ_base={"REMOTE_ADDR": f"2001:db8::{n}"}).status_code  # type: ignore[attr-defined]
        for n in range(1, 5)
    ]
    assert codes == [200, 200, 200, 429]
    other = client.get("/healthz", environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"})  # type: ignore[attr-defined]
    assert other.status_code == 200


def test_no_limit_at_all() -> None:
    client = limited(0)
    assert {client.get("/", environ_base=STRANGER).status_code for _ in range(9)} == {200}  # type: ignore[attr-defined]


def test_only_proxies_of_ours_say_whom_they_speak_for() -> None:
    trusting, wary = limited(proxies=1), limited()
    for n in range(5):
        headers = {"X-Forwarded-For": f"198.51.100.{n}"}
        assert trusting.get("/healthz", headers=headers).status_code == 200  # type: ignore[attr-defined]
    codes = [
        wary.get(
            "/healthz", headers={"X-Forwarded-For": f"198.51.100.{n}"}, environ_base=STRANGER
        ).status_code  # type: ignore[attr-defined]
        for n in range(4)
    ]
    assert codes == [200, 200, 200, 429], "a stranger could name any address"
    one = {"X-Forwarded-For": "198.51.100.77"}
    codes = [trusting.get("/healthz", headers=one).status_code for _ in range(4)]  # type: ignore[attr-defined]
    assert codes == [200, 200, 200, 429]


@pytest.mark.parametrize("option", ["--token", "--write-token"])
def test_the_command_refuses_a_token_that_can_be_guessed(option: str) -> None:
    result = run("serve", option, "short", "--host", "0.0.0.0", "--data", "none")
    name = "PINCITE_TOKEN" if option == "--token" else "PINCITE_WRITE_TOKEN"
    assert result.exit_code == 2 and f"{name} has to have at least 16" in result.stderr


def test_an_address_open_to_others_wants_a_token() -> None:
    """With one the port is looked at next, which is then told to be none."""
    with pytest.raises(UsageError, match="PINCITE_TOKEN"):
        serve(lambda: None, "0.0.0.0", 70_000)  # type: ignore[arg-type, return-value]
    with pytest.raises(UsageError, match="1 to 65535"):
        serve(lambda: None, "0.0.0.0", 70_000, token=True)  # type: ignore[arg-type, return-value]
