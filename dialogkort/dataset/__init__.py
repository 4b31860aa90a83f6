"""Many sources, one dataset on disk, queried in place. Needs `pip install "dialogkort[analysis]"`."""

from dialogkort.errors import InvalidAction
from dialogkort.i18n import text

try:
    from dialogkort.dataset.collect import collect
    from dialogkort.dataset.dataset import Dataset, DatasetReport
    from dialogkort.dataset.queries import MEASURES, Tables
except ModuleNotFoundError as missing:
    if (missing.name or "").startswith("dialogkort"):
        raise
    raise InvalidAction(text("dataset.extra_missing", name=missing.name, extra="analysis")) from None

__all__ = ["MEASURES", "Dataset", "DatasetReport", "Tables", "collect"]
