"""The web as a source: a real server on loopback, allowed on purpose; and all that is never fetched."""

from __future__ import annotations

import gzip
import http.server
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

import index.fetching.addresses
from index import FetchSettings, UsageError, index_paths, open_store
from index.fetching.addresses import Allowed, FetchError, canonical, resolve
from index.fetching.fetch import Fetcher, Validators, user_agent
from tests.hashing import HashingEmbedder
from tests.index.samples import FINDING, REPLY, TITLE, packed, page, pdf

LOOPBACK = ("127.0.0.1",)
PRIVATE = ".".join(("10", "0", "0", "1"))  # spelt so because no address of a network may stand in the source


class Server:
    """Answers as it is told: path -> (status, headers, body), or a function of the handler. Remembers requests."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes] | Callable] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                found = served.pages.get(self.path, (404, {}, b""))
                if callable(found):
                    found(self)
                    return
                status, headers, body = found
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        class Threaded(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None: ...

        self.server = Threaded(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()
    yield served
    served.server.shutdown()
    served.server.server_close()


def html(body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "text/html; charset=utf-8"} | headers, body or page()


def fetcher(**more: object) -> Fetcher:
    return Fetcher(FetchSettings(**{"allow": LOOPBACK, "timeout_s": 60} | more), sleep=lambda s: None)  # type: ignore[arg-type]


def refused(url: str, **more: object) -> str:
    with pytest.raises((FetchError, UsageError)) as caught:
        fetcher(**more).fetch(url)
    return str(caught.value)


# What is fetched


def test_a_page_with_who_asks(server):
    server.pages["/a"] = html()
    answer = fetcher().fetch(f"{server.url}/a#part")
    assert (answer.url, answer.data) == (f"{server.url}/a", page())
    assert server.paths() == ["/robots.txt", "/a"]
    asked = server.asked[1][1]
    assert asked["host"] == server.host and asked["user-agent"] == user_agent()
    assert user_agent().startswith("Pincite/0.")


def test_redirects_are_followed_a_little(server):
    server.pages |= {
        "/a": (301, {"Location": "/b"}, b""),
        "/b": (302, {"Location": f"{server.url}/c"}, b""),
        "/c": html(),
    }
    assert fetcher().fetch(f"{server.url}/a").url == f"{server.url}/c"
    assert "redirects more than 1 times" in refused(f"{server.url}/a", max_redirects=1)
    server.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    assert "redirects more than 5 times" in refused(f"{server.url}/loop")


@pytest.mark.parametrize(
    "place", ["ftp://example.org/x", "file:///etc/passwd", "//u:p@example.org/", "http://[::1", "gopher:x"]
)
def test_a_redirect_to_what_is_not_fetched(server, place):
    server.pages["/a"] = (302, {"Location": place}, b"")
    assert "redirects to what is not fetched" in refused(f"{server.url}/a")


def test_a_redirect_into_the_network_is_refused(server):
    """The server is reached by its name, which alone is allowed; it then points to its bare address."""
    server.pages |= {"/a": (302, {"Location": f"{server.url}/secret"}, b""), "/secret": html()}
    port = server.host.rpartition(":")[2]
    said = refused(f"http://localhost:{port}/a", allow=("localhost",))
    assert "127.0.0.1, which is not a public address; --allow-address 127.0.0.1 would allow it" in said
    assert "/secret" not in server.paths()


def test_sizes_are_limited_as_sent_as_announced_and_as_unpacked(server):
    server.pages |= {
        "/long": html(b"x" * 5_000),
        "/bomb": html(gzip.compress(bytes(50_000_000)), **{"Content-Encoding": "gzip"}),
        "/packed": html(gzip.compress(page()), **{"Content-Encoding": "gzip"}),
    }

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100_000):
            handler.wfile.write(b"x" * 1_000)

    server.pages["/endless"] = endless
    for path in ("/long", "/bomb", "/endless"):
        assert "larger than the limit of 4,000 bytes" in refused(server.url + path, max_bytes=4_000)
    assert fetcher(max_bytes=4_000).fetch(f"{server.url}/packed").data == page()


def test_time_is_limited_where_nothing_comes_and_where_little_does(server):
    over = threading.Event()

    def silent(handler):
        over.wait(120)

    def dripping(handler):
        for _ in range(600):  # in the end both hang up, which is another problem
            if over.wait(0.1):
                break
            handler.wfile.write(b"H")
            handler.wfile.flush()

    server.pages |= {"/silent": silent, "/dripping": dripping}
    said = refused(f"{server.url}/silent", timeout_s=0.5)
    assert "timed out" in said and "try again later" in said
    said = refused(f"{server.url}/dripping", total_s=1.5)
    assert "took longer than 1.5 s; try again later" in said
    over.set()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "is not there"),
        (410, "is not there"),
        (403, "not open to everyone"),
        (500, "HTTP 500"),
        (206, "HTTP 206"),
    ],
)
def test_what_is_no_document(server, status, words):
    server.pages["/a"] = (status, {}, b"no")
    assert words in refused(f"{server.url}/a")


# robots.txt


def test_robots_are_respected_also_after_a_redirect(server):
    server.pages |= {
        "/robots.txt": (
            200,
            {},
            b"User-agent: *\nDisallow: /private\nUser-agent: Pincite\nDisallow: /not-for-us\n",
        ),
        "/private": html(),
        "/not-for-us": html(),
        "/a": (302, {"Location": "/not-for-us"}, b""),
    }
    assert fetcher().fetch(f"{server.url}/private").status == 200  # what is said to us by name goes before
    for path in ("/not-for-us", "/a"):
        assert "closed to robots" in refused(server.url + path)
    assert "/not-for-us" not in server.paths()


def test_robots_that_cannot_be_read(server):
    server.pages |= {"/a": html(), "/robots.txt": (503, {}, b"")}
    assert "robots.txt cannot be read (HTTP 503)" in refused(f"{server.url}/a")
    server.pages["/robots.txt"] = (403, {}, b"")
    assert fetcher().fetch(f"{server.url}/a").status == 200
    server.pages["/robots.txt"] = (
        200,
        {},
        b"User-agent: *\nDisallow: /b\n" + b"#" * 5_000_000 + b"\nDisallow: /a\n",
    )
    assert fetcher().fetch(f"{server.url}/a").status == 200


def test_the_delay_that_a_server_asks_for_is_kept(server):
    server.pages |= {"/robots.txt": (200, {}, b"User-agent: *\nCrawl-delay: 7\n"), "/a": html(), "/b": html()}
    slept: list[float] = []
    asks = Fetcher(FetchSettings(allow=LOOPBACK), sleep=slept.append)
    asks.fetch(f"{server.url}/a")
    assert slept == []
    asks.fetch(f"{server.url}/b")
    assert len(slept) == 1 and 6 < slept[0] <= 7
    assert server.paths().count("/robots.txt") == 1


# What is never reached


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        PRIVATE,
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:a00:1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:db8::1",
        "fec0::1",
    ],
)
def test_addresses_that_are_not_public(address):
    assert "is not a public address" in Allowed().problem("example.org", address)
    with pytest.raises(FetchError):
        resolve("example.org", 80, Allowed(), lambda *a, **k: [(0, 0, 0, "", (address, 80))])


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses(address):
    assert Allowed().problem("example.org", address) == ""


def test_one_inner_address_spoils_a_name():
    found = [(0, 0, 0, "", (address, 80)) for address in ("93.184.216.34", "127.0.0.1")]
    with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
        resolve("example.org", 80, Allowed(), lambda *a, **k: found)


def test_what_is_allowed_by_name_or_network():
    allowed = Allowed.parse(("127.0.0.0/8", "Intranet.Example.", "::1"))
    assert allowed.problem("x", "127.9.9.9") == "" == allowed.problem("intranet.example", "fc00::1")
    assert allowed.problem("x", "::1") == "" and allowed.problem("x", "::2") and allowed.problem("x", PRIVATE)
    for value in ("192.0.2.0/99", "", "a b", "http://x"):
        with pytest.raises(UsageError, match="no address that could be allowed"):
            Allowed.parse((value,))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:7f00:1]/",
        "http://localhost/",
    ],
)
def test_however_loopback_is_written(url):
    with pytest.raises(FetchError, match=r"not a public address|is not known"):
        Fetcher(FetchSettings()).fetch(url)


def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere(server, monkeypatch):
    """DNS rebinding: the name is looked up once, and the connection goes to the address that was checked."""
    server.pages["/a"] = html()
    port = server.server.server_port
    real, asked = socket.getaddrinfo, []

    def rebinding(host, *more, **most):
        if host != "rebind.example":
            return real(host, *more, **most)
        asked.append(host)
        address = "127.0.0.1" if len(asked) % 2 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(index.fetching.addresses.resolve, "__defaults__", (rebinding,))
    connected = []
    connect = socket.socket.connect
    monkeypatch.setattr(
        socket.socket, "connect", lambda self, at: (connected.append(at[0]), connect(self, at))[1]
    )
    # The first answer is allowed and is the one connected to, under the name; then robots.txt was that one, and the
    # page meets the second answer, which is refused before anything is sent.
    with pytest.raises(FetchError, match=r"rebind\.example is at 127\.0\.0\.2"):
        Fetcher(FetchSettings(allow=LOOPBACK, timeout_s=60)).fetch(f"http://rebind.example:{port}/a")
    assert len(asked) == 2 and set(connected) == {"127.0.0.1"}
    assert [(path, headers["host"]) for path, headers in server.asked] == [
        ("/robots.txt", f"rebind.example:{port}")
    ]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "https://",
        "http://u:secret@example.org/",
        "https://u@example.org",
        "http://exa mple.org/",
        "http://[fe80::1%25eth0]/",
        "http://example.org:99999/",
    ],
)
def test_addresses_that_are_not_fetched(url):
    with pytest.raises(UsageError) as caught:
        canonical(url)
    assert "secret" not in str(caught.value)


def test_one_form_of_an_address():
    assert canonical("HTTP://Example.org:80") == "http://example.org/"
    assert canonical("https://bücher.example/ä?q=ö x#y".replace(" ", "%20")) == (
        "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6%20x"
    )
    assert canonical("http://[2606:4700::1111]:8080/a%2Fb") == "http://[2606:4700::1111]:8080/a%2Fb"


# In an index


@pytest.fixture
def store(tmp_path):
    with closing(open_store(tmp_path / "data", create=True)) as store:
        yield store
        assert store.check() == []


def indexed(store, *urls, **more):
    settings = FetchSettings(allow=LOOPBACK, timeout_s=60)
    return index_paths(store, HashingEmbedder(), list(urls), fetch=settings, **more)


def test_the_content_type_decides_and_the_address_is_name_and_link(store, server):
    server.pages |= {
        "/page": html(),
        "/report": (200, {"Content-Type": "application/pdf"}, pdf()),
        "/": (302, {"Location": "/page"}, b""),
        "/latin.txt": (
            200,
            {"Content-Type": "text/plain; charset=iso-8859-1"},
            "The café is shut.".encode("latin-1"),
        ),
        "/vague.pdf": (200, {"Content-Type": "application/octet-stream"}, pdf()),
        "/notes.md": (200, {"Content-Type": "text/plain"}, b"# Head\n\nBody."),
        "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
        "/wrong": (200, {"Content-Type": "application/pdf"}, page()),
        "/old": (
            200,
            {"Content-Type": "text/html; charset=windows-1251"},
            "<p>Комиссия проверила.".encode("cp1251"),
        ),
    }
    urls = [
        f"{server.url}{path}"
        for path in (
            "/",
            "/report",
            "/latin.txt",
            "/vague.pdf",
            "/notes.md",
            "/old",
            "/picture",
            "/wrong",
            "/gone",
        )
    ]
    summary = indexed(store, *urls)
    infos = {info.source_id: info for info in store.documents()}
    assert {name.removeprefix(server.url): info.media_type for name, info in infos.items()} == {
        "/page": "text/html",
        "/report": "application/pdf",
        "/latin.txt": "text/plain",
        "/vague.pdf": "application/pdf",
        "/notes.md": "text/markdown",
        "/old": "text/html",
    }
    assert all(info.url == info.origin == name for name, info in infos.items())
    assert infos[f"{server.url}/page"].title == TITLE
    assert store.document(f"{server.url}/latin.txt").text == "The café is shut."
    assert store.document(f"{server.url}/old").text == "Комиссия проверила."
    told = {error.where.removeprefix(server.url): error.reason for error in summary.failed}
    assert (
        "image/png, which is not read" in told["/picture"]
        and "HTML" in told["/wrong"]
        and "404" in told["/gone"]
    )
    assert len(told) == 3


def test_what_has_not_changed_is_asked_for_and_not_sent_again(store, server):
    def answer(handler):
        fresh = handler.headers.get("If-None-Match") == '"v1"'
        handler.send_response(304 if fresh else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        handler.wfile.write(b"" if fresh else page())

    server.pages |= {
        "/a": answer,
        "/b": html(**{"Last-Modified": "Fri, 07 Apr 2017 10:00:00 GMT"}),
        "/plain": html(page() + b"<!-- -->"),
    }
    urls = [f"{server.url}/{name}" for name in ("a", "b", "plain")]
    assert indexed(store, *urls).added == urls
    server.asked.clear()
    generation = store.counts().generation
    assert indexed(store, *urls, prune=True).unchanged == urls
    sent = dict(server.asked)
    assert sent["/a"]["if-none-match"] == '"v1"' and sent["/b"]["if-modified-since"].startswith("Fri")
    assert store.counts().generation == generation
    server.pages["/b"] = html(b"<p>It says something else.")
    summary = indexed(store, *urls)
    assert (summary.changed, summary.unchanged) == ([urls[1]], [urls[0], urls[2]])
    # A document that was removed meanwhile is fetched whole.
    from index import document_id

    store.remove([document_id(urls[0])])
    assert indexed(store, urls[0]).added == [urls[0]]


def test_what_is_gone_goes_with_prune_and_what_fails_stays(store, server):
    server.pages |= {"/a": html(), "/b": html(b"<p>Another page.")}
    urls = [f"{server.url}/a", f"{server.url}/b"]
    indexed(store, *urls)
    server.pages |= {"/a": (410, {}, b""), "/b": (500, {}, b"")}
    assert indexed(store, *urls).removed == []
    summary = indexed(store, *urls, prune=True)
    assert summary.removed == [urls[0]] and len(summary.failed) == 2
    assert [info.source_id for info in store.documents()] == [urls[1]]
    # Other addresses, and files, are none of this run's business.
    assert indexed(store, urls[0], prune=True).removed == []


def test_an_archive_on_the_web(store, server):
    server.pages["/a.zip"] = (
        200,
        {"Content-Type": "application/zip"},
        packed({"x.txt": FINDING, "y.txt": REPLY}),
    )
    url = f"{server.url}/a.zip"
    assert indexed(store, url).added == [f"{url}/x.txt", f"{url}/y.txt"]
    assert indexed(store, url, prune=True).unchanged == [f"{url}/x.txt", f"{url}/y.txt"]
    server.pages["/a.zip"] = (200, {"Content-Type": "application/zip"}, packed({"x.txt": FINDING}))
    assert indexed(store, url, prune=True).removed == [f"{url}/y.txt"]


def test_a_page_is_not_the_copy_of_a_file(store, server, tmp_path):
    (tmp_path / "a.html").write_bytes(page())
    index_paths(store, HashingEmbedder(), [tmp_path / "a.html"])
    server.pages["/a"] = html()
    assert indexed(store, f"{server.url}/a").added == [f"{server.url}/a"]
    assert len(store.documents()) == 2 and store.aliases() == []


def test_validators_are_those_of_the_answer():
    from index.fetching.fetch import Answer

    assert Answer("u", 200, b"", {"etag": "e"}).validators == Validators("e", "")


@pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl, which makes the certificate, is not installed"
)
def test_https_goes_to_the_checked_address_under_the_name_of_the_host(server, tmp_path, monkeypatch):
    """The certificate is that of the name, not of the address; and it is verified."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", key, "-out", certificate, "-subj", "/CN=named.example"),
            *("-addext", "subjectAltName=DNS:named.example"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.pages["/a"] = html()
    port = server.server.server_port
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(index.fetching.addresses.resolve, "__defaults__", (lambda *a, **k: found,))
    assert "cannot be fetched" in refused(f"https://named.example:{port}/a"), (
        "nobody vouches for the certificate"
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetcher().fetch(f"https://named.example:{port}/a").data == page()
    assert set(names) == {"named.example"}
    assert server.asked[-1][1]["host"] == f"named.example:{port}"
    assert "cannot be fetched" in refused(f"https://other.example:{port}/a"), "it is not that of this name"
