"""A policy is read strictly: what is not understood, not readable or not to be believed stops everything."""

import os

import pytest

import gansurrogate as gs
from gansurrogate.errors import PolicyError
from gansurrogate.trust import policy as policies

posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def stopped(golden_path, message):
    """Nothing is loaded, whether its hash is asked for or not."""
    for verify in (True, False):
        with pytest.raises(PolicyError, match=message) as caught:
            gs.load(golden_path, verify=verify)
    assert isinstance(caught.value, PermissionError)


BROKEN = {
    "": "says nothing",
    "# nothing but this": "says nothing",
    "keys = [": "is not TOML",
    "schema = 1\nschema = 2": "is not TOML",
    "sigature = 'required'": "unknown entry 'sigature'; there are keys, signature",
    "[surrogates]\nschema = 1": "unknown entry 'surrogates'",
    "schema = '1'": "schema is a whole number, .* got '1'",
    "schema = true": "schema is a whole number",
    "schema = 0": "schema is a whole number",
    "require = 'panel_auc<=0.6'": "require is a list of texts",
    "require = []": "require is a list of texts, at least one",
    "require = [1]": "require is a list of texts",
    "require = ['panel_auc is good']": "a requirement reads NAME<=NUMBER",
    "signature = 'required'": "has signature without keys",
    "revoked = ['ab']": "has revoked without keys",
    "keys = []": "keys is a list of texts, at least one",
    "keys = ['none.pem']": r"none\.pem of the policy cannot be read: .*No such file",
    'keys = ["\\u0000"]': "of the policy cannot be read",
    "keys = ['.']": "of the policy cannot be read",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_policy_stops_everything(golden_path, policy, text):
    policy(text)
    stopped(golden_path, BROKEN[text])


OTHER_DIGITS = "\N{ARABIC-INDIC DIGIT ONE}" * 64  # which no fingerprint would ever equal
WITH_KEY = {
    "signature = 'sometimes'": "signature is 'required' or 'optional'; got 'sometimes'",
    "signature = true": "signature is 'required' or 'optional'; got True",
    f"revoked = ['{OTHER_DIGITS}']": "a revoked key is its fingerprint",
    "revoked = ['ABCD']": "a revoked key is its fingerprint, 64 hexadecimal digits .* got 'ABCD'",
    "revoked = 'ab'": "revoked is a list of texts",
}


@pytest.mark.parametrize("text", WITH_KEY)
def test_a_broken_entry_beside_a_good_key_stops_everything(golden_path, policy, key, text):
    policy(f"keys = ['{key.public}']\n{text}\n")
    stopped(golden_path, WITH_KEY[text])


def test_a_file_of_keys_that_holds_none(golden_path, policy, tmp_path, key):
    (tmp_path / "text.pem").write_text("trust me")
    policy("keys = ['text.pem']")
    stopped(golden_path, "of the keys, .*text.pem holds 0 PEM blocks")
    (tmp_path / "text.pem").write_bytes(key.private.read_bytes())
    stopped(golden_path, "of the keys, .*text.pem is not a public key in PEM: openssl pkey")


def test_a_policy_that_is_named_but_not_there(golden_path, monkeypatch, tmp_path):
    monkeypatch.setenv(policies.VARIABLE, str(tmp_path / "none.toml"))
    stopped(golden_path, r"none\.toml of the policy cannot be read: .*No such file.*nothing is loaded without it")


@pytest.mark.parametrize("named", ["", "policy.toml", "./policy.toml"])
def test_the_working_directory_has_no_say(golden_path, monkeypatch, tmp_path, named):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.toml").write_text("schema = 1\n")
    monkeypatch.setenv(policies.VARIABLE, named)
    stopped(golden_path, f"is the absolute path of a policy file.*got '{named}'")
    monkeypatch.delenv(policies.VARIABLE)
    assert policies.in_force() == []


@posix
@pytest.mark.parametrize("what", ["the policy", "a key", "their folder"])
def test_what_everybody_may_write_proves_nothing(golden_path, monkeypatch, tmp_path, key, what):
    folder = tmp_path / "site"
    folder.mkdir()
    for name, content in (("policy.toml", b"keys = ['group.pem']\n"), ("group.pem", key.public.read_bytes())):
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o644)
    monkeypatch.setenv(policies.VARIABLE, str(folder / "policy.toml"))
    assert len(policies.in_force()) == 1
    place = {"the policy": folder / "policy.toml", "a key": folder / "group.pem", "their folder": folder}[what]
    place.chmod(place.stat().st_mode | 0o002)
    stopped(golden_path, f"everybody on this machine may write {place}, .*chmod o-w {place}")


@posix
def test_a_pipe_in_the_place_of_a_policy_keeps_nobody_waiting(golden_path, monkeypatch, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setenv(policies.VARIABLE, str(tmp_path / "pipe"))
    stopped(golden_path, "it is no regular file")


@posix
def test_the_mark_that_some_editors_write_in_front_is_no_error(golden_path, policy):
    policy("\ufeffschema = 99")
    stopped(golden_path, "wants schema 99 or newer")


def test_the_policy_of_the_site_holds_beside_that_of_the_process(signed, policy, key, stranger, monkeypatch):
    policies.SITE.parent.mkdir()
    policies.SITE.write_text(f"keys = ['{stranger.public}']\n")
    policy(f"keys = ['{key.public}']\n")
    with pytest.raises(gs.SurrogateError, match="not trusted"):
        gs.load(signed)
    policies.SITE.write_text(f"keys = ['{stranger.public}', '{key.public}']\n")
    assert gs.load(signed).manifest.name == "golden"
    policies.SITE.unlink()
    policies.SITE.symlink_to("gone.toml")
    stopped(signed, "policy.toml of the policy cannot be read")


def test_keys_may_stand_beside_the_policy_or_in_it(signed, policy, key, tmp_path):
    policy(f'keys = ["""\n{key.public.read_text()}"""]\n')
    assert gs.load(signed).manifest.name == "golden"
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "group.pem").write_bytes(key.public.read_bytes())
    policy("keys = ['keys/group.pem']\n")
    assert gs.load(signed).manifest.name == "golden"


NOTHING_HEAVY = """
import sys
import gansurrogate as gs
gs.load(sys.argv[1])
assert not {"model_signing", "cryptography", "sigstore"} & sys.modules.keys()
"""


def test_gates_alone_need_no_package(golden_path, policy, run_python):
    run_python(NOTHING_HEAVY, golden_path, GANSURROGATE_POLICY=str(policy("schema = 1\n")))
