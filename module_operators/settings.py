"""What a task process reads from its environment: the LOGIDATA_* settings that operators use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

_REPOSITORY = Path(__file__).parent.parent

LINK_LOCAL = "169.254.0.0/16,fe80::/10,fd00:ec2::254,fd20:ce::254,100.100.100.200,168.63.129.16"
"""Where clouds hand out a machine's credentials."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Operator settings; units are in the names or beside them."""

    files_url: str
    staging_url: str
    memory_limit: str
    """DuckDB's notation: 512MB, 4GB. Beyond it a query spills to disk."""
    threads: int
    spark_remote: str = ""
    """Where Spark Connect listens, `sc://host:port`; empty: there is none."""
    spark_token: str | None = field(default=None, repr=False)
    outgoing_allow: str = ""
    """Hosts, *.domains, addresses and networks, comma-separated: what may be connected to although it is denied."""
    outgoing_deny: str = LINK_LOCAL
    """As `outgoing_allow`; what an address of a pipeline's author must not lead to."""

    @property
    def has_staging_folder(self) -> bool:
        """Whether staging is a folder, and no object store."""
        return "://" not in self.staging_url or self.staging_url.startswith("file://")

    @classmethod
    def from_environment(cls) -> Settings:
        home = Path(os.environ.get("LOGIDATA_HOME") or _REPOSITORY / "var")
        return cls(
            files_url=os.environ.get("LOGIDATA_FILES_URL") or str(home / "files"),
            staging_url=os.environ.get("LOGIDATA_STAGING_URL") or str(home / "staging"),
            memory_limit=os.environ.get("LOGIDATA_MEMORY_LIMIT") or "1GB",
            threads=int(os.environ.get("LOGIDATA_THREADS") or os.cpu_count() or 1),
            spark_remote=os.environ.get("LOGIDATA_SPARK_REMOTE") or "",
            spark_token=os.environ.get("LOGIDATA_SPARK_TOKEN") or None,
            outgoing_allow=os.environ.get("LOGIDATA_OUTGOING_ALLOW") or "",
            outgoing_deny=os.environ.get("LOGIDATA_OUTGOING_DENY") or LINK_LOCAL,
        )
