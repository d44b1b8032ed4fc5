"""The web application, read top to bottom: what is refused before anything is read, the routes, the headers."""

from __future__ import annotations

from flask import Flask, request

from civic.refusals import Code
from sync_server.following.unsubscribing import PATH
from sync_server.form_pages import FormPages
from sync_server.front import Front, raise_found
from sync_server.headers import register_headers
from sync_server.limits import neighbourhood
from sync_server.office.opening import OfficeDoor
from sync_server.problems import Problem, register_problems
from sync_server.routes import (
    Access,
    asking_address,
    ballots,
    census,
    enrolment,
    follows,
    forms,
    health,
    intake,
    mine,
    oidc,
    open311,
    photos,
    policy,
    rebuild,
    receipts,
    replies,
    services,
    snapshots,
    tokens,
    unfollow,
    witness,
)
from sync_server.services import Services

BLUEPRINTS = (
    intake.blueprint,
    enrolment.blueprint,
    census.blueprint,
    mine.blueprint,
    tokens.blueprint,
    replies.blueprint,
    ballots.blueprint,
    oidc.blueprint,
    receipts.blueprint,
    snapshots.blueprint,
    rebuild.blueprint,
    health.blueprint,
    forms.blueprint,
    witness.blueprint,
    photos.blueprint,
    open311.blueprint,
    unfollow.blueprint,
    follows.blueprint,
)


def create_app(service: Services) -> Flask:
    """The WSGI application over `service`, which the caller closes."""
    app = Flask("sync_server", static_folder=None)
    app.url_map.strict_slashes = True
    app.jinja_env.trim_blocks = True
    app.extensions["preau"] = service
    app.extensions["preau_forms"] = FormPages(service.settings.site_url)
    app.before_request(raise_found)
    app.before_request(check_rate)
    app.before_request(check_access)
    app.before_request(check_size)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_problems(app, forms.problem_page, lambda: request.path.startswith((forms.PATH, PATH, *oidc.PAGES)))
    register_headers(app, service)
    check_policies(app)
    office = OfficeDoor(app.wsgi_app, service)
    app.wsgi_app = Front(office, service)  # type: ignore[assignment, method-assign]
    return app


def check_policies(app: Flask) -> None:
    """Raises ValueError at a route that does not say who may ask and how much it reads."""
    for rule in app.url_map.iter_rules():
        if not hasattr(app.view_functions[rule.endpoint], "policy"):
            raise ValueError(f"{rule.rule} declares no policy")


def check_rate() -> None:
    """Problem where too many requests come from the asker's address."""
    wait = services().per_address.take(neighbourhood(asking_address()))
    if wait > 0:
        raise Problem(Code.RATE_LIMITED, wait)


def check_access() -> None:
    """Problem where a route asks for the admin token and the request has not got it."""
    found = policy()
    if found is not None and found.access is Access.ADMIN and request.method != "OPTIONS":
        rebuild.check_admin(request.headers.get("Authorization", ""), services().keys.admin)


def check_size() -> None:
    """Problem before a byte of a body is read that is longer than its route takes."""
    found = policy()
    limit = 0 if found is None else found.limit
    request.max_content_length = limit
    request.max_form_memory_size = limit
    if (request.content_length or 0) > limit:
        raise Problem(Code.TOO_LARGE)
