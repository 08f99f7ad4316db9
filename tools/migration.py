"""`make migration m="orders: add a site"`: write a migration from the difference between models and schema.

It is generated on an empty SQLite database brought to the present head, then read by a person: batch mode serves both
engines, and data steps are plain SQL.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from app.core.db import Database
from tests.support import migrations


def main() -> int:
    """Write the file and name it."""
    if len(sys.argv) != 2:
        print('usage: make migration m="what it does"', file=sys.stderr)
        return 2
    sentence = sys.argv[1].strip()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'schema.db'}")
        migrations.upgrade(database)
        with migrations.prepared(database) as config:
            config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
            script = command.revision(config, sentence, autogenerate=True)
        database.dispose()
    print(f"{script.path}: read it before you commit it" if script else "no file was written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
