"""Templates compiled once for each language, and fragments of pages that are rendered once and kept.

Constant texts are translated when a template is compiled: a call of gettext costs some 15 µs and a page has sixty.
A goods card costs 100 µs and a page has thirty: ``{% kept … %}`` keeps it by everything that it shows.
"""

from collections.abc import Callable
from typing import Any, Self

from flask import Flask
from flask.templating import Environment
from flask_babel import force_locale, get_locale, gettext
from jinja2 import Template, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from axf.assets import asset

MOST_KEPT = 4096


class ShopTemplate(Template):
    """Jinja's template; importing its macros does not compare all globals again each time."""

    _names: frozenset[str] | None = None

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        if self._module is not None and ctx is not None:
            if self._names is None:
                self._names = frozenset(self.globals)
            if ctx.globals_keys <= self._names:
                return self._module
        return super()._get_default_module(ctx)


class ShopEnvironment(Environment):
    """Jinja's environment as Flask has it, with a twin for each language that holds its compiled templates."""

    template_class = ShopTemplate
    locale: str | None = None

    def __init__(self, app: Flask, **options: Any) -> None:
        options["extensions"] = (*options.get("extensions", ()), Kept)
        super().__init__(app, **options)
        self.is_production = app.config["ENV"] == "production"
        # In development a file may change at any time; elsewhere new files start the shop anew.
        self.keeps = self.is_production or app.testing
        self._by_locale: dict[str, ShopEnvironment] = {}
        self._loaded: dict[str, Template] = {}

    def in_locale(self, locale: str) -> "ShopEnvironment":
        """Return the environment whose templates speak this language."""
        if locale not in self._by_locale:
            twin = self.overlay()
            twin.locale = locale
            twin._loaded = {}
            self._by_locale[locale] = twin
        return self._by_locale[locale]

    def _load_template(self, name: Any, globals: Any) -> Template:  # noqa: A002 - Jinja's name
        if self.locale is None:
            return self.in_locale(str(get_locale()))._load_template(name, globals)
        if globals or not self.keeps:
            return super()._load_template(name, globals)
        # A page loads ten; Jinja's own store takes a lock each time.
        if name not in self._loaded:
            self._loaded[name] = super()._load_template(name, globals)
        return self._loaded[name]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        if self.locale is not None:
            with force_locale(self.locale):
                _Constants(self.is_production).visit(template)
        return template


class Kept(Extension):
    """``{% kept a, b %} … {% endkept %}``: the same a and b give the same text, which is rendered once in a process.

    The key names everything that the fragment reads, but for the language of the page: each language has its own
    environment. Nothing in it is ever stale, for another value is another key. The oldest fragment goes first.
    In development nothing is kept.
    """

    tags = {"kept"}

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._fragments: dict[Any, Markup] = {}

    def bind(self, environment: Any) -> Self:
        """Return the extension of another environment, which has kept nothing yet."""
        other = super().bind(environment)
        other._fragments = {}
        return other

    def parse(self, parser: Parser) -> nodes.Node:
        """Read the tag."""
        line = next(parser.stream).lineno
        place = nodes.Const(f"{parser.name}:{line}")
        key = parser.parse_tuple(with_condexpr=True)
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        call = self.call_method("fragment", [place, key], lineno=line)
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def fragment(self, place: str, key: Any, caller: Callable[[], Markup]) -> Markup:
        """Return the fragment of this key, rendered now when it is new."""
        if not self.environment.keeps:  # type: ignore[attr-defined]
            return caller()
        found = self._fragments.get((place, key))
        if found is None:
            found = caller()
            while len(self._fragments) >= MOST_KEPT:
                self._fragments.pop(next(iter(self._fragments)), None)
            self._fragments[place, key] = found
        return found


class _Constants(NodeTransformer):
    """Puts the translation in the place of ``_("a text")``; ``_("%(n)s of it", n=x)`` becomes a formatting of it.

    In production, where files do not change, ``asset("img/bee.svg")`` becomes the address as well.
    """

    def __init__(self, is_production: bool) -> None:
        self._is_production = is_production

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(call)
        if self._is_production and _is_of_constant(call, "asset") and not call.kwargs:
            return nodes.Const(asset(call.args[0].value)).set_lineno(call.lineno)  # type: ignore[attr-defined]
        if not _is_of_constant(call, "_"):
            return call
        text = gettext(call.args[0].value)  # type: ignore[attr-defined]
        if not call.kwargs:
            # As Jinja's newstyle gettext: every text is a format.
            return _safe(nodes.Const(text % {}), call)
        values = [nodes.Pair(nodes.Const(each.key), each.value) for each in call.kwargs]
        return nodes.Mod(_safe(nodes.Const(text), call), nodes.Dict(values)).set_lineno(call.lineno, override=True)


def _is_of_constant(call: nodes.Call, name: str) -> bool:
    return (
        isinstance(call.node, nodes.Name)
        and call.node.name == name
        and len(call.args) == 1
        and isinstance(call.args[0], nodes.Const)
        and call.dyn_args is None
        and call.dyn_kwargs is None
    )


def _safe(text: nodes.Const, call: nodes.Call) -> nodes.Node:
    return nodes.MarkSafeIfAutoescape(text).set_lineno(call.lineno, override=True)
