"""Every "no" of Préau: one code each, listed in docs/formats.md §5 and in every catalogue of words."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Why an act, or a whole request, is refused. The value is what travels."""

    BAD_FORMAT = "bad_format"
    TOO_LARGE = "too_large"
    BAD_HEADER = "bad_header"
    BAD_SIGNATURE = "bad_signature"
    BAD_PAYLOAD = "bad_payload"
    WRONG_AUDIENCE = "wrong_audience"
    UNKNOWN_CONSULTATION = "unknown_consultation"
    WRONG_MANIFEST = "wrong_manifest"
    NOT_TAKEN = "not_taken"
    BAD_OPTION = "bad_option"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    UNKNOWN_TARGET = "unknown_target"
    WITHDRAWN_TARGET = "withdrawn_target"
    NOT_AUTHOR = "not_author"
    NOT_ELIGIBLE = "not_eligible"
    TOO_YOUNG = "too_young"
    OTHER_NEIGHBOURHOOD = "other_neighbourhood"
    GUARDIAN_NEEDED = "guardian_needed"
    NOT_GRANTED = "not_granted"
    REVOKED = "revoked"
    UNKNOWN_KEY = "unknown_key"
    QUOTA = "quota"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a code, not a password
    TOKEN_SCOPE = "token_scope"  # noqa: S105 - the same
    TOKEN_ALREADY_ISSUED = "token_already_issued"  # noqa: S105 - the same
    BAD_BLINDED = "bad_blinded"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    BAD_REQUEST = "bad_request"
    NOT_FOUND = "not_found"
    UNAUTHORISED = "unauthorised"
    UNSUPPORTED_TYPE = "unsupported_type"
    BAD_PROOF = "bad_proof"
    EXPIRED = "expired"
    CODE_USED = "code_used"
    ADDRESS_SHARED = "address_shared"
    NO_ADDRESS = "no_address"
    BAD_PHOTO = "bad_photo"
    PHOTO_CHANGED = "photo_changed"
    WRONG_OFFSET = "wrong_offset"

    @property
    def is_temporary(self) -> bool:
        """True when the same act may be accepted later: the phone keeps it and sends it again."""
        return self in _TEMPORARY


_TEMPORARY = frozenset(
    {
        Code.NOT_OPEN,
        Code.UNKNOWN_TARGET,
        Code.GUARDIAN_NEEDED,
        Code.NOT_GRANTED,
        Code.UNKNOWN_KEY,
        Code.RATE_LIMITED,
        Code.UNAVAILABLE,
        Code.PHOTO_CHANGED,
        Code.WRONG_OFFSET,
    }
)


class Refused(Exception):
    """Raised at the edge where an act is refused; `field` names the member at fault, "" for the whole."""

    def __init__(self, code: Code, field: str = "") -> None:
        super().__init__(f"{code.value}: {field}" if field else code.value)
        self.code = code
        self.field = field
