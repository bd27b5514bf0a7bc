"""The one botocore session from which every client of awsprof comes, those that botocore makes by itself included."""

from __future__ import annotations

import ssl

import botocore.credentials  # noqa: TID253 - this module is imported only if AWS is called
import botocore.session  # noqa: TID253 - see above

from awsprof.aws.endpoints import builtin_loader, own_region
from awsprof.aws.process import Process
from awsprof.errors import AwsError, UsageError
from awsprof.text.display import quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from botocore.config import Config

    from awsprof.aws.gate import Gate


class Session(botocore.session.Session):
    """A botocore session whose clients repeat nothing, read botocore's own data, verify TLS and pass the gate.

    Assuming a role, web identities, SSO and `aws login` make their clients through `create_client`, too.

    Args:
        profile: a profile; empty: whatever AWS tools in this shell resolve.
        gate: which hosts may be called.
        config: the client configuration, also of the clients that botocore makes.

    Raises:
        AwsError: the CA bundle is empty or cannot be read.
    """

    def __init__(self, profile: str, gate: Gate, config: Config) -> None:
        super().__init__(profile=profile or None)
        self.gate = gate
        self.register_component("data_loader", builtin_loader())
        self.set_default_client_config(config)
        # Client-side monitoring sends key ids to csm_host, unencrypted.
        self.set_config_variable("csm_enabled", False)
        self.set_config_variable("ca_bundle", self._verify())
        self.get_component("event_emitter").register_last("before-send", gate.check)
        # botocore has no other way to reach the provider of a source profile.
        botocore.credentials.ProcessProvider = Process  # type: ignore[misc,assignment] # a class replaces its base

    def create_client(self, service_name: str, *args: Any, **given: Any) -> Any:
        """Make a client after its endpoint was checked and, if it is not AWS's, announced.

        An endpoint of AWS's own STS gets its own region, whatever the caller's is.
        """
        url = self.check_endpoint(service_name)
        own = own_region(url) if url and service_name == "sts" else ""
        if own:
            given["region_name"] = own
        return super().create_client(service_name, *args, **given)

    def check_endpoint(self, service: str) -> str:
        """Announce or refuse the endpoint that is configured for a service, and return it; empty if there is none."""
        url, source = self._endpoint(service)
        if url:
            self.gate.announce(url, source)
        return url

    def _endpoint(self, service: str) -> tuple[str, str]:
        """Return the configured endpoint of a service and where it is set, in botocore's order; empty if none is."""
        if self.get_config_variable("ignore_configured_endpoint_urls"):
            return "", ""
        name = service.replace("-", "_")
        for variable in (f"AWS_ENDPOINT_URL_{name.upper()}", "AWS_ENDPOINT_URL"):
            if self.gate.environ.get(variable):
                return self.gate.environ[variable], variable
        section = self.full_config.get("services", {}).get(self.get_scoped_config().get("services"), {})
        nested = section.get(name, {})
        own = nested.get("endpoint_url") if isinstance(nested, dict) else ""
        return own or self.get_scoped_config().get("endpoint_url", ""), self._setting("endpoint_url")

    def _setting(self, key: str) -> str:
        return f"{key} of {quoted(self.profile or 'default')}"

    def _verify(self) -> str | bool:
        """Return the CA bundle that is configured, True for that of botocore. An empty one would verify nothing.

        Raises:
            AwsError: it is empty, holds no certificates, or cannot be read.
        """
        own, named = self.get_scoped_config().get("ca_bundle"), self._setting("ca_bundle")
        variables = self.gate.environ
        in_order = (  # botocore's
            ("AWS_CA_BUNDLE", variables.get("AWS_CA_BUNDLE")),
            (named, own),
            ("REQUESTS_CA_BUNDLE", variables.get("REQUESTS_CA_BUNDLE")),
        )
        source, path = next(((source, path) for source, path in in_order if path is not None), ("", None))
        if path is None:
            return True
        _check_bundle(path, source)
        if source == named:
            self.gate.mention(f"{source}: TLS certificates are verified with {safe(path)}")
        return path

    def _create_credential_resolver(self) -> Any:
        """Announce the hosts that hand out the keys of a container or a machine, if they are about to be called."""
        resolver = super()._create_credential_resolver()  # type: ignore[misc] # the stubs leave it out
        for method, url in (("container-role", self._container_url), ("iam-role", self._metadata_url)):
            provider = resolver.get_provider(method)
            provider.load = self._announcing(provider.load, url)
        return resolver

    def _announcing(self, load: Any, url: Any) -> Any:
        def announced() -> Any:
            source, configured = url()
            if configured:
                self.gate.announce_provider(configured, source)
            return load()

        return announced

    def _container_url(self) -> tuple[str, str]:
        relative, full = (f"AWS_CONTAINER_CREDENTIALS_{kind}_URI" for kind in ("RELATIVE", "FULL"))
        path = self.gate.environ.get(relative)
        if path is not None and not path.startswith("/"):  # right after the address `@host` would lead elsewhere
            raise UsageError(f"{relative} is not a path: {safe(path)}", f"begin it with /, or remove {relative}")
        if path is not None:
            return relative, f"http://169.254.170.2{path}".partition("?")[0]
        return full, self.gate.environ.get(full, "").partition("?")[0]

    def _metadata_url(self) -> tuple[str, str]:
        if self.gate.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
            return "", ""
        url = self.get_config_variable("ec2_metadata_service_endpoint")
        variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        source = variable if variable in self.gate.environ else self._setting("ec2_metadata_service_endpoint")
        return source, url or ""


def _check_bundle(path: str, source: str) -> None:
    if not path.strip():
        raise AwsError(f"{source} is empty, which would turn SSL verification off", f"set or remove {source}")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:  # SSLError is an OSError; a zero byte in a path is a ValueError
        reason = "no certificates in it" if isinstance(error, ssl.SSLError) else getattr(error, "strerror", None)
        raise AwsError(
            f"cannot read SSL certificates from {safe(path)}: {reason or 'not a path'}", f"fix or remove {source}"
        ) from None
