"""Filters and tags of every template: `|money`, `|day`, `|count`, `|said`, `{% chip %}`, `{% asset %}`."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from django import template
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import defaulttags
from django.template.base import Node, Parser, TextNode, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cleanclaim.apps.shared.pages import grid
from cleanclaim.apps.shared.pages.figures import count, day, figure, full_day, moment, money, said
from cleanclaim.apps.shared.pages.parts import Chip, Table

register = template.Library()

for show in (money, count, day, full_day, moment, figure):
    register.filter(show.__name__, show)
register.filter("said", said, is_safe=True)


@register.simple_tag
def grid_rows(table: Table) -> SafeString:
    """The rows of a table's body."""
    return grid.rows_html(table)


@register.simple_tag
def grid_foot(table: Table) -> SafeString:
    """The cells of a table's total line."""
    return grid.foot_html(table)


@register.simple_tag
def once() -> SafeString:
    """In a form that moves money: its token, so that a form sent twice is worked once (`apps.shared.api.forms`)."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4().hex)


@register.simple_tag
def chip(words: str | Chip, tone: str = "") -> SafeString:
    """A state chip: `{% chip "paid" "good" %}` or `{% chip claim.chip %}`."""
    if isinstance(words, Chip):
        words, tone = words.words, words.tone
    words = said(words)
    return format_html('<span class="chip {}">{}</span>', tone, words)


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's own tag; an address without arguments is worked out with the template, not at every page."""
    node = defaulttags.url(parser, token)
    if node.args or node.kwargs or node.asvar:
        return node
    return TextNode(node.render(template.Context()))


@register.simple_tag
def asset(path: str) -> str:
    """A static file's address with a digest of its content, so that browsers may keep it."""
    return f"{static(path)}?v={_digest(path)}"


@cache
def _digest(path: str) -> str:
    found = finders.find(path)
    if not found:
        raise template.TemplateSyntaxError(f"static file {path}: not found")
    return sha256(Path(found).read_bytes()).hexdigest()[:12]


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters changed; None takes one away."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"
