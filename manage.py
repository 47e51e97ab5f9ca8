#!/usr/bin/env python3
"""Every command of Relais, and its set-up: with python3 and python3-venv alone, any command first fetches the rest.

Started by another Python than that of .venv, it makes .venv as uv.lock says (uv itself comes from a side environment
under var/) and starts again inside. The second time it only compares a stamp. `manage.py test` runs pytest.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "relais-stamp"
SIDE = HERE / "var" / "setup"  # an environment that holds uv and nothing else
UV = "uv==0.13.9"
OLDEST = (3, 11)
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

TOO_OLD = """Relais demande Python 3.11 ou plus récent ; celui-ci est {0}. Relancez avec un autre, par exemple :
Relais needs Python 3.11 or newer; this one is {0}. Start again with another, for instance:
    python3.11 manage.py {1}"""
NO_VENV = """Il manque à Python de quoi créer un environnement. Sur Debian ou Ubuntu, une fois, en administrateur :
Python lacks what makes an environment. On Debian or Ubuntu, once, as administrator:
    apt install python3-venv"""
NO_NETWORK = """La mise en place n’a pas abouti : elle télécharge les bibliothèques, et a donc besoin du réseau.
Vérifiez la connexion (ou le proxy : HTTPS_PROXY), puis relancez la même commande ; elle reprendra où elle en était.
The set-up did not succeed: it downloads the libraries, and so needs the network.
Check the connection (or the proxy: HTTPS_PROXY), then start the same command again; it will resume."""
FIRST_TIME = "Mise en place (une à deux minutes, une seule fois)… / Setting up (a minute or two, once)…"


def main(arguments: list[str]) -> None:
    if Path(sys.prefix).resolve() != VENV.resolve() and os.environ.get("RELAIS_SETUP") != "off":
        set_up(arguments)
        os.execv(PYTHON, [str(PYTHON), str(HERE / "manage.py"), *arguments])  # noqa: S606 -- our own interpreter
    if arguments[:1] == ["test"]:
        run_tests(arguments[1:])
    if arguments[:1] == ["demo"]:
        keep_apart()
    # What a command says is read at once, by a pipe or a log as well as on a terminal.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], *arguments])


def keep_apart() -> None:
    """Give the demonstration its own files, its own database unless one is named, and no way to write to anybody."""
    var = Path(os.environ.get("RELAIS_VAR_DIR") or HERE / "var")
    os.environ["RELAIS_VAR_DIR"] = str(var / "demo")
    os.environ["EMAIL_HOST"] = ""
    os.environ["RELAIS_DEMO"] = "1"


def set_up(arguments: list[str]) -> None:
    """Make .venv hold what uv.lock says, development tools included if tests are to run; say why when it cannot."""
    if sys.version_info < OLDEST:
        sys.exit(TOO_OLD.format(sys.version.split()[0], " ".join(arguments)))
    lock = hashlib.sha256((HERE / "uv.lock").read_bytes()).hexdigest()
    with_tools = arguments[:1] == ["test"]
    if is_ready(lock, with_tools=with_tools):
        return
    (HERE / "var").mkdir(exist_ok=True)
    with (HERE / "var" / "setup.lock").open("w") as file:
        wait_for_turn(file)
        if is_ready(lock, with_tools=with_tools):
            return
        print(FIRST_TIME, file=sys.stderr, flush=True)
        uv = side_uv()
        sync = [uv, "sync", "--locked", "--quiet", "--project", str(HERE)]
        sync += [] if with_tools else ["--no-dev"]
        # Keep an environment that works: it may be somebody's, with another Python than this one.
        sync += [] if works(PYTHON) else ["--python", sys.executable]
        if subprocess.run(sync, cwd=HERE, env=environment()).returncode:
            sys.exit(NO_NETWORK)
        STAMP.write_text(f"{lock} {'tools' if with_tools else 'plain'}\n")


def is_ready(lock: str, *, with_tools: bool) -> bool:
    try:
        stamped, kind = STAMP.read_text().split()
    except (OSError, ValueError):
        return False
    return stamped == lock and (kind == "tools" or not with_tools) and PYTHON.exists()


def wait_for_turn(file: object) -> None:
    """Of two set-ups started together, one works and the other waits."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    fcntl.flock(file, fcntl.LOCK_EX)  # type: ignore[arg-type]


def works(python: Path) -> bool:
    """Tell whether this interpreter starts and is recent enough: a moved or copied .venv does not."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([str(python), "-c", question], capture_output=True).returncode == 0
    except OSError:
        return False


def side_uv() -> str:
    """Give the path of the pinned uv, installed first if need be."""
    python, uv, mark = SIDE / "bin" / "python", SIDE / "bin" / "uv", SIDE / UV
    if mark.exists() and uv.exists():
        return str(uv)
    if not works(python):
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(SIDE)], capture_output=True, text=True)
        if made.returncode:
            sys.exit(NO_VENV)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]
    if subprocess.run(pip, env=environment()).returncode:
        sys.exit(NO_NETWORK)
    mark.touch()
    return str(uv)


def environment() -> dict[str, str]:
    """What pip and uv are told: use this machine's Python and certificates, and write where one may."""
    told = dict(os.environ)
    told.pop("VIRTUAL_ENV", None)
    told["UV_PYTHON_DOWNLOADS"] = "never"
    told["UV_PYTHON_PREFERENCE"] = "only-system"
    told["UV_PROJECT_ENVIRONMENT"] = str(VENV)
    home = Path(told.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        told.setdefault("UV_CACHE_DIR", str(HERE / "var" / "uv-cache"))
        told.setdefault("PIP_NO_CACHE_DIR", "1")
    if Path(CERTIFICATES).exists():  # an administration's network often signs its traffic with its own authority
        told.setdefault("PIP_CERT", CERTIFICATES)
        told.setdefault("SSL_CERT_FILE", CERTIFICATES)
    return told


def run_tests(arguments: list[str]) -> None:
    """Become pytest, which finds its settings in pyproject.toml."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    os.chdir(HERE)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606 -- our own interpreter


if __name__ == "__main__":
    main(sys.argv[1:])
