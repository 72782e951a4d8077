"""Settings: each bad one is refused by its name, and the key is kept well (T34)."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinicweb.config import BadSettings, load_settings
from tests.server import ROOT

KEY = "k" * 32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_PORT", "abc"),
        ("MAIL_PORT", "0"),
        ("MAIL_PORT", "70000"),
        ("MAIL_USE_TLS", "perhaps"),
        ("MAIL_SENDER", "nobody"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "6"),
        ("TRUSTED_PROXIES", "all"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "ñ" * 15 + "x"),
        ("SECRET_KEY", "k" * 32 + ",short"),
        ("SECRET_KEY", " , "),
        ("BASE_URL", "portal.example"),
        ("BASE_URL", "ftp://portal.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://portal.example/portal"),
        ("BASE_URL", "https://portal.example/?a=1"),
        ("BASE_URL", "https://user@portal.example"),
        ("BASE_URL", "http://["),
        ("BASE_URL", "http://portal.example:99999"),
        ("DATABASE_URL", "mysql://localhost/clinic"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "clinic.db"),
        ("REDIS_URL", "localhost:6379"),
        ("EMBED_ORIGINS", "https://www.example, *"),
        ("EMBED_ORIGINS", "https://www.example; script-src *"),
        ("EMBED_ORIGINS", "https://www.example/page"),
        ("SMS_GATEWAY_URL", "http://sms.example/send"),
        ("SMS_GATEWAY_URL", "http://127.sms.example/"),
        ("SMS_GATEWAY_URL", "ftp://sms.example/"),
        ("SMS_GATEWAY_URL", "https://"),
        ("SMS_GATEWAY_URL", "https://user:secret@sms.example/"),
        ("SMS_GATEWAY_URL", "https://sms.example/ send"),
        ("SMS_GATEWAY_URL", "https://sms.example/#part"),
        ("SMS_GATEWAY_URL", "https://sms.example:99999/"),
        ("SMS_GATEWAY_TOKEN", "two words"),
        ("SMS_GATEWAY_TOKEN", "line\nX-Other: 1"),
        ("SMS_GATEWAY_TOKEN", "señal"),
        ("RATE_LIMIT", "many"),
        ("RATE_LIMIT", "5 per blink"),
        ("NO_SUCH_SETTING", "1"),
        ("DATABASE", "sqlite:///x.db"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name, value):
    with pytest.raises(BadSettings) as refusal:
        load_settings({f"CLINICWEB_{name}": value})

    [line] = str(refusal.value).splitlines()
    assert line.startswith(f"CLINICWEB_{name}: ")


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(BadSettings) as refusal:
        load_settings(
            {"CLINICWEB_MAIL_PORT": "x", "CLINICWEB_TYPO": "1", "CLINICWEB_BASE_URL": "y"}
        )

    names = {line.partition(":")[0] for line in str(refusal.value).splitlines()}
    assert names == {"CLINICWEB_MAIL_PORT", "CLINICWEB_TYPO", "CLINICWEB_BASE_URL"}


@pytest.mark.parametrize("name", ["SECRET_KEY", "MAIL_PASSWORD", "DATABASE_URL", "REDIS_URL"])
def test_no_secret_is_shown_by_a_refusal_or_a_log(name):
    secret = "postgresql://u:canary@h/d" if name == "DATABASE_URL" else "redis://:canary@h/0"
    good = {f"CLINICWEB_{name}": secret.ljust(32, "x")}

    with pytest.raises(BadSettings) as refusal:
        load_settings(good | {"CLINICWEB_MAIL_PORT": "x"})

    assert "canary" not in str(refusal.value)
    assert "canary" not in repr(load_settings(good))


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("BASE_URL", "https://portal.example/", "base_url", "https://portal.example"),
        ("BASE_URL", "HTTPS://portal.example", "is_https", True),
        ("BASE_URL", "http://portal.example:8000", "is_https", False),
        ("EMBED_ORIGINS", " https://a.example ,https://*.b.example:8443,", "embed_origins",
         ("https://a.example", "https://*.b.example:8443")),
        ("DATABASE_URL", "postgres://h/d", "database", "postgresql+psycopg://h/d"),
        ("DATABASE_URL", "postgresql://h/d", "database", "postgresql+psycopg://h/d"),
        ("DATABASE_URL", "sqlite:///x.db", "database", "sqlite:///x.db"),
        ("DATA_DIR", "there", "database", "sqlite:///there/clinicweb.db"),
        ("SECRET_KEY", KEY, "secret_key", KEY),
        ("MAIL_PORT", "", "mail_port", 587),
        ("SMS_GATEWAY_URL", "https://sms.example/send?from=A", "sms_gateway_url",
         "https://sms.example/send?from=A"),
        ("SMS_GATEWAY_URL", "http://127.0.0.1:8025/", "sms_gateway_url", "http://127.0.0.1:8025/"),
        ("SMS_GATEWAY_URL", "http://[::1]:8025", "sms_gateway_url", "http://[::1]:8025"),
        ("SMS_GATEWAY_URL", "http://localhost", "sms_gateway_url", "http://localhost"),
        ("MAIL_USE_TLS", "false", "mail_use_tls", False),
    ],
)  # fmt: skip
def test_a_good_setting_is_read(name, value, field, read):
    assert getattr(load_settings({f"CLINICWEB_{name}": value}), field) == read


def test_other_programs_settings_are_none_of_ours():
    assert load_settings({"PATH": "/bin", "CLINIC": "x", "MAIL_PORT": "x"}) == load_settings({})


def test_without_a_key_one_is_made_and_kept_for_this_users_eyes(tmp_path):
    folder = tmp_path / "var"
    settings = load_settings({}, data_dir=folder)

    [first], [second] = settings.keys(), load_settings({}, data_dir=folder).keys()

    assert first == second
    assert len(first) >= 43
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_a_key_that_is_set_is_written_nowhere(tmp_path):
    assert load_settings({"CLINICWEB_SECRET_KEY": KEY}, data_dir=tmp_path).keys() == (KEY,)
    assert list(tmp_path.iterdir()) == []


def test_several_keys_are_written_newest_first_and_kept_newest_last(tmp_path):
    settings = load_settings({"CLINICWEB_SECRET_KEY": f"{KEY}, {'o' * 32},"}, data_dir=tmp_path)

    assert settings.keys() == ("o" * 32, KEY)


@pytest.mark.parametrize("kept", ["", "short"])
def test_a_damaged_key_file_is_told_and_not_used(tmp_path, kept):
    (tmp_path / "secret_key").write_text(kept)

    with pytest.raises(BadSettings, match=r"secret_key: damaged.* all sign in again"):
        load_settings({}, data_dir=tmp_path).keys()


def test_a_damaged_key_of_notices_is_told_with_what_it_costs(tmp_path):
    (tmp_path / "push_key").write_text("short")

    with pytest.raises(BadSettings, match=r"push_key: damaged.* all allow notices again"):
        load_settings({}, data_dir=tmp_path).vapid_key()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(BadSettings, match="CLINICWEB_DATA_DIR: "):
        load_settings({}, data_dir=tmp_path / "file" / "var").keys()


def test_threads_that_start_at_once_get_the_same_key(tmp_path):
    for number in range(30):
        settings = load_settings({}, data_dir=tmp_path / str(number))
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _, each=settings: each.keys()[0], range(8)))
        assert len(keys) == 1
        assert len(keys.pop()) >= 43


_RACE = """
import sys
from pathlib import Path
from clinicweb.config import load_settings
sys.stdout.write("ready\\n"); sys.stdout.flush()
sys.stdin.readline()
for number in range(200):
    print(load_settings({}, data_dir=Path(sys.argv[1]) / str(number)).keys()[0])
"""


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path):
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACE, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=dict(os.environ),
        )
        for _ in range(2)
    ]
    for racer in racers:
        racer.stdout.readline()
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    first, second = (racer.communicate()[0].split() for racer in racers)

    assert first == second
    assert len(set(first)) == 200
