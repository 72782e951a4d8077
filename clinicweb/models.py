"""All tables of all slices, so that the metadata is whole wherever it is looked at."""

from clinicweb.accounts import factor_models
from clinicweb.accounts import models as accounts
from clinicweb.accounts import reactivation_models as reactivation
from clinicweb.audit import models as audit
from clinicweb.booking import models as booking
from clinicweb.booking import waiting_models
from clinicweb.chat import models as chat
from clinicweb.clinic import models as clinic
from clinicweb.contact import models as contact
from clinicweb.core import drafts, limits
from clinicweb.core.db import Base
from clinicweb.documents import models as documents
from clinicweb.family import models as family
from clinicweb.feed import models as feed
from clinicweb.notifications import models as notifications
from clinicweb.reminders import models as reminders
from clinicweb.video import attention_models, check_models
from clinicweb.video import models as video

__all__ = [
    "accounts",
    "attention_models",
    "audit",
    "booking",
    "chat",
    "check_models",
    "clinic",
    "contact",
    "documents",
    "drafts",
    "factor_models",
    "family",
    "feed",
    "limits",
    "notifications",
    "reactivation",
    "reminders",
    "video",
    "waiting_models",
]

metadata = Base.metadata
