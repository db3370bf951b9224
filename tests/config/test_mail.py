import os

from django.core.mail import EmailMessage

from config.mail import CONSOLE_VARIABLE, ConsoleBackend


def test_mail_is_printed_on_the_console_that_the_runner_names(monkeypatch):
    reading, writing = os.pipe()
    monkeypatch.setenv(CONSOLE_VARIABLE, str(writing))

    ConsoleBackend().send_messages([EmailMessage("Hello", "A link", "a@x.org", ["b@x.org"])])

    os.close(writing)
    with os.fdopen(reading) as console:
        assert "Subject: Hello" in console.read()


def test_mail_is_printed_on_standard_output_otherwise(monkeypatch, capsys):
    monkeypatch.delenv(CONSOLE_VARIABLE, raising=False)

    ConsoleBackend().send_messages([EmailMessage("Hello", "A link", "a@x.org", ["b@x.org"])])

    assert "A link" in capsys.readouterr().out
