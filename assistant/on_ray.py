"""On Ray: a library whose documents are split, labelled and encoded on a cluster; everything else is as on one machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering import Bench
from assistant.settings import Settings
from index.encoder import Encoders
from index.ray_run import OnRay, check_address
from index.shard_work import Recipe

if TYPE_CHECKING:
    from index.build import BuildTools

OPENER = "index.shard_work:open_tools"


class RayBench(Bench):
    """A bench that builds on Ray.

    Args:
        settings: which library.
        address: of the cluster, as Ray takes it; "local" for this machine.

    Raises:
        ClusterError: that is no address, or Ray is not installed.
    """

    def __init__(self, settings: Settings, address: str) -> None:
        check_address(address)
        super().__init__(settings)
        self.address = address

    def tools(self, encoders: Encoders) -> BuildTools:
        """What a store of this library is built with, and where."""
        return replace(super().tools(encoders), elsewhere=self._on_ray(encoders))

    def _on_ray(self, encoders: Encoders) -> OnRay:
        said, named = self.library.ray, self.library.settings
        own = named.get("vocabulary")
        model, question_model = self._models
        threads = int(said.get("threads", 1))
        return OnRay(
            self.address,
            Recipe(
                OPENER,
                {
                    "model": _place(model),
                    "question_model": _place(question_model),
                    "arithmetic": encoders.arithmetic,  # what "auto" came to here
                    "threads": threads,
                    "vocabulary": None,
                },
            ),
            folder=self.library.folder / said["shards"] if "shards" in said else None,
            laid=self.library.folder / own if own else None,
            workers=said.get("workers"),
            threads=threads,
        )


def _place(model: str | None) -> str | None:
    """A model by its name, or by the whole path of its folder: a worker stands elsewhere."""
    if model is not None and Path(model).expanduser().is_dir():
        return str(Path(model).expanduser().resolve())
    return model
