def test_gunicorn_writes_down_neither_searches_nor_browsers(site):
    before = len(site.log("web"))

    site.ask("/movies/?q=embarrassing", User_Agent="Recognisable/1.0")

    written = site.log("web")[before:]
    assert "GET /movies/" in written
    assert "embarrassing" not in written
    assert "Recognisable" not in written
