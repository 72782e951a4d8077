"""A nonce is worth something only once (T24); the other headers are looked at on every answer."""

from tests.html_check import nonce_of

ANSWERS = 200


def test_no_two_answers_have_the_same_nonce(app):
    browser = app.test_client()

    nonces = {nonce_of(browser.get("/salud")) for _ in range(ANSWERS)}

    assert None not in nonces
    assert len(nonces) == ANSWERS


def test_the_nonce_of_the_policy_is_the_one_on_the_page(page):
    browser = page()
    response = browser.get("/ingresar")

    assert f'nonce="{nonce_of(response)}"' in response.get_data(as_text=True)
