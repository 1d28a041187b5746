"""``gansurrogate sign`` and ``verify``, and that every command that loads obeys the policy."""

import hashlib
import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gansurrogate.cli.app import run
from gansurrogate.trust import policy as policies

pytest.importorskip("model_signing")

Capture = pytest.CaptureFixture[str]
Keys = tuple[Path, Path]


@pytest.fixture(autouse=True)
def _no_policy_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(policies, "SITE", tmp_path / "etc" / "policy.toml")


@pytest.fixture
def keys(write_keys: Callable[..., Keys], tmp_path: Path) -> Keys:
    """A private key with a password, and its public half."""
    return write_keys(tmp_path, password=b"open sesame")


@pytest.fixture
def model(golden: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> str:
    """A surrogate that was signed on the command line."""
    Path("model.onnx").write_bytes(golden.read_bytes())
    monkeypatch.setenv("PASSWORD_OF_KEY", "open sesame")
    assert run(["sign", "model.onnx", "--key", str(keys[0]), "--password-env", "PASSWORD_OF_KEY"]) == 0
    assert capsys.readouterr().err.startswith("model.onnx.sig, by the key ")
    return "model.onnx"


def levels(said: str) -> dict[str, str]:
    """What was looked at, and how it is."""
    return {
        line.split()[1]: line.split()[0] for line in said.splitlines() if line[:1].isalpha() and ":" not in line[:10]
    }


def test_a_right_surrogate_ends_with_zero(model: str, keys: Keys, capsys: Capture) -> None:
    assert run(["verify", model, "--key", str(keys[1]), "--device", "cpu"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    names = ["file", "schema", "signature", "policy", "kernels", "runs", "self-test"]
    found = levels(said.out)
    assert list(found) == names
    assert {found[name] for name in names if name != "schema"} == {"ok"}
    assert f"({keys[1]})" in said.out


def test_without_a_key_the_signature_is_not_believed(model: str, capsys: Capture) -> None:
    assert run(["verify", model]) == 0
    said = capsys.readouterr().out
    assert levels(said)["signature"] == "warning"
    assert "not checked, since no key was given" in said
    Path(f"{model}.sig").unlink()
    assert run(["verify", model]) == 0
    assert levels(capsys.readouterr().out)["signature"] == "warning"


def damage(model: Path) -> None:
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)


@pytest.mark.parametrize(
    ("change", "what", "said"),
    [
        (damage, "file", "SHA-256"),
        (lambda model: Path(f"{model}.sig").unlink(), "signature", "there is none"),
        (lambda model: Path(f"{model}.sig").write_text("{}"), "signature", "the signature is malformed"),
        (lambda model: model.write_bytes(b"text"), "file", "not an ONNX model"),
        (lambda model: (Path(f"{model}.sig").unlink(), Path(f"{model}.sig").mkdir()), "file", "cannot be read"),
    ],
)
def test_what_is_wrong_ends_with_one(
    model: str, keys: Keys, capsys: Capture, change: Callable[[Path], object], what: str, said: str
) -> None:
    change(Path(model))
    assert run(["verify", model, "--key", str(keys[1]), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    (problem,) = [finding for finding in found["findings"] if finding["level"] == "problem"]
    assert problem["what"] == what
    assert said in problem["value"]
    assert problem["fix"]
    assert "self-test" not in {finding["what"] for finding in found["findings"]}  # what is not trusted is not run


def test_gates_are_judged_by_the_figures_of_the_file(model: str, capsys: Capture) -> None:
    assert run(["verify", model, "--require", "panel_auc<=0.6", "--json"]) == 1
    found = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert found["gate"]["level"] == "problem"
    assert "panel_auc<=0.6: there is no figure 'panel_auc'" in found["gate"]["value"]


def test_a_wheel_is_verified_without_being_installed(model: str, keys: Keys, capsys: Capture) -> None:
    pytest.importorskip("gansurrogate_wheel")
    Path("wheels").mkdir()
    assert run(["package", model, "-o", "wheels"]) == 0
    (wheel,) = Path("wheels").glob("*.whl")
    capsys.readouterr()
    assert run(["verify", str(wheel), "--key", str(keys[1])]) == 0
    assert levels(capsys.readouterr().out)["signature"] == "ok"
    wheel.write_bytes(wheel.read_bytes().replace(b"golden", b"GOLDEN"))
    assert run(["verify", str(wheel), "--key", str(keys[1])]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "none.onnx"], "there is no file none.onnx"),
        (["verify", "model.onnx", "--key", "none.pem"], "the public key none.pem cannot be read"),
        (["verify", "model.onnx", "--require", "good"], "a requirement reads NAME<=NUMBER"),
        (["sign", "model.onnx", "--key", "none.pem"], "none.pem cannot sign: No such file or directory; give a"),
        (["sign", "model.onnx", "--key", "private.pem"], "private.pem cannot sign: Password was not given"),
        (["sign", "model.onnx", "--key", "private.pem", "--password-env", "NONE"], "no environment variable NONE"),
        (["sign", "private.pem", "--key", "private.pem"], "private.pem: "),
        (["sign", ".", "--key", "private.pem"], ". is a folder; give the surrogate file in it"),
    ],
)
def test_wrong_use_ends_with_two(model: str, capsys: Capture, arguments: list[str], said: str) -> None:
    assert run(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["sample", "model.onnx", "-n", "2", "-o", "a.npy"],
        ["evaluate", "model.onnx", "--against", "noisy-sine"],
        ["export", "model.onnx", "--to", "web", "-o", "a.html"],
    ],
)
def test_every_command_that_loads_obeys(
    model: str, keys: Keys, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f"keys = ['{keys[1]}']\n")
    monkeypatch.setenv(policies.VARIABLE, str(policy))
    Path(f"{model}.sig").unlink()
    assert run(command) == 2
    assert "wants a signature, and there is no file model.onnx.sig" in capsys.readouterr().err
    assert run(["verify", model]) == 1
    said = capsys.readouterr().out
    assert levels(said)["policy"] == "problem"
    policy.write_text("keys =\n")
    assert run(["verify", model]) == 1
    assert "is not TOML" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the command openssl")
def test_the_page_s_keys_of_openssl(golden: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    page = (Path(__file__).parents[2] / "docs" / "trust.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("openssl")]
    assert len(lines) == 2
    for line in lines:
        password = ["-pass", "pass:open sesame"] if "genpkey" in line else ["-passin", "pass:open sesame"]
        subprocess.run([*shlex.split(line), *password], check=True, capture_output=True)
    Path("noisy-sine.onnx").write_bytes(golden.read_bytes())
    monkeypatch.setenv("KEY_PASSWORD", "open sesame")
    (sign,) = [line for line in page.splitlines() if line.startswith("gansurrogate sign")]
    assert run(shlex.split(sign)[1:]) == 0
    told = capsys.readouterr().err.split()[-1]
    public = subprocess.run(["openssl", "pkey", "-pubin", "-in", "group.pem"], check=True, capture_output=True).stdout
    assert told == hashlib.sha256(public).hexdigest()
    assert run(["verify", "noisy-sine.onnx", "--key", "group.pem"]) == 0
