"""Real proxies in front of a real service, set up from the recipes."""

import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.clients.processes import Program, eventually, free_port, machine
from tests.deploy.recipe import DEPLOY, adapted, program

SERVER = """\
daemon off;
pid {here}/pid;
error_log {here}/error.log;
{user}
events {{}}
http {{
    access_log {here}/access.log;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    {recipe}
}}
"""
"""What Debian's nginx.conf is to the recipe, as far as it matters."""


@dataclass(frozen=True, slots=True)
class Front:
    """A proxy that answers. ``certificate`` is whom to believe, ``logs`` where its words are."""

    plain: str
    url: str
    certificate: Path
    logs: Path

    @property
    def client(self) -> httpx.Client:
        """A caller who asks for no compression and follows no redirect; to be closed."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(
            base_url=self.url,
            verify=trusted,
            trust_env=False,
            timeout=30,
            headers={"Accept-Encoding": "identity"},
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        with self.client as client:
            return client.get(
                path, headers={name.replace("_", "-"): value for name, value in headers.items()}
            )

    def said(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.logs.glob("*.log")))


@contextmanager
def caddy(here: Path, service_port: int, *, waits: bool = True) -> Iterator[Front]:
    """Caddy with the recipe's Caddyfile; other ports, a store of its own, and trusted by nobody else.

    It does not wait for a service that is away unless it ``waits``.
    """
    command = program("caddy")
    adapted_by_caddy = subprocess.run(  # noqa: S603  # the program that this is about
        [command, "adapt", "--config", DEPLOY / "caddy" / "Caddyfile"],
        env=machine(here, "UTC"),
        capture_output=True,
        text=True,
        check=True,
    )
    plain, secure = free_port(), free_port()
    text = adapted(
        adapted_by_caddy.stdout,
        {
            '":443"': f'":{secure}"',
            '"feeds"': '"localhost"',
            '"8000"': f'"{service_port}"',
            '"try_duration":15000000000': f'"try_duration":{15_000_000_000 if waits else 1}',
        },
    )
    settings = json.loads(text)
    settings["admin"] = {"disabled": True}
    settings["storage"] = {"module": "file_system", "root": str(here / "store")}
    settings["apps"]["http"] |= {"http_port": plain, "https_port": secure}
    settings["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
    file = here / "caddy.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    certificate = here / "store" / "pki" / "authorities" / "local" / "root.crt"
    front = Front(f"http://localhost:{plain}", f"https://localhost:{secure}", certificate, here)
    with _answering(front, [command, "run", "--config", str(file)]):
        yield front


@contextmanager
def nginx(here: Path, service_port: int, *, cached: bool = False) -> Iterator[Front]:
    """The recipe's server in nginx, with its cache where ``cached``."""
    command = program("nginx")
    plain, secure = free_port(), free_port()
    certificate, key = _certificate(here)
    recipe = adapted(
        (DEPLOY / "nginx" / "amilia-feeds.conf").read_text(encoding="utf-8"),
        {
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ": f"listen 127.0.0.1:{secure} ",
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{service_port};",
            "/etc/letsencrypt/live/calendars.example.org/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/calendars.example.org/privkey.pem": str(key),
            "https://calendars.example.org$": f"https://localhost:{secure}$",
            "server_name calendars.example.org;": "server_name localhost;",
        },
    )
    if cached:
        place = {"/var/cache/nginx/amilia-feeds": str(here / "cache")}
        kept = adapted((DEPLOY / "nginx" / "cache.conf").read_text(encoding="utf-8"), place)
        snippet = DEPLOY / "nginx" / "amilia-feeds-cache.conf"
        inside = {
            "    location / {\n        proxy_pass": f"    location / {{\n include {snippet};\n proxy_pass"
        }
        recipe = kept + adapted(recipe, inside)
    user = "user root;" if os.geteuid() == 0 else ""
    file = here / "nginx.conf"
    file.write_text(SERVER.format(here=here, user=user, recipe=recipe), encoding="utf-8")
    front = Front(f"http://localhost:{plain}", f"https://localhost:{secure}", certificate, here)
    with _answering(front, [command, "-p", str(here), "-c", str(file)]):
        yield front


@contextmanager
def _answering(front: Front, command: list[str]) -> Iterator[None]:
    log = front.logs / "front.log"
    running = Program(command, env=machine(front.logs, "UTC"), log=log, directory=front.logs)

    def answers() -> bool:
        assert running.running(), log.read_text(encoding="utf-8")
        try:
            return front.get("/healthz").status_code in (200, 502)
        except httpx.RemoteProtocolError:  # what is behind it breaks off
            return True
        except (OSError, httpx.TransportError):
            return False

    try:
        eventually(answers, "the proxy answers")
        yield
    finally:
        running.stop()


def _certificate(here: Path) -> tuple[Path, Path]:
    certificate, key = here / "certificate.pem", here / "key.pem"
    subprocess.run(  # noqa: S603  # arguments of our own
        [
            program("openssl"),
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-out", str(certificate), "-keyout", str(key)),
        ],
        capture_output=True,
        check=True,
    )
    return certificate, key
