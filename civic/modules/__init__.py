"""The kinds of participation, one folder each. Dropping a folder here is all it takes to add one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from civic.module import Module

HERE = Path(__file__).parent


class _Folders(Mapping[str, Module]):
    """The modules found beside this file, by name. Each is read when it is first asked for: a town uses a few."""

    def __init__(self) -> None:
        self._names = sorted(path.name for path in HERE.iterdir() if (path / "__init__.py").is_file())
        self._read: dict[str, Module] = {}

    def __getitem__(self, name: str) -> Module:
        if name not in self._read:
            if name not in self._names:
                raise KeyError(name)
            module: Module = import_module(f"civic.modules.{name}").MODULE
            others = [one for one in self._read.values() if one is not module]
            if module.name != name or any(set(module.kinds) & set(other.kinds) for other in others):
                raise ValueError(f"civic/modules/{name}: its name or one of its kinds is already taken")
            self._read[name] = module
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def load() -> Mapping[str, Module]:
    """Every module found beside this file, by name, in the order of their names."""
    return _Folders()
