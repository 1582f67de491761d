"""The Slack face: how an answer looks there, and how questions come in and answers go out."""
