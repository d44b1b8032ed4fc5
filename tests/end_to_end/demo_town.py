"""The demo's town as `preau demo` shows it, on ports of its own."""

from pathlib import Path

from tests.end_to_end.processes import Program, free_port, is_listening
from tests.end_to_end.town import PREAU
from tests.end_to_end.waiting import until


class DemoTown:
    """`site` is the published folder, `url` where the demo serves it."""

    def __init__(self, var: Path) -> None:
        self.port, self.site_port = free_port(), free_port()
        self.site = var / "site"
        self.url, self.sync_url = f"http://127.0.0.1:{self.site_port}", f"http://127.0.0.1:{self.port}"
        command = [str(PREAU), "demo", "--var", str(var), "--port", str(self.port), "--site-port", str(self.site_port)]
        self._program = Program(command, var.with_name("demo.log"))

    def start(self) -> None:
        """The welcome has been said on return: the whole town can be read."""
        self._program.start()
        until(lambda: "Ctrl-C" in self._program.said() or not self._program.is_running, "the demo", 120)
        assert self._program.is_running, self._program.said()[-3000:]

    def end(self) -> None:
        """As with Ctrl-C; on return nothing listens any more."""
        self._program.end()
        assert not is_listening(self.port)
        assert not is_listening(self.site_port)
