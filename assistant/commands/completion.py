"""`firstpass completion`: what a shell needs to complete the command line."""

from __future__ import annotations

import click

PROGRAM, VARIABLE = "firstpass", "_FIRSTPASS_COMPLETE"
SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the completion script of your shell.")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    r"""Print the script by which SHELL completes commands, options and folders; have it read when the shell starts.

    \b
    Examples:
      firstpass completion bash > ~/.local/share/bash-completion/completions/firstpass
      eval "$(firstpass completion zsh)"      # in ~/.zshrc, below compinit
      firstpass completion fish > ~/.config/fish/completions/firstpass.fish
    """
    from click.shell_completion import get_completion_class

    from assistant.cli import cli

    made = get_completion_class(shell)
    if made is None:  # click has all three; a click without one is older than the one required
        message = f"this click has no completion for {shell}; install click 8.1 or newer"
        raise click.ClickException(message)
    click.echo(made(cli, {}, PROGRAM, VARIABLE).source())
