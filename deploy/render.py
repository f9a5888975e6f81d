"""Fill the values of one installation into deploy/nginx.conf and print it.

    python deploy/render.py --host shop.example >/etc/nginx/nginx.conf

The defaults are the folders of deploy/README.md. Needs no package beside Python's own.
"""

import argparse
import re
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
# Nothing that could end a directive or begin another.
VALUE = re.compile(r"[\w./:@+\[\]-]+")


@dataclass
class Site:
    """Where one installation has what; ``user`` is empty when nginx is not started by root."""

    host: str
    http: str = "80"
    https: str = "443"
    # Loopback or a unix socket, never another address.
    metrics: str = "127.0.0.1:9180"
    ipv6: bool = True
    # Whether nginx has Debian's libnginx-mod-http-brotli-static.
    brotli: bool = BROTLI.exists()
    user: str = "www-data"
    pid: str = "/run/nginx.pid"
    log: str = "/var/log/nginx"
    state: str = "/var/lib/axf/nginx"
    run: str = "/run/axf"
    static: str = "/var/lib/axf/static"
    media: str = "/var/lib/axf/media"
    pages: str = str(DEPLOY / "pages")
    certificate: str = "/etc/axf/tls/fullchain.pem"
    key: str = "/etc/axf/tls/privkey.pem"

    def __post_init__(self) -> None:
        """Refuse what nginx would read as something else. Raises ValueError."""
        if not NAME.fullmatch(self.host):
            raise ValueError(f"{self.host!r} is no host name in small letters")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str) and value and not VALUE.fullmatch(value):
                raise ValueError(f"{field.name}: {value!r} holds a character that nginx.conf cannot")

    @property
    def authority(self) -> str:
        """The host with its port, as browsers say it: without the port of https."""
        port = self.https.rpartition(":")[2]
        return self.host if port == "443" else f"{self.host}:{port}"


def render(site: Site, template: str) -> str:
    """Return the template with every ``${axf_…}`` replaced. Raises KeyError for one that is unknown."""
    values = {name: str(value) for name, value in asdict(site).items()}
    values |= {
        "authority": site.authority,
        "ipv6": "" if site.ipv6 else "# ",
        "brotli": "" if site.brotli else "# ",
        "brotli_module": str(BROTLI),
        "user_line": f"user {site.user};" if site.user else "",
    }
    return re.sub(r"\$\{axf_(\w+)\}", lambda found: values[found[1]], template)


def read_arguments() -> Site:
    """Read the command line: an option for each value of a Site."""
    parser = argparse.ArgumentParser(description="Print nginx.conf for one installation.")
    parser.add_argument("--host", required=True, help="the name that shoppers use, as in AXF_BASE_URL")
    for field in fields(Site)[1:]:
        if field.name == "ipv6":
            parser.add_argument("--no-ipv6", dest="ipv6", action="store_false", help="listen on IPv4 only")
        elif field.name == "brotli":
            parser.add_argument("--no-brotli", dest="brotli", action="store_false", default=field.default,
                                help="leave the module out although this host has it")  # fmt: skip
        else:
            parser.add_argument(f"--{field.name}", default=field.default, help="default %(default)s")
    try:
        return Site(**vars(parser.parse_args()))
    except ValueError as wrong:
        parser.error(str(wrong))


if __name__ == "__main__":
    sys.stdout.write(render(read_arguments(), (DEPLOY / "nginx.conf").read_text()))
