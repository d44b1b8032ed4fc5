"""The ceremonies of passkeys (W3C WebAuthn level 2, by the library `webauthn`). Heavy: loaded when one is used.

A passkey is asked to verify its holder (a finger, a face, a code), so it is two factors by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from civic.canonical import b64u_decode
from civic.refusals import Code, Refused
from sync_server.storage.clerks import Passkey

ALWAYS = UserVerificationRequirement.REQUIRED


class Made(NamedTuple):
    """A new passkey, as the authenticator gives it."""

    credential: str
    public: bytes
    signs: int


class Ceremonies:
    """`url` is where the office is, as browsers see it: scheme, host, port; `host` is what passkeys are bound to."""

    def __init__(self, url: str, host: str) -> None:
        self._origin, self._host = url, host

    def ask_new(self, challenge: bytes, clerk: str, email: str, name: str, known: Sequence[Passkey]) -> str:
        """The options for making a passkey, as JSON; one that is `known` is not made twice on one device."""
        options = generate_registration_options(
            rp_id=self._host, rp_name=self._host, user_name=email, user_id=b64u_decode(clerk), user_display_name=name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=b64u_decode(one.credential)) for one in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=ALWAYS
            ),
        )  # fmt: skip
        return options_to_json(options)

    def check_new(self, challenge: bytes, answer: str) -> Made:
        """The passkey in an answer; Refused BAD_PROOF where it is none for this office and challenge."""
        try:
            made = verify_registration_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=self._host,
                expected_origin=self._origin, require_user_verification=True,
            )  # fmt: skip
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise Refused(Code.BAD_PROOF) from error
        return Made(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)

    def ask_known(self, challenge: bytes) -> str:
        """The options for signing in with any passkey of this office, as JSON."""
        return options_to_json(
            generate_authentication_options(rp_id=self._host, challenge=challenge, user_verification=ALWAYS)
        )

    def check_known(self, challenge: bytes, answer: str, one: Passkey) -> int:
        """The new counter of passkey `one`, which the answer is signed with; Refused BAD_PROOF."""
        try:
            checked = verify_authentication_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=self._host,
                expected_origin=self._origin, credential_public_key=one.public,
                credential_current_sign_count=one.signs, require_user_verification=True,
            )  # fmt: skip
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise Refused(Code.BAD_PROOF) from error
        return checked.new_sign_count
