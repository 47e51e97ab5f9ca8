"""A page in a real browser, under watch: what its policy refused, the hosts it spoke to, the barriers that axe finds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from partners.models import User

# Two frames on, whatever still moves is at its end.
SETTLED = """async () => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    document.getAnimations().forEach(one => one.finish())
}"""
Theme = Literal["light", "dark"]
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# A violation is told on the console, whatever the page does with it.
LISTEN = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.sample))"


@dataclass
class Visit:
    """A page under watch: what it was refused, every host it talked to, and errors of its scripts."""

    page: Page
    at: str
    refused: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def go(self, path: str) -> Page:
        self.page.goto(self.at + path)
        return self.page

    def look(self, theme: Theme, width: int) -> None:
        """Show the page where one is in this theme and at this width; colours change at once, and are there."""
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate(SETTLED)

    def enter(self, user: User) -> None:
        """Be signed in already, second factor included, as tests of pages need."""
        client = Client()
        client.force_login(user)
        self.carry(client)

    def carry(self, client: Client) -> None:
        """Go on with the session of a test client."""
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.at}])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop in this thread; no view is async
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        made = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield made
        made.close()


def visit(browser: Browser, at: str, theme: Theme = "light", width: int = 1360, script: bool = True) -> Visit:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, locale="fr-FR", java_script_enabled=script
    )
    context.add_init_script(LISTEN)
    made = Visit(context.new_page(), at)
    made.page.on(
        "console", lambda told: made.refused.append(told.text) if "CSP" in told.text or "Refused" in told.text else None
    )
    made.page.on("pageerror", lambda error: made.refused.append(str(error)))
    made.page.on("request", lambda request: made.hosts.add(urlsplit(request.url).netloc))
    return made


def barriers(path: str, page: Page) -> list[str]:
    """What axe finds on the page as it is shown, and whether it runs off the side."""
    for fold in page.locator("main details").all():
        fold.evaluate("node => node.open = true")
    found = [f"{path} {fault['id']}: {fault['nodes'][0]['html']}" for fault in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found + ([f"{path} is {wide} px too wide"] if wide > 0 else [])
