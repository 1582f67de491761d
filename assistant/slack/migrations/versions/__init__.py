"""The migrations, each after the one that it names as its `down_revision`."""
