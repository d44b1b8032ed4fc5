"""`python -m tests.civic.sign_lines`: blind signatures of the hexadecimal lines on standard input, for tests in Node.

Needs the standard library alone, so that any Python runs it.
"""

import os
import sys

from civic.issuer import blind_sign, issuer_of


def main() -> None:
    """The first line is `p q`; every other one is a blinded message, answered in turn."""
    p, q = (int(number, 16) for number in sys.stdin.readline().split())
    issuer = issuer_of(p, q, 65537)
    for line in sys.stdin:
        print(blind_sign(issuer, bytes.fromhex(line.strip()), os.urandom).hex())


if __name__ == "__main__":
    main()
