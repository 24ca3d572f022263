"""Set-up knows what it has done, finds the programs, asks pip's settings for uv, and says what is missing."""

import hashlib
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tools import audit, environment, programs, setup
from tools.environment import SetupError

LOCK = """\
uvloop==1.0 \\
    --hash=sha256:aa
uv==0.13.8 ; python_version < '4' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via tandem
websockets==17.4 \\
    --hash=sha256:dd
"""

made_by_set_up = pytest.mark.skipif(not setup.is_ready("check"), reason="this environment was not made by set-up")


@pytest.fixture
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No program on the path, none in the home folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TANDEM_CHROMIUM", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    programs.chromium.cache_clear()
    return tmp_path


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_one_package_is_taken_from_a_lock_with_its_hashes() -> None:
    assert environment.stanza(LOCK, "uv").count("--hash") == 2
    assert environment.stanza(LOCK, "uv").startswith("uv==0.13.8")
    with pytest.raises(SetupError, match="make lock"):
        environment.stanza(LOCK, "ruff")


def test_pips_index_and_certificates_reach_uv() -> None:
    listed = (
        "global.index-url='https://mirror.example/simple'\nglobal.cert='/a.pem'\n:env:.cert='/b.pem'\nglobal.x='1'\n"
    )
    words = environment.uv_words(listed)
    assert words["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert words["SSL_CERT_FILE"] == "/b.pem"
    assert set(words) == {"UV_DEFAULT_INDEX", "SSL_CERT_FILE", "UV_PYTHON_DOWNLOADS"}


def test_a_half_made_environment_is_not_sound(tmp_path: Path) -> None:
    assert not environment.is_sound(tmp_path)
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin" / "python", "exit 1")
    assert not environment.is_sound(tmp_path)


def test_a_stamp_says_from_which_locks_a_stage_was_made() -> None:
    assert len({setup.digest(stage) for stage in setup.STAGES}) == 2, "check and test are made from the same locks"


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment made anew over a broken one, on a machine that reaches no index."""
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    program(tmp_path / "venv" / "bin" / "python", "exit 1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_OFFLINE", "1")
    environment.make(tmp_path / "venv")
    assert environment.is_sound(tmp_path / "venv")
    return tmp_path / "venv"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock file with one small wheel that lies beside it."""
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    about = {"METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n", "RECORD": ""}
    about["WHEEL"] = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "SIZE = 1\n")
        for name, text in about.items():
            archive.writestr(f"tiny-1.0.dist-info/{name}", text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "tiny.lock").write_text(f"tiny @ {wheel.as_uri()} --hash=sha256:{digest}\n")
    return tmp_path / "tiny.lock"


def has_tiny(venv: Path) -> bool:
    asked = subprocess.run([venv / "bin" / "python", "-c", "import tiny"], capture_output=True, check=False)
    return asked.returncode == 0


def test_uv_installs_a_lock_and_leaves_the_rest(fresh: Path, lock: Path, tmp_path: Path) -> None:
    (site,) = fresh.glob("lib/python3.*/site-packages")
    (site / "uv").symlink_to(Path(sysconfig.get_path("purelib")) / "uv")
    (fresh / "bin" / "uv").symlink_to(Path(sysconfig.get_path("scripts")) / "uv")
    assert environment.install(fresh, lock, exact=False) == "uv"
    assert has_tiny(fresh)
    lock.rename(tmp_path / "other.lock").write_text("")
    environment.install(fresh, tmp_path / "other.lock", exact=False)
    assert has_tiny(fresh), "what production needs may stand beside what development added"


def test_pip_does_it_where_uv_cannot_be_had(fresh: Path, lock: Path) -> None:
    assert environment.install(fresh, lock, exact=True) == "pip"
    assert has_tiny(fresh)


def test_a_file_with_another_hash_is_refused(fresh: Path, lock: Path) -> None:
    lock.write_text(f"{lock.read_text().split('sha256:')[0]}sha256:{'0' * 64}\n")
    with pytest.raises(SetupError, match="could not be installed"):
        environment.install(fresh, lock, exact=False)
    assert not has_tiny(fresh)


@made_by_set_up
def test_a_second_set_up_costs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["check"]) == 0
    assert capsys.readouterr().out == ""


def test_an_unknown_stage_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["everything"]) == 2
    assert "run | check | test" in capsys.readouterr().out


def test_two_set_ups_wait_for_each_other() -> None:
    ask = "import fcntl, os, sys; fcntl.flock(os.open('.', os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with setup.alone():
        refused = subprocess.run([sys.executable, "-c", ask], cwd=programs.ROOT, capture_output=True, check=False)
    allowed = subprocess.run([sys.executable, "-c", ask], cwd=programs.ROOT, capture_output=True, check=False)
    assert b"BlockingIOError" in refused.stderr
    assert allowed.returncode == 0


def test_the_locked_programs_start() -> None:
    redis, node, npm = programs.redis_server(), programs.node(), programs.npm()
    assert redis
    assert node
    assert npm
    for found in (redis, node):
        assert subprocess.run([found, "--version"], capture_output=True, timeout=30, check=True).stdout


def test_a_browser_that_does_not_start_is_no_browser(empty_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(empty_machine / "chromium", "exit 1")
    assert programs.chromium() is None
    with pytest.raises(SetupError, match="apt-get install chromium-headless-shell, or chromium"):
        setup.browser()
    programs.chromium.cache_clear()
    full = program(empty_machine / "chromium", "echo Chromium 1")
    assert programs.chromium() == full
    programs.chromium.cache_clear()
    headless = program(empty_machine / "chromium-headless-shell", "echo Chromium 1")
    assert programs.chromium() == headless, "what has no windows comes first"
    programs.chromium.cache_clear()
    chosen = program(empty_machine / "mine", "echo Chromium 1")
    monkeypatch.setenv("TANDEM_CHROMIUM", str(chosen))
    assert setup.browser() == str(chosen)
    programs.chromium.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is given packages")
@pytest.mark.parametrize("has_headless", [True, False])
def test_a_browser_without_windows_is_installed_where_there_is_one(empty_machine: Path, has_headless: bool) -> None:
    made = f"printf '#!/bin/sh\\necho Chromium 1\\n' > {empty_machine}/$last; /bin/chmod 755 {empty_machine}/$last"
    refused = "" if has_headless else 'case "$*" in *headless*) exit 100;; esac; '
    names = 'for name in "$@"; do case "$name" in chromium*) last=$name;; esac; done'
    program(empty_machine / "apt-get", f'case "$*" in *install*) {refused}{names}; {made};; esac')
    assert setup.browser() == str(empty_machine / ("chromium-headless-shell" if has_headless else "chromium"))
    programs.chromium.cache_clear()


def test_a_missing_package_is_installed_with_apt_once(empty_machine: Path) -> None:
    tries: list[int] = []

    def fails() -> None:
        tries.append(1)
        raise SetupError("no venv")

    with pytest.raises(SetupError, match="no venv"):
        setup.with_apt(fails, "python3-venv")
    assert tries == [1], "without apt there is no second try"
    if os.geteuid() == 0:
        program(empty_machine / "apt-get", f'echo "$@" >> {empty_machine}/asked')
        with pytest.raises(SetupError, match="no venv"):
            setup.with_apt(fails, "python3-venv")
        assert "install -y --no-install-recommends python3-venv" in (empty_machine / "asked").read_text()


def test_the_finder_of_python_explains_itself(tmp_path: Path) -> None:
    finder = programs.ROOT / "tools" / "find-python"
    nothing = subprocess.run(
        ["/bin/sh", finder], cwd=tmp_path, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert nothing.returncode == 1
    assert "Python 3.11 or later" in nothing.stderr
    given = subprocess.run(
        ["/bin/sh", finder], cwd=tmp_path, env={"PATH": "", "PYTHON": sys.executable}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert given.stdout.strip() == sys.executable


@pytest.mark.req("SEC-5")
def test_the_audit_asks_about_exactly_the_locked_pins() -> None:
    project = audit.project_of(LOCK)
    assert "\"uv==0.13.8 ; python_version < '4'\"" in project
    assert project.count("==") == 3


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        ('{"vulnerabilities": {}}', audit.CLEAN),
        ('{"vulnerabilities": {"phoenix": {"severity": "high"}}}', audit.FINDINGS),
        ('{"error": {}}', audit.UNREACHABLE),
        ("", audit.UNREACHABLE),
    ],
)
def test_the_audit_claims_nothing_it_did_not_see(report: str, verdict: str) -> None:
    assert audit.verdict_of(report) == verdict
