"""Every model of every domain in one import: what migrations, tests and the demo create their tables from."""

from app.absences import models as absences
from app.accounts import models as accounts
from app.admissions import models as admissions
from app.clients import models as clients
from app.core import documents, idempotency, journal, mail, numbering
from app.core.db import Base
from app.exchange import models as exchange
from app.graduates import models as graduates
from app.kiosk import models as kiosk
from app.learning import models as learning
from app.ledger import models as ledger
from app.machines import models as machines
from app.orders import models as orders
from app.pedagogy import models as pedagogy
from app.records import models as records
from app.timetable import models as timetable
from app.workshop import models as workshop

DOMAINS = (
    absences, accounts, admissions, clients, documents, exchange, graduates, idempotency, journal, kiosk,
    learning, ledger, machines, mail, numbering, orders, pedagogy, records, timetable, workshop,
)  # fmt: skip
metadata = Base.metadata
