"""Anyone's recount: a published site, from nothing but its files, against what it claims (docs/verifying.md).

Needs `civic` and this package alone. Nothing here trusts the site, and nothing asks its server a question.
"""
