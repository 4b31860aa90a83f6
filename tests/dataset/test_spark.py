"""The same questions, unchanged, on Spark: it reads the dataset's files where they lie.

Needs `pip install "dialogkort[spark]"` and Java 17; with `DIALOGKORT_SPARK=required` it fails without.
"""

import importlib.util
import os
import shutil

import pandas as pd
import pytest
from session_builder import busy, handed_in, many, other_deck

from dialogkort.dataset import MEASURES, collect


def _missing():
    if importlib.util.find_spec("pyspark") is None:
        return 'pyspark is not installed: pip install "dialogkort[spark]"'
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "Java is not installed"
    return ""


pytestmark = pytest.mark.skipif(
    bool(_missing()) and os.environ.get("DIALOGKORT_SPARK") != "required", reason=_missing() or "it is here"
)
ODD = 'O\'Brien \\ "Teknik" & Miljø; --'


@pytest.fixture(scope="module")
def spark():
    """Spark in this process, as on a cluster."""
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.memory", "1g")
        # It runs for a minute: to compile thoroughly what is run twice takes longer than it saves.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture(scope="module")
def data(tmp_path_factory, deck):
    folder = tmp_path_factory.mktemp("samlet")
    other = other_deck(deck)
    handed_in(folder / "ind", deck, *many(deck))
    handed_in(folder / "ind", other, busy(other, seed=40, organisation=ODD))
    return collect(folder / "ind", folder / "data")


@pytest.mark.parametrize("by", [["area"], ["organisation", "month"], ["session", "area"], []], ids=str)
def test_spark_counts_the_same(data, spark, by):
    pd.testing.assert_frame_equal(data.on(spark).counts(by, MEASURES), data.counts(by, MEASURES))


def test_spark_reads_the_same_tables(data, spark):
    for actual, expected in zip(data.on(spark).frames(), data.frames(), strict=True):
        pd.testing.assert_frame_equal(actual, expected)


def test_spark_chooses_the_same_rows(data, spark):
    tables = data.on(spark)
    pd.testing.assert_frame_equal(
        tables.notes(organisation=ODD, containing="ÆRØ"), data.notes(organisation=ODD, containing="ÆRØ")
    )
    assert len(tables.notes(organisation=ODD, containing="ÆRØ")) == 1


def test_spark_reads_an_empty_table_too(tmp_path, deck, spark):
    data = collect([], tmp_path / "data")
    assert data.on(spark).notes().empty
    assert data.on(spark).counts().empty
