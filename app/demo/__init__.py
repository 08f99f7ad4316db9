"""The demonstration school: an invented *école de production* in machining, alive on any day."""

from app.demo.school import SEED, School, generate, write_folder

__all__ = ["SEED", "School", "generate", "write_folder"]
