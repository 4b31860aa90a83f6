"""Many sources, one dataset on disk, queried in place. Needs `pip install "dialogkort[analysis]"`."""

from dialogkort.session import Refused
from dialogkort.texts import text

try:
    from dialogkort.archive.collecting import collect
    from dialogkort.archive.dataset import Dataset, Sheet
    from dialogkort.archive.questions import MEASURES, Tables
except ModuleNotFoundError as missing:
    if (missing.name or "").startswith("dialogkort"):
        raise
    raise Refused(text("archive.extra_missing", name=missing.name, extra="analysis")) from None

__all__ = ["MEASURES", "Dataset", "Sheet", "Tables", "collect"]
