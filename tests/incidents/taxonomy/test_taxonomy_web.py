"""The phone fetches the taxonomy once and asks again only whether it changed."""

from typing import Any

from incidents.taxonomy import taxonomy


def test_a_phone_gets_its_language_and_a_tag(client: Any) -> None:
    answer = client.device().get("/api/v1/taxonomy?language=hy")
    assert answer.status_code == 200
    assert answer.json["types"]["explosion"]["label"] == "Պայթյուն"
    assert answer.headers["ETag"] == f'"{taxonomy().digest}-hy"'


def test_an_unchanged_taxonomy_is_not_sent_again(client: Any) -> None:
    phone = client.device()
    tag = phone.get("/api/v1/taxonomy?language=az").headers["ETag"]
    again = phone.get("/api/v1/taxonomy?language=az", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    other = phone.get("/api/v1/taxonomy?language=ru", headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_another_language_is_refused(client: Any) -> None:
    answer = client("monitor").get("/api/v1/taxonomy?language=fr")
    assert answer.status_code == 422
    assert "language" in answer.json["errors"]


def test_a_stranger_gets_no_taxonomy(client: Any) -> None:
    assert client.nobody().get("/api/v1/taxonomy").status_code == 401
