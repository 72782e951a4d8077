"""A template that asks for what the view forgot fails at once, and so do its parts."""

import pytest
from jinja2 import StrictUndefined, UndefinedError

BROKEN = [
    "{{ forgotten }}",
    "{% if forgotten %}x{% endif %}",
    "{% for each in forgotten %}x{% endfor %}",
    "{{ _('Hola, %(name)s', name=forgotten) }}",
    "{{ labels.forgotten }}",
    "{{ clinic.forgotten }}",
]


def test_templates_are_strict(app):
    assert issubclass(app.jinja_env.undefined, StrictUndefined)
    assert app.jinja_env.autoescape


@pytest.mark.parametrize("source", BROKEN)
def test_a_forgotten_value_is_an_error(app, source):
    with app.test_request_context(), pytest.raises(UndefinedError):
        app.jinja_env.from_string(source).render(app.jinja_env.globals)


@pytest.mark.parametrize("name", ["page.html", "_part.html", "email/html.html"])
def test_what_users_write_is_escaped(app, name):
    assert app.jinja_env.autoescape(name)
    with app.test_request_context():
        template = app.jinja_env.from_string("{{ text }}")

        assert template.render(text="<b>") == "&lt;b&gt;"
