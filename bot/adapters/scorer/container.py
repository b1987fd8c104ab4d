"""The sandbox: a container without network in which the scorer runs, started by the client's CLI.

What the container prints can quote reference texts. It is returned, never printed, and no message
of an exception repeats it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import threading
import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, Literal

from bot.errors import Misconfigured, ServiceUnavailable
from bot.ports import Sandboxed

LOG_BYTES = 1_000_000
"""How much of what the scorer prints is kept."""
CLIENT_TIMEOUT_S = 60.0
"""How long the engine may take for an answer that needs no scoring."""
CLIENT_FAILURES = (125, 126, 127)
"""Exit statuses by which the client says that the container did not start."""
USER = "65534:65534"
"""Nobody, numerically: the image's own user table is not asked."""

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def mount_option(source: Path, target: str, *, read_only: bool) -> str:
    """Return the value of `--mount` for a folder; commas, colons and quotes may be in its path.

    Example:
        >>> mount_option(Path("/data/a,b"), "/input", read_only=True)
        'type=bind,"source=/data/a,b",target=/input,readonly'
    """
    fields = ["type=bind", f"source={source}", f"target={target}"]
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([*fields, "readonly"] if read_only else fields)
    return line.getvalue()


class ContainerSandbox:
    """A container image that is run by Docker or Podman."""

    def __init__(
        self,
        engine: Literal["docker", "podman"],
        image: str,
        *,
        memory: str = "4g",
        cpus: float | None = None,
        tmpfs: str = "512m",
        client_environment: Mapping[str, str] | None = None,
    ) -> None:
        """Keep how containers are started; nothing is started yet.

        Args:
            engine: The client's command.
            image: Name, tag or digest of an image that the engine already has.
            memory: Most memory the container may use, swap included.
            cpus: Most processors it may use, None for all.
            tmpfs: Size of its `/tmp`.
            client_environment: Environment of the client; this process's own when None.
        """
        self.engine = engine
        self.image = image
        self.memory = memory
        self.cpus = cpus
        self.tmpfs = tmpfs
        self.client_environment = client_environment

    def digest(self) -> str:
        """Return the image's digest: the registry's where it has one, else the image's id."""
        return self._pinned[1]

    def run(
        self,
        arguments: Sequence[str],
        *,
        read_only: Mapping[str, Path],
        output: Path,
        environment: Mapping[str, str],
        timeout_s: float,
    ) -> Sandboxed:
        """Run `rexrank` with these arguments in the image; see `bot.ports.Sandbox`.

        Raises:
            Misconfigured: The image, a folder or the client is missing.
            ServiceUnavailable: The engine failed, or the container was removed at the timeout.
        """
        output = output.resolve()
        for folder in (*read_only.values(), output):
            if not folder.exists():
                raise Misconfigured(f"{folder} does not exist; it was to be mounted")
        name = f"rexrank-{uuid.uuid4().hex}"
        command = self.command(
            name, arguments, read_only=read_only, output=output, environment=environment
        )
        mode = stat.S_IMODE(output.stat().st_mode)
        # The container's user is nobody, here too.
        output.chmod(0o777)
        try:
            return self._attend(name, command, timeout_s)
        finally:
            output.chmod(mode)

    def command(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        read_only: Mapping[str, Path],
        output: Path,
        environment: Mapping[str, str],
    ) -> list[str]:
        """Return the client's command line for a container of this name."""
        broken = [variable for variable in environment if not VARIABLE.fullmatch(variable)]
        if broken:
            raise ValueError(f"not a name of an environment variable: {broken[0]!r}")
        mounts = [
            mount_option(source.resolve(), target, read_only=True)
            for target, source in sorted(read_only.items())
        ]
        mounts.append(mount_option(output, "/output", read_only=False))
        return [
            *(self.engine, "run", "--rm", "--name", name, "--pull", "never"),
            *("--network", "none", "--read-only", "--cap-drop", "ALL"),
            *("--security-opt", "no-new-privileges", "--user", USER),
            *("--pids-limit", "256", "--memory", self.memory, "--memory-swap", self.memory),
            *(("--cpus", f"{self.cpus:g}") if self.cpus is not None else ()),
            *("--tmpfs", f"/tmp:rw,noexec,nosuid,nodev,size={self.tmpfs}"),  # noqa: S108
            *("--log-driver", "none"),
            *(word for mount in mounts for word in ("--mount", mount)),
            *(word for pair in sorted(environment.items()) for word in ("--env", "=".join(pair))),
            self._pinned[0],
            *arguments,
        ]

    @cached_property
    def _pinned(self) -> tuple[str, str]:
        """The image's id, which is what runs, and the digest it is known by."""
        report = self._ask("image", "inspect", "--format", "{{json .}}", self.image)
        try:
            image = json.loads(report)
            image_id = "sha256:" + str(image["Id"]).removeprefix("sha256:")
            known = [str(name) for name in image.get("RepoDigests") or ()]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ServiceUnavailable(f"{self.engine} did not describe {self.image}") from error
        if not DIGEST.fullmatch(image_id):
            raise ServiceUnavailable(f"{self.engine} gave no id for {self.image}")
        # One image may have been pulled under several names.
        repository = self.image.partition("@")[0]
        known.sort(key=lambda name: (not repository.startswith(name.partition("@")[0]), name))
        digests = [name.rpartition("@")[2] for name in known]
        return image_id, next((one for one in digests if DIGEST.fullmatch(one)), image_id)

    def _ask(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                (self.engine, *arguments),
                env=self.client_environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=CLIENT_TIMEOUT_S,
                check=False,
            )
        except OSError as error:
            raise self._no_client(error) from error
        except subprocess.TimeoutExpired as error:
            raise ServiceUnavailable(
                f"{self.engine} did not answer; run: {self.engine} info"
            ) from error
        if done.returncode:
            if "no such image" in done.stderr.lower() or "image not known" in done.stderr.lower():
                raise Misconfigured(
                    f"{self.engine} has no image {self.image}; run: {self.engine} pull {self.image}"
                )
            said = " ".join(done.stderr.split())[:300]
            raise ServiceUnavailable(f"{self.engine}: {said}; run: {self.engine} info")
        return done.stdout

    def _no_client(self, error: OSError) -> Misconfigured:
        return Misconfigured(
            f"{self.engine} cannot be started ({error.strerror}); install Docker or Podman"
        )

    def _attend(self, name: str, command: Sequence[str], timeout_s: float) -> Sandboxed:
        """Start the client, wait for it, and leave no container behind, however that ends."""
        try:
            client = subprocess.Popen(
                command,
                env=self.client_environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # An interrupt at the terminal is for this process, which removes the container.
                start_new_session=True,
            )
        except OSError as error:
            raise self._no_client(error) from error
        assert client.stdout is not None  # noqa: S101 - for the type checker
        kept = bytearray()
        reader = threading.Thread(target=drain, args=(client.stdout, kept), daemon=True)
        reader.start()
        finished = False
        try:
            status = client.wait(timeout_s)
            finished = status not in CLIENT_FAILURES
        except subprocess.TimeoutExpired as error:
            raise ServiceUnavailable(
                f"scoring did not end in {timeout_s:g} s and its container was removed; "
                "score again, with more time"
            ) from error
        finally:
            if not finished:
                self._remove(name)
                client.kill()
                client.wait()
            reader.join(CLIENT_TIMEOUT_S)
            client.stdout.close()
        if not finished:
            raise ServiceUnavailable(
                f"{self.engine} could not start a container of {self.image} (status {status}); "
                f"run: {self.engine} info"
            )
        return Sandboxed(exit_status=status, log=kept.decode("utf-8", errors="replace"))

    def _remove(self, name: str) -> None:
        """End and remove a container; it need not exist any more."""
        for words in (("kill", name), ("rm", "--force", "--volumes", name)):
            try:
                subprocess.run(
                    (self.engine, *words),
                    env=self.client_environment,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=CLIENT_TIMEOUT_S,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                # The engine is gone; what is being raised already says so.
                continue


def drain(stream: IO[bytes], kept: bytearray) -> None:
    """Read a stream to its end and keep its first LOG_BYTES bytes."""
    while chunk := os.read(stream.fileno(), 65536):
        kept += chunk[: LOG_BYTES - len(kept)]
