"""One page that is right, and the single changes that make it wrong in one way each."""

NONCE = "bm9uY2Utb2YtdGhlLXBhZ2U"

GOOD_PAGE = f"""<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Reservar hora</title>
<script src="/static/1/htmx.js" nonce="{NONCE}" defer></script>
</head>
<body hx-boost:inherited="target:#main swap:outerHTML" hx-nonce="{NONCE}">
<main id="main">
<h1>Reservar hora</h1>
<h2>Datos</h2>
<form id="search" action="/reservar" method="post">
<input type="hidden" name="csrf_token" value="abc">
<label for="doctor">Profesional</label>
<select id="doctor" name="doctor" hx-get="/horas" hx-nonce="{NONCE}" aria-describedby="hint">
<option value="1">Dra. Soto</option></select>
<p id="hint">Elija con quién.</p>
<label>Correo <input type="email" name="email" autocomplete="email"></label>
<button type="submit">Buscar</button>
</form>
<ul><li><a href="/horas" hx-get="/horas" hx-nonce="{NONCE}">Horas</a></li></ul>
<img src="/static/1/map.png" alt="Mapa">
<div id="news" hx-get="/avisos" hx-trigger="every 20s" hx-nonce="{NONCE}">
<a href="/avisos">Avisos</a></div>
</main>
</body>
</html>
"""

GOOD_FRAGMENT = """<title>Reservar hora</title>
<main id="main"><h1>Reservar hora</h1><p>Elija.</p></main>
"""

GOOD_PART = '<ul id="hours"><li>10:30</li></ul>'

# (what stands in the good page, what to put there, words of the complaint)
BROKEN_PAGES = [
    ("<!doctype html>\n", "", "DOCTYPE"),
    ("</h1>", "</h2>", "not HTML5"),
    ("</form>", "</p></form>", "not HTML5"),
    (' name="email"', ' name="email" name="mail"', "not HTML5"),
    (' lang="es"', "", "no lang"),
    ('<meta name="viewport" content="width=device-width">', "", "viewport"),
    ("<title>Reservar hora</title>", "<title> </title>", "<title>"),
    ("<h1>Reservar hora</h1>", "<h1>A</h1><h1>B</h1>", "<h1>"),
    ('<main id="main">', '<main id="content">', '<main id="main">'),
    ("<h2>Datos</h2>", "<h3>Datos</h3>", "jumps from h1 to h3"),
    ('id="news"', 'id="hint"', 'id "hint" stands 2 times'),
    ('id="news"', 'id=""', "is empty"),
    (' alt="Mapa"', "", "no alt"),
    ('<a href="/avisos"', '<a target="_blank" href="/avisos"', "noopener"),
    ('<a href="/avisos"', '<a tabindex="2" href="/avisos"', "positive tabindex"),
    (">Avisos<", "><", "has no text"),
    ("<ul><li>", "<ul><div>x</div><li>", "is no item of"),
    ("<h2>Datos</h2>", "<h2>Datos</h2><li>x</li>", "<li> stands in"),
    (">Horas<", "><div>Horas</div><span><div>x</div></span><", "is a block inside <span>"),
    (">Horas<", ">Horas <label>x</label><", "can be pressed inside"),
    ('<label for="doctor">', '<label for="hint">', "has no label"),
    ("<label>Correo <input", "<label>Correo</label> <input", "has no label"),
    ('aria-describedby="hint"', 'aria-describedby="help"', "points at nothing"),
    (' action="/reservar"', "", "no action"),
    (' method="post"', "", "no method"),
    ('<input type="hidden" name="csrf_token" value="abc">\n', "", "no hidden csrf_token"),
    ('name="csrf_token" value="abc"', 'name="csrf_token" value=""', "no hidden csrf_token"),
    (' method="post"', ' method="get"', "in the address"),
    ('<button type="submit">', "<button>", "has no type"),
    ("</main>", '<button type="submit">x</button></main>', "submits no form"),
    (' autocomplete="email"', "", "no autocomplete"),
    ("</main>", "<script>alert(1)</script></main>", "no inline script"),
    (f' nonce="{NONCE}" defer', " defer", "no inline script"),
    ("</head>", "<style>p{}</style></head>", "<style> has no nonce"),
    ('<p id="hint">', '<p id="hint" style="color:red">', "style attribute"),
    ('<p id="hint">', '<p id="hint" onclick="x()">', "has onclick"),
    ('<img src="/static/1/map.png"', '<img src="java\nscript:x()"', "is a script"),
    (
        '<li><a href="/horas" hx-get="/horas"',
        '<li><a href=" JavaScript:x()" hx-get="/horas"',
        "is a script",
    ),
    (f'hx-get="/horas" hx-nonce="{NONCE}">Horas', 'hx-get="/horas">Horas', "no hx-nonce"),
    (
        f'hx-nonce="{NONCE}">Horas',
        'hx-nonce="bm9uY2Utb2YtYW5vdGhlcg">Horas',
        "not the nonce of the page",
    ),
    ('id="news"', 'id="news" hx-on:click="x()"', "has hx-on:click"),
    ('id="news"', 'id="news" hx-vals="js:{a:1}"', "would be evaluated"),
    ("every 20s", "every 20s[x()]", "filter in hx-trigger"),
    ('id="news"', 'id="news" data-hx-swap="none"', "without data-"),
    ('<a href="/avisos">Avisos</a>', "Avisos", "neither link nor form"),
    ('<a href="/horas" hx-get', "<a hx-get", "neither link nor form"),
]

BROKEN_FRAGMENTS = [
    ("<title>Reservar hora</title>", "", "<title>"),
    ("<h1>Reservar hora</h1>", "", "<h1>"),
    (' id="main"', "", '<main id="main">'),
    ("</main>", "</main><p>x</p>", "stands beside <main>"),
    ("</main>", "</div></main>", "not HTML5"),
]

BROKEN_PARTS = [
    ("", "is empty"),
    ("<ul><li>10:30</li></ul>", "has no id"),
    ('<p id="a" style="color:red">x</p>', "style attribute"),
    ('<p id="a"><b>x</p>', "not HTML5"),
]
