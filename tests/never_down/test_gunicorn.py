import socket
from urllib.parse import urlsplit


def test_gunicorn_writes_down_neither_searches_nor_browsers(site):
    before = len(site.log("web"))

    site.ask("/movies/?q=embarrassing", User_Agent="Recognisable/1.0")

    written = site.log("web")[before:]
    assert "GET /movies/" in written
    assert "embarrassing" not in written
    assert "Recognisable" not in written


def test_whoever_asks_does_not_say_where_the_site_lies(site):
    """Nor does the front page, kept for the next one, say so."""
    answer = ask_below("/elsewhere", site)

    assert answer.startswith("HTTP/1.1 404")
    assert "/elsewhere" not in site.ask("/").text


def test_what_is_no_request_leaves_only_its_kind_in_the_log(site):
    before = len(site.log("web"))

    answer = send(b"GET / HTTP/1.1\r\nCookie secret\r\n\r\n", site)

    assert answer.startswith("HTTP/1.1 400")
    written = site.log("web")[before:]
    assert "Invalid request: Invalid HTTP" in written
    assert "secret" not in written
    assert "127.0.0.1" not in written


def ask_below(prefix: str, site) -> str:
    host = urlsplit(site.address).netloc
    head = f"GET {prefix}/ HTTP/1.1\r\nHost: {host}\r\nSCRIPT_NAME: {prefix}\r\n"
    return send(f"{head}Connection: close\r\n\r\n".encode(), site)


def send(what: bytes, site) -> str:
    address = urlsplit(site.address)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(what)
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
