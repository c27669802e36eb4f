"""The shop over HTTP, against a real one on this machine that fails in every way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconsole.config.gestures import Shop as Settings
from agentconsole.errors import Ambiguous, ChannelError, NotSent, Rejected
from agentconsole.fulfilment.base import Busy, Order, Receipt, Unclear
from agentconsole.fulfilment.shop import LONGEST_PAUSE, ShopService, body_of, signature
from tests.servers.shop import Answer, Asked, Fails, Failure, Shop, verifier
from tests.servers.tls import make_certificates

SECRET = "clé partagée"
ORDER = Order(
    UUID("0198c0de-5a7b-7c31-9d2e-0242ac120002"), "credit", 1500, "EUR", "late_delivery", uuid4(), 1234
)  # fmt: skip


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop(SECRET) as made:
        yield made


class Wire:
    """Whether the point of no return was announced, and what was known at the shop then."""

    def __init__(self, shop: Shop | None = None, answer: bool = True) -> None:
        self.shop, self.answer = shop, answer
        self.calls: list[int] = []

    def __call__(self) -> bool:
        self.calls.append(len(self.shop.asked) if self.shop else 0)
        return self.answer


def service(url: str, *, seconds: float = 5, secret: str = SECRET) -> ShopService:
    settings = Settings(url=url, timeout="5s").model_copy(update={"timeout": timedelta(seconds=seconds)})
    return ShopService(settings, secret)


def test_one_request_with_what_the_shop_needs_and_nothing_of_the_customer(shop: Shop) -> None:
    wire = Wire(shop)
    assert service(shop.url).fulfil(ORDER, wire) == Receipt("shop-1")
    (asked,) = shop.asked
    assert json.loads(asked.body) == {
        "id": str(ORDER.id), "kind": "credit", "amount": 1500, "currency": "EUR", "reason": "late_delivery",
        "customer": str(ORDER.customer), "conversation": 1234,
    }  # fmt: skip
    assert (asked.path, asked.key, asked.headers["Content-Type"]) == ("/gestures", str(ORDER.id), "application/json")
    assert asked.verified
    assert abs(int(asked.headers["Agentconsole-Timestamp"]) - time.time()) < 60
    assert wire.calls == [0]


def test_asked_again_it_is_the_same_body_and_nothing_is_given_twice(shop: Shop) -> None:
    assert {service(shop.url).fulfil(ORDER, Wire()).reference for _ in range(3)} == {"shop-1"}
    assert len({asked.body for asked in shop.asked}) == 1
    assert shop.given == {str(ORDER.id): 1}


def test_nothing_is_sent_where_somebody_else_has_taken_over(shop: Shop) -> None:
    with pytest.raises(NotSent):
        service(shop.url).fulfil(ORDER, Wire(answer=False))
    assert shop.asked == []


def test_a_fault_while_noting_the_point_of_no_return_sends_nothing(shop: Shop) -> None:
    def wire() -> bool:
        raise RuntimeError("the desk is gone")

    with pytest.raises(RuntimeError):
        service(shop.url).fulfil(ORDER, wire)
    assert shop.asked == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Rejected), (302, Rejected), (307, Rejected), (308, Rejected), (304, Rejected),
        (400, Rejected), (401, Rejected), (403, Rejected), (404, Rejected), (410, Rejected), (422, Rejected),
        (408, Busy), (425, Busy), (429, Busy), (409, Unclear),
        (500, Unclear), (501, Unclear), (502, Unclear), (503, Unclear), (504, Unclear), (599, Unclear),
        (200, Unclear), (201, Unclear), (202, Unclear), (204, Unclear),
    ],
)  # fmt: skip
def test_what_each_status_means(shop: Shop, status: int, kind: type[ChannelError]) -> None:
    """A 2xx that does not say what was given, and under which name, is no answer either."""
    body = b"" if status in (204, 304) else b'{"error": "says the shop"}'
    shop.does = lambda _asked: Answer(status, body, {"Location": shop.url})
    with pytest.raises(ChannelError) as raised:
        service(shop.url).fulfil(ORDER, Wire())
    assert type(raised.value) is kind
    assert "says the shop" in raised.value.what or body == b""
    assert len(shop.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Please log in to this network</html>", b"", b"null", b"[]", b'"given"', b"\xff\xfe\x00", b"{" * 60_000,
        b'{"reference": "R1"}', b'{"id": "0198c0de-5a7b-7c31-9d2e-0242ac120003", "reference": "R1"}',
        b'{"id": "%s"}' % str(ORDER.id).encode(), b'{"id": "%s", "reference": ""}' % str(ORDER.id).encode(),
        b'{"id": "%s", "reference": 7}' % str(ORDER.id).encode(),
        b'{"id": "%s", "reference": "R1", "more": "%s"}' % (str(ORDER.id).encode(), b"x" * 70_000),
    ],
)  # fmt: skip
def test_a_yes_that_is_not_the_shop_s(shop: Shop, body: bytes) -> None:
    shop.does = lambda _asked: Answer(200, body)
    with pytest.raises(Unclear):
        service(shop.url).fulfil(ORDER, Wire())


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_any_2xx_with_id_and_reference_is_a_yes(shop: Shop, status: int) -> None:
    body = json.dumps({"id": str(ORDER.id).upper(), "reference": " R\n1 ", "more": 1}).encode()
    shop.does = lambda _asked: Answer(status, body)
    assert service(shop.url).fulfil(ORDER, Wire()) == Receipt("R 1")


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(
    "how",
    [
        "reset before an answer", "close before an answer", "half the headers", "half a body", "no HTTP", "slow",
        "drips headers", "drips a body", "drips interim answers", "endless body", "endless headers",
    ],
)  # fmt: skip
def test_a_line_that_breaks_after_the_request(
    how: Failure, tls: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows, and that within the time limit, however the answer drips in."""
    certificates = make_certificates(tmp_path) if tls else None
    if certificates:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file))
    with Shop(SECRET, certificates) as shop:
        shop.does = lambda _asked: Fails(how)
        began = time.monotonic()
        with pytest.raises(Unclear):
            service(shop.url, seconds=1).fulfil(ORDER, Wire())
        assert time.monotonic() - began < 4
        assert shop.given == {str(ORDER.id): 1}
        shop.does = lambda _asked: None
        assert service(shop.url).fulfil(ORDER, Wire()) == Receipt("shop-1")
        assert shop.given == {str(ORDER.id): 1}


def test_a_status_counts_although_its_words_do_not_come(shop: Shop) -> None:
    shop.does = lambda _asked: Answer(429, b"too", {"Content-Length": "500", "Retry-After": "7"})
    with pytest.raises(Busy) as raised:
        service(shop.url).fulfil(ORDER, Wire())
    assert raised.value.after == 7
    shop.does = lambda _asked: Answer(422, b"no", {"Content-Length": "500"})
    with pytest.raises(Rejected):
        service(shop.url).fulfil(ORDER, Wire())


def test_nobody_there(shop: Shop) -> None:
    shop.close()
    wire = Wire()
    with pytest.raises(Busy, match="cannot be reached"):
        service(shop.url).fulfil(ORDER, wire)
    assert wire.calls == []


def test_a_server_that_hangs_up_before_it_is_asked(shop: Shop) -> None:
    shop.does = lambda _asked: Fails("reset at once")
    with pytest.raises((Busy, Unclear)):
        service(shop.url).fulfil(ORDER, Wire())
    assert (shop.asked, shop.given) == ([], {})


def test_a_server_that_speaks_no_tls(shop: Shop) -> None:
    wire = Wire()
    with pytest.raises(Busy):
        service(shop.url.replace("http:", "https:"), seconds=1).fulfil(ORDER, wire)
    assert (wire.calls, shop.asked) == ([], [])


def test_a_server_that_never_finishes_its_handshake(shop: Shop) -> None:
    """A listening socket that nobody accepts on takes the connection and says nothing."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(Busy, match="did not answer within"):
            service(f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.5).fulfil(ORDER, Wire())
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_certificate_that_proves_nothing(wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = make_certificates(tmp_path, *(("other.example",) if wrong == "name" else ()))
    if wrong == "name":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file))
    wire = Wire()
    with Shop(SECRET, certificates) as shop:
        with pytest.raises(Busy, match="CERTIFICATE_VERIFY_FAILED"):
            service(shop.url).fulfil(ORDER, wire)
        assert (wire.calls, shop.asked) == ([], [])


def test_proxies_and_netrc_of_the_environment_get_nothing(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Shop(SECRET) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        service(shop.url).fulfil(ORDER, Wire())
        assert proxy.asked == []
    assert "Authorization" not in shop.asked[0].headers


def test_a_wrong_key_is_refused_and_the_key_is_told_to_nobody(shop: Shop) -> None:
    with pytest.raises(Rejected) as raised:
        service(shop.url, secret="another").fulfil(ORDER, Wire())
    assert "who are you?" in raised.value.what
    assert "another" not in repr(raised.value) + repr(vars(shop.asked[0]))
    assert shop.given == {}


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30.0), ("0", 0.0), ("999999999999", LONGEST_PAUSE), ("-5", None), ("soon", None), ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("Wed, 21 Oct 9999 07:28:00 GMT", LONGEST_PAUSE), ("1e3", None),
        ("٣", None),
    ],
)  # fmt: skip
def test_how_long_the_shop_wants_us_to_wait(shop: Shop, said: str, seconds: float | None) -> None:
    shop.does = lambda _asked: Answer(503, b"", {"Retry-After": said.encode().decode("latin-1")})
    with pytest.raises(Unclear) as raised:
        service(shop.url).fulfil(ORDER, Wire())
    assert raised.value.after == seconds


def test_a_date_to_wait_for(shop: Shop) -> None:
    shop.does = lambda _asked: Answer(
        429, b"", {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)}
    )
    with pytest.raises(Busy) as raised:
        service(shop.url).fulfil(ORDER, Wire())
    assert raised.value.after == pytest.approx(600, abs=30)


@given(secret=st.text(min_size=1), reason=st.text(), place=st.integers(min_value=0), flip=st.integers(1, 255))
def test_no_byte_of_body_or_time_changes_unnoticed(secret: str, reason: str, place: int, flip: int) -> None:
    try:
        secret.encode(), reason.encode()
    except UnicodeEncodeError:
        return
    verify: Callable[..., bool] = verifier()
    body, now = body_of(Order(ORDER.id, "credit", 1, "EUR", reason, ORDER.customer, 1)), str(int(time.time()))
    headers = {"Agentconsole-Timestamp": now, "Agentconsole-Signature": signature(secret, now, body)}
    assert verify(secret, headers, body)
    at = place % len(body)
    changed = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]
    assert not verify(secret, headers, changed)
    assert not verify(secret + "x", headers, body)
    assert not verify(secret, headers | {"Agentconsole-Timestamp": str(int(now) - 1)}, body)
    assert not verify(secret, headers | {"Agentconsole-Timestamp": str(int(now) - 400)}, body)


def test_it_is_ambiguous_or_not_sent_as_everywhere() -> None:
    assert issubclass(Busy, NotSent)
    assert issubclass(Unclear, Ambiguous)
    assert isinstance(Asked("", {}, b"", False).key, str)
