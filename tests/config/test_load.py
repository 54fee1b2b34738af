"""What feeds.toml may say, and how its mistakes are named."""

from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import ConfigError, load


def write(folder: Path, text: str) -> Path:
    path = folder / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(write(folder, text), environment={})
    return [str(problem) for problem in caught.value.problems]


def test_an_empty_file_is_a_configuration_with_defaults(tmp_path: Path) -> None:
    settings = load(write(tmp_path, ""))
    assert settings.store == f"sqlite:///{tmp_path}/var/store.sqlite"
    assert settings.feeds == ()
    assert settings.dedupe.title_window == timedelta(hours=48)


def test_everything_that_may_be_said_arrives(tmp_path: Path) -> None:
    settings = load(
        write(
            tmp_path,
            """
            [store]
            url = "postgresql://me@localhost/news"
            [reader]
            languages = ["ar", "pt-BR"]
            timezone = "Asia/Baghdad"
            [fetch]
            contact = "https://me.example"
            min_interval = "5m"
            max_bytes = "2MB"
            [[feeds]]
            url = "https://news.example/rss"
            title = "News"
            tags = ["world"]
            priority = 3
            headers = { Authorization = { env = "TOKEN" }, Accept = "text/xml" }
            auth = { user = "me", password = { env = "PASSWORD" } }
            [[feeds]]
            url = "local/رخبر.xml"
            [[digests]]
            name = "morning"
            span = "12h"
            feeds = ["News"]
            formats = ["html"]
            directory = "out"
            """,
        ),
        environment={"TOKEN": "t", "PASSWORD": "p"},
    )
    assert settings.store == "postgresql+psycopg://me@localhost/news"
    assert settings.languages == ("ar", "pt")
    assert settings.fetch.min_interval == 300
    assert settings.fetch.max_bytes == 2_000_000
    web, local = settings.feeds
    assert web.headers == (("Authorization", "t"), ("Accept", "text/xml"))
    assert web.auth == ("me", "p")
    assert local.url == str(tmp_path / "local/رخبر.xml")
    assert local.key == "local/رخبر.xml"
    assert settings.digests[0].span == timedelta(hours=12)
    assert settings.digests[0].directory == tmp_path / "out"


def test_every_mistake_is_named_with_its_line_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """[fetch]
concurency = 3
min_interval = "soon"

[[feeds]]
url = "https://a.example/rss"
titel = "A"

[[feeds]]
title = "no address"

[nonsense]
""",
    )
    assert [line.split(":")[0] for line in found] == [
        "line 2",
        "line 3",
        "line 7",
        "line 9",
        "line 12",
    ]
    assert 'did you mean "concurrency"?' in found[0]
    assert 'like "15m"' in found[1]
    assert '"titel" in [[feeds]]' in found[2]
    assert '"url" is missing in [[feeds]]' in found[3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[feeds]]\nurl = "a.xml"\n[[feeds]]\nurl = "./a.xml"\n',
            "line 4: duplicate feed ./a.xml",
        ),
        ('[[feeds]]\nurl = "gopher://a.example/"\n', "line 2: "),
        ('[[feeds]]\nurl = "https://u:p@a.example/"\n', "no credentials in addresses"),
        ('[[feeds]]\nurl = "https:///x"\n', "has no host"),
        (
            '[[feeds]]\nurl = "a"\nheaders = { X = { env = "NO" } }\n',
            "line 3: the environment variable NO",
        ),
        ('[[digests]]\nname = "../up"\n', "line 2: "),
        ('[[digests]]\nname = "a"\n[[digests]]\nname = "A"\n', "line 4: two digests"),
        ('[[digests]]\nname = "a"\nfeeds = ["x"]\n', 'line 3: digest "a": unknown feed "x"'),
        ('[fetch]\nmin_interval = "2d"\n', "line 2: min_interval is larger"),
        ('[store]\nurl = "mysql://x"\n', "line 2: "),
        ("[store\n", "not valid TOML"),
        ('[reader]\ntimezone = "Mars/Base"\n', "line 2: "),
    ],
)
def test_a_mistake_says_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    assert message in "\n".join(problems(tmp_path, text))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--config FILE"):
        load(tmp_path / "none.toml")


def test_lines_are_right_after_values_over_several_lines(tmp_path: Path) -> None:
    text = '[[feeds]]\nurl = "a"\ntags = [\n  "x",\n  "y = 1",\n]\nwieght = 2\n'
    assert problems(tmp_path, text)[0].startswith("line 7:")


def test_stories_across_languages_need_a_package_and_the_message_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[stories]\nacross_languages = true\n"
    monkeypatch.setattr("aggregator.config.assemble.LANGUAGES_MODULE", "no_such_module_here")
    (said,) = problems(tmp_path, text)
    assert said.startswith("line 2: ") and "make languages" in said
    monkeypatch.setattr("aggregator.config.assemble.LANGUAGES_MODULE", "json")  # any that is there
    assert load(write(tmp_path, text)).stories.across_languages


def test_where_digests_are_sent_arrives_with_its_secrets(tmp_path: Path) -> None:
    text = """
        [mail]
        host = "smtp.example.org"
        sender = "The day <day@example.org>"
        security = "tls"
        port = 465
        user = "me"
        password = { env = "SMTP_PASSWORD" }
        [[digests]]
        name = "daily"
        mail = ["reader@example.org"]
        unsubscribe = "mailto:stop@example.org"
        webhooks = [{ url = "https://hooks.example/1", secret = { env = "HOOK" } }]
        apprise = [{ name = "phone", url = { env = "PHONE" } }]
        """
    secrets = {"SMTP_PASSWORD": "p", "HOOK": "h", "PHONE": "json://phone.example"}
    settings = load(write(tmp_path, text), environment=secrets)
    assert settings.mail is not None
    assert (settings.mail.host, settings.mail.port, settings.mail.password) == (
        "smtp.example.org",
        465,
        "p",
    )
    (digest,) = settings.digests
    assert digest.mail == ("reader@example.org",)
    assert digest.webhooks[0].secret == "h"
    assert digest.apprise[0].url == "json://phone.example"
    assert "'p'" not in repr(settings) and "json://phone" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[digests]]\nname = "d"\nmail = ["a@b.example"]', "needs a [mail] table"),
        ('[[digests]]\nname = "d"\nmail = ["a@b.example\\nBcc: c"]', "not a mail address"),
        ('[[digests]]\nname = "outbox"', "is a command"),
        ('[[digests]]\nname = "d"\nunsubscribe = "javascript:1"', "https:// or mailto:"),
        ('[mail]\nhost = "h"\nsender = "x\\n<a@b.example>"', "NAME <address>"),
        (
            '[mail]\nhost = "h"\nsender = "a@b.example"\nuser = "u"\nsecurity = "none"',
            "not sent without TLS",
        ),
        (
            '[mail]\nhost = "h"\nsender = "a@b.example"\n'
            '[[digests]]\nname = "d"\nrolling = true\nmail = ["a@b.example"]',
            "cannot be sent",
        ),
    ],
)
def test_a_digest_that_cannot_be_sent_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in problem for problem in problems(tmp_path, text))
