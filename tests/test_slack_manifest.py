"""The manifest, the checks before a start, and the deployment examples."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path
from typing import Any

import pytest
from slack_bench import FakeAnswering
from slack_stand_in import SlackStandIn

from assistant.errors import AssistantError, SettingsError
from assistant.slack.checks import Finding, check
from assistant.slack.manifest import HISTORY, OPTIONAL, SCOPES, as_json, as_yaml, manifest
from assistant.slack.responder import Answering
from assistant.slack.settings import (
    Address,
    SlackSettings,
    read_address,
    read_public,
    read_settings,
    told_in,
)

PROMPTS = (
    "bone marrow concentrate, intra-articular, for knee osteoarthritis?",
    'a "quoted": one # with marks',
)
DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def read_yaml(lines: list[str], indent: int = 0) -> Any:
    """The YAML of nested mappings and lists with values in JSON, as written by `as_yaml`; takes its lines from the list."""
    mapping: dict[str, Any] = {}
    listing: list[Any] = []
    while lines and len(lines[0]) - len(lines[0].lstrip()) == indent:
        line = lines[0].strip()
        if line.startswith("- "):
            try:
                listing.append(json.loads(line[2:]))
                lines.pop(0)
            except ValueError:
                lines[0] = " " * (indent + 2) + line[2:]
                listing.append(read_yaml(lines, indent + 2))
            continue
        lines.pop(0)
        key, _, value = line.partition(":")
        mapping[key] = json.loads(value) if value.strip() else read_yaml(lines, indent + 2)
    return listing or mapping


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("history", [False, True])
def test_yaml_and_json_say_the_same(legacy: bool, history: bool) -> None:
    """Both forms of the manifest hold the same, whatever its texts hold."""
    made = manifest(PROMPTS, legacy=legacy, history=history)
    assert read_yaml(as_yaml(made).splitlines()) == json.loads(as_json(made)) == made


def test_the_manifest_keeps_within_slacks_limits() -> None:
    """Names, descriptions, prompts and commands are no longer and no more than Slack takes."""
    made = manifest(PROMPTS * 3)
    display = made["display_information"]
    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4000
    features = made["features"]
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_the_manifest_asks_for_what_the_events_need() -> None:
    """Scopes and events fit each other: a history scope only with its event, Socket Mode on, the new agent view by default."""
    plain, more = manifest(()), manifest((), history=True)
    assert set(plain["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    assert set(plain["oauth_config"]["scopes"]["bot_optional"]) == set(OPTIONAL)
    assert set(more["oauth_config"]["scopes"]["bot"]) == {*SCOPES, *HISTORY}
    assert more["oauth_config"]["scopes"]["bot_optional"] == ["im:read", "files:write"]
    events = plain["settings"]["event_subscriptions"]["bot_events"]
    assert {"app_mention", "message.im", "app_home_opened"} == set(events)
    assert "message.channels" in more["settings"]["event_subscriptions"]["bot_events"]
    assert plain["settings"]["socket_mode_enabled"]
    assert "assistant_view" in manifest((), legacy=True)["features"]


def test_by_http_the_manifest_says_where_slack_sends() -> None:
    """With an address the manifest has no Socket Mode, and every request, the way back from an installation and the events of leaving."""
    made = manifest(("a",), url="https://bot.example.org")
    settings, requests = made["settings"], "https://bot.example.org/slack/events"
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == requests
    assert settings["interactivity"]["request_url"] == requests
    assert [one["url"] for one in made["features"]["slash_commands"]] == [requests]
    assert made["oauth_config"]["redirect_urls"] == ["https://bot.example.org/slack/oauth_redirect"]
    assert {"app_uninstalled", "tokens_revoked"} <= set(settings["event_subscriptions"]["bot_events"])
    assert read_yaml(as_yaml(made).splitlines()) == json.loads(as_json(made))


@pytest.mark.parametrize("text", ["http://bot.example.org", "bot.example.org", "https://", "https://x/?a=1"])
def test_only_an_https_address_is_taken(text: str) -> None:
    """Slack sends to https only, so that another address is refused with an example."""
    with pytest.raises(SettingsError, match=r"https://bot\.example\.org"):
        read_public(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("3000", Address("127.0.0.1", 3000)),
        ("0.0.0.0:80", Address("0.0.0.0", 80)),  # noqa: S104 - what a container says
        ("[::]:3000", Address("::", 3000)),
        ("localhost:0", Address("localhost", 0)),
    ],
)
def test_an_address_is_a_port_with_or_without_a_host(text: str, address: Address) -> None:
    """Without a host it is this machine alone."""
    assert read_address(text, "--http") == address


@pytest.mark.parametrize("text", ["", "x", "host", "host:", "70000", "1:2:x", "http://host:3000", "-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """The message names what was said, and an example."""
    with pytest.raises(SettingsError, match=re.escape(f'--http is "{text}"')):
        read_address(text, "--http")


HTTP = Address("127.0.0.1", 0)
SIGNED = {"SLACK_SIGNING_SECRET": "synthetic"}
CLIENT = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "synthetic"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        (SIGNED, "SLACK_BOT_TOKEN"),
        ({**SIGNED, "SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET"),
        ({**SIGNED, **CLIENT, "SLACK_BOT_TOKEN": "xoxb-1"}, "one workspace"),
        ({**SIGNED, **CLIENT, "FIRSTPASS_CHANGES_CHANNEL": "C1"}, "TEAM/CHANNEL"),
    ],
)
def test_by_http_a_wrong_setting_is_named(tmp_path: Path, given: dict[str, str], named: str) -> None:
    """What is missing, or said twice, is named, and the bot does not start."""
    with pytest.raises(SettingsError, match=named):
        read_settings(given, tmp_path, http=HTTP)


def test_a_channel_of_one_of_several_workspaces_is_told_there_alone(tmp_path: Path) -> None:
    """With several workspaces the channel that is told what changed names its workspace."""
    given = {**SIGNED, **CLIENT, "FIRSTPASS_CHANGES_CHANNEL": "T1/C1", "FIRSTPASS_WORKSPACES": "T1 T2"}
    settings = read_settings(given, tmp_path, http=HTTP)
    assert settings.several
    assert settings.teams == {"T1", "T2"}
    assert (told_in(settings, "T1"), told_in(settings, "T2")) == ("C1", "")


def findings(slack: SlackStandIn, state: Path, *, broken: bool = False) -> list[Finding]:
    """What the checks find."""

    def opened() -> Answering:
        if broken:
            message = "there is no store, so nothing can be answered; run: firstpass index"
            raise AssistantError(message)
        return FakeAnswering()

    return list(check(SlackSettings("xoxb-1", "xapp-1", state, slack.api_url), opened))


def test_checks_find_a_bot_fit(tmp_path: Path) -> None:
    """With tokens, scopes, state folder and store in order, nothing fails, and nobody is answered."""
    with SlackStandIn() as slack:
        assert all(one.fit is not False for one in findings(slack, tmp_path))
        assert {one.method for one in slack.calls} == {"auth.test", "apps.connections.open"}
        assert slack.sockets == []
    assert list(tmp_path.iterdir()) == []


def test_checks_remind_of_the_channel_that_is_told(tmp_path: Path) -> None:
    """Where a channel is to be told what changed, the checks say that the bot has to be in it."""
    with SlackStandIn() as slack:
        settings = SlackSettings("xoxb-1", "xapp-1", tmp_path, slack.api_url, changes="C9")
        found = [one for one in check(settings, FakeAnswering) if "C9" in one.line]
    assert [one.fit for one in found] == [None]


def test_checks_name_what_is_unfit(tmp_path: Path) -> None:
    """A refused token, a refused connection, a folder that cannot be written and a missing store are each named with a cure."""
    (tmp_path / "file").write_text("", "utf-8")
    with SlackStandIn() as slack:
        slack.fail("auth.test", "invalid_auth")
        slack.fail("apps.connections.open", "not_allowed_token_type")
        lines = [one.line for one in findings(slack, tmp_path / "file", broken=True) if one.fit is False]
    assert len(lines) == 4
    for word, line in zip(
        ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "state folder", "firstpass index"), lines, strict=True
    ):
        assert word in line


def test_the_unit_drops_privileges_and_leaves_time_to_stop() -> None:
    """The systemd example runs as a user of its own without capabilities, and waits longer than the bot needs to stop."""
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # the library's own way to keep the case of names
    unit.read(DEPLOY / "firstpass-slack.service", "utf-8")
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert int(service["TimeoutStopSec"]) > SlackSettings("", "", Path()).drain + 20


def test_the_container_runs_as_nobody_in_particular() -> None:
    """The container example ends as a user without a shell, and holds no token."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert "\nUSER 10001\n" in text
    assert "xoxb-" not in text
