"""A fake Alipay and a fake WeChat Pay: real HTTP on loopback, real RSA and AES-GCM, the documented formats."""

import base64
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from urllib.parse import parse_qsl, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from axf.payment.settings import AlipaySettings, WechatSettings


@contextmanager
def served(wsgi: Callable) -> Iterator[str]:
    """Serve this application on loopback; the address."""
    server = make_server("127.0.0.1", 0, wsgi, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def new_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def private_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(key: RSAPrivateKey, text: str) -> str:
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPrivateKey, text: str, signature: str) -> bool:
    try:
        key.public_key().verify(base64.b64decode(signature), text.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


class Fake:
    """What both have: two keys, answers to give, and what was asked."""

    def __init__(self) -> None:
        self.shop_key, self.own_key = new_key(), new_key()
        self.asked: list[dict] = []
        self.garbage: bytes | None = None


class FakeAlipay(Fake):
    """https://opendocs.alipay.com: RSA2 over the sorted parameters; answers signed over their raw JSON."""

    APP_ID, SELLER = "2021000000000001", "2088000000000001"

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, dict] = {}

    def settings(self, url: str) -> AlipaySettings:
        keys = (private_pem(self.shop_key), public_pem(self.own_key))
        return AlipaySettings(self.APP_ID, self.SELLER, *keys, f"{url}/gateway.do")

    def opened(self, query: str) -> dict:
        """Return what the shop signed; the signature is proved."""
        said = dict(parse_qsl(query, strict_parsing=True))
        signature = said.pop("sign")
        assert is_signed(self.shop_key, "&".join(f"{k}={said[k]}" for k in sorted(said)), signature)
        assert (said["app_id"], said["sign_type"], said["charset"]) == (self.APP_ID, "RSA2", "utf-8")
        return {**said, "biz_content": json.loads(said["biz_content"])}

    def __call__(self, environ, start_response):
        said = self.opened(Request(environ).query_string.decode())
        self.asked.append(said)
        if self.garbage is not None:
            return Response(self.garbage)(environ, start_response)
        raw = json.dumps(self.answers[said["method"]], ensure_ascii=False)
        name = said["method"].replace(".", "_") + "_response"
        body = f'{{"{name}":{raw},"sign":"{signed(self.own_key, raw)}"}}'
        return Response(body, mimetype="text/html")(environ, start_response)

    def notice(self, key: RSAPrivateKey | None = None, **changes: str) -> bytes:
        said = {
            "notify_id": "ac05099524730693a8b330c5ecf72da9786",
            "notify_type": "trade_status_sync",
            "notify_time": "2026-11-22 20:00:00",
            "charset": "utf-8",
            "version": "1.0",
            "app_id": self.APP_ID,
            "seller_id": self.SELLER,
            "out_trade_no": "P1",
            "trade_no": "2026112222001",
            "trade_status": "TRADE_SUCCESS",
            "total_amount": "22.50",
            "subject": "AXF 订单 & 草莓",
            "body": "",
            **changes,
        }
        text = "&".join(f"{name}={said[name]}" for name in sorted(said))
        return urlencode({**said, "sign": signed(key or self.own_key, text), "sign_type": "RSA2"}).encode()


class FakeWechat(Fake):
    """https://pay.weixin.qq.com/doc/v3: signed requests, answers and notices; resources under AES-256-GCM."""

    APP_ID, MCHID, SERIAL, KEY_ID = "wx0000000000000001", "1900000001", "5F5F5F5F5F", "PUB_KEY_ID_0119"

    def __init__(self) -> None:
        super().__init__()
        self.api_key = secrets.token_hex(16)
        self.answer: tuple[int, dict] = (200, {})

    def settings(self, url: str) -> WechatSettings:
        keys = (private_pem(self.shop_key), self.api_key, public_pem(self.own_key))
        return WechatSettings(self.APP_ID, self.MCHID, self.SERIAL, *keys, self.KEY_ID, url)

    def __call__(self, environ, start_response):
        request = Request(environ)
        scheme, _space, rest = request.headers["Authorization"].partition(" ")
        said = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        path = request.full_path.removesuffix("?")
        body = request.get_data(as_text=True)
        text = f"{request.method}\n{path}\n{said['timestamp']}\n{said['nonce_str']}\n{body}\n"
        assert scheme == "WECHATPAY2-SHA256-RSA2048"
        assert is_signed(self.shop_key, text, said["signature"])
        assert (said["mchid"], said["serial_no"]) == (self.MCHID, self.SERIAL)
        self.asked.append({"path": path, **(json.loads(body) if body else {})})
        if self.garbage is not None:
            return Response(self.garbage, mimetype="application/json")(environ, start_response)
        status, answer = self.answer
        raw = json.dumps(answer).encode()
        response = Response(raw, status, self.headers(raw), mimetype="application/json")
        return response(environ, start_response)

    def headers(self, raw: bytes, key: RSAPrivateKey | None = None, age: int = 0, **changes: str) -> dict[str, str]:
        timestamp, nonce = str(int(time.time()) - age), secrets.token_hex(16)
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": signed(key or self.own_key, f"{timestamp}\n{nonce}\n{raw.decode()}\n"),
            "Wechatpay-Serial": self.KEY_ID,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
            **changes,
        }

    def trade(self, **changes: object) -> dict:
        return {
            "mchid": self.MCHID,
            "appid": self.APP_ID,
            "out_trade_no": "P1",
            "transaction_id": "4200001",
            "trade_state": "SUCCESS",
            "amount": {"total": 2250, "payer_total": 2250, "currency": "CNY", "payer_currency": "CNY"},
            **changes,
        }

    def notice(self, resource: dict, event_type: str = "TRANSACTION.SUCCESS", api_key: str | None = None) -> bytes:
        nonce, kind = secrets.token_hex(6), event_type.split(".", maxsplit=1)[0].lower()
        key = (api_key or self.api_key).encode()
        sealed = AESGCM(key).encrypt(nonce.encode(), json.dumps(resource).encode(), kind.encode())
        return json.dumps(
            {
                "id": "EV-2018022511223320873",
                "create_time": "2026-11-22T20:00:00+08:00",
                "resource_type": "encrypt-resource",
                "event_type": event_type,
                "resource": {
                    "original_type": kind,
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": base64.b64encode(sealed).decode(),
                    "associated_data": kind,
                    "nonce": nonce,
                },
            }
        ).encode()
