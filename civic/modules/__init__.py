"""The kinds of participation, one folder each. Dropping a folder here is all it takes to add one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from civic.module import Module

HERE = Path(__file__).parent


def load() -> dict[str, Module]:
    """Every module found beside this file, by name, in the order of their names."""
    modules: dict[str, Module] = {}
    for folder in sorted(path for path in HERE.iterdir() if (path / "__init__.py").is_file()):
        module: Module = import_module(f"civic.modules.{folder.name}").MODULE
        if module.name != folder.name or any(set(module.kinds) & set(other.kinds) for other in modules.values()):
            raise ValueError(f"civic/modules/{folder.name}: its name or one of its kinds is already taken")
        modules[module.name] = module
    return modules
