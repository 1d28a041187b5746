"""``gansurrogate sign``: say who made a surrogate."""

import os
from pathlib import Path
from typing import Annotated

import typer

from gansurrogate.cli.console import stderr
from gansurrogate.errors import ArgumentError
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.surrogate_file import errors_name, read
from gansurrogate.trust.bundle import SUFFIX, Bundle
from gansurrogate.trust.signature import sign as signature_of

Model = Annotated[Path, typer.Argument(help="The surrogate file.", show_default=False)]
Key = Annotated[
    Path, typer.Option("--key", metavar="PRIVATE", help="The private key: PEM, on the curve P-256, P-384 or P-521.")
]
Password = Annotated[
    str | None,
    typer.Option("--password-env", metavar="NAME", help="The environment variable with the password of the key."),
]


def sign(model: Model, key: Key, password_env: Password = None) -> None:
    """Sign a surrogate file; the signature is written beside it, as MODEL.sig.

    A key is made by: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private.pem;
    its public half by: openssl pkey -in private.pem -pubout -out public.pem
    """
    output = check_writable(f"{model}{SUFFIX}")
    if password_env is not None and password_env not in os.environ:
        msg = f"there is no environment variable {password_env}; set it to the password of {key}"
        raise ArgumentError(msg)
    with errors_name(model):
        data, _ = read(model)  # what is damaged or no surrogate is not signed
    signature = signature_of(data, model.name, key, None if password_env is None else os.environ[password_env])
    with atomic_write(output) as file:
        file.write(signature)
    stderr.print(f"{output}, by the key {Bundle.parse(signature).fingerprint}", soft_wrap=True)
