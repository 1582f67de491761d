"""From a message to an answer, and the faces it is shown on."""
