"""All settings, from `COMPAGNON_*` variables; nothing else reads the environment."""

from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """See the table in README.md; a test compares the two."""

    model_config = SettingsConfigDict(env_prefix="COMPAGNON_", extra="ignore")

    data_dir: Path = Field(default=Path(".data"), description="Folder of the database and of stored files.")
    database_url: str = Field(default="", description="SQLAlchemy address; empty: compagnon.db in the data folder.")
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the server listens on.")
    base_url: str = Field(default="", description="Address people type; decides hosts, links and Secure cookies.")
    development: bool = Field(default=False, description="Shows the style guide to everybody.")
    tls_cert: str = Field(default="", description="Certificate file, to serve TLS without a proxy.")
    tls_key: str = Field(default="", description="Key file of the certificate.")
    smtp_host: str = Field(default="", description="Mail server of the school; empty: messages wait in the outbox.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str = Field(default="", description="Who signs in at the mail server; empty: nobody does.")
    smtp_password: str = Field(default="", description="The password for it.", repr=False)
    smtp_starttls: bool = Field(default=True, description="Encrypts the way to the mail server (STARTTLS).")
    smtp_from: str = Field(default="", description="Address that messages come from.")
    plain_http: str = Field(default="", description="`private` lets a private network in without TLS.")

    @cached_property
    def url(self) -> str:
        """Where the database is."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'compagnon.db'}"

    @cached_property
    def address(self) -> str:
        """The base address of links, without a trailing slash."""
        scheme = "https" if self.tls_cert else "http"
        return (self.base_url or f"{scheme}://127.0.0.1:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether cookies carry `Secure`: the base address is https."""
        return urlsplit(self.address).scheme == "https"

    @property
    def insecure(self) -> bool:
        """Whether passwords cross a private network in the clear, as the school has asked for."""
        host = urlsplit(self.address).hostname
        return self.plain_http == "private" and not self.secure and host not in {"127.0.0.1", "localhost", "::1"}

    @property
    def hosts(self) -> list[str]:
        """The host names that are answered to (S13)."""
        return sorted({urlsplit(self.address).hostname or "127.0.0.1", "127.0.0.1", "localhost", "::1"})
