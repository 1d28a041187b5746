"""Tables: CSV in the ways that people write it, and Parquet."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import RecordingsError
from gansurrogate.train import from_file

N = 150
RANDOM = np.random.default_rng(0)
SIGNALS = RANDOM.standard_normal((N, 4)).round(6)
ENERGY = RANDOM.uniform(10, 500, N).round(3)
KIND = np.array(["up", "down"])[np.arange(N) % 2]


def written(path: Path, rows: object, header: list | None = None, delimiter: str = ",") -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([header] if header else [])
        writer.writerows(rows)
    return path


def parquet(path: Path, columns: dict) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table(columns), path, row_group_size=40)
    return path


def table(folder: Path, suffix: str, columns: dict) -> Path:
    """The same table in either format."""
    if suffix == ".parquet":
        return parquet(folder / "table.parquet", columns)
    rows = zip(*(np.asarray(column).tolist() for column in columns.values()), strict=True)
    return written(folder / f"table{suffix}", rows, list(columns))


suffixes = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


def same(read: object, expected: object) -> None:
    np.testing.assert_array_equal(read, np.asarray(expected, np.float32))


# --- one signal per row ---------------------------------------------------------------------------------


@suffixes
def test_rows_are_signals(suffix: str, tmp_path: Path) -> None:
    read = from_file(table(tmp_path, suffix, {f"s{i}": SIGNALS[:, i] for i in range(4)}))
    same(read.signals, SIGNALS)
    assert (read.name, read.spec, read.conditions) == ("table", gs.SignalSpec((4,)), {})


@suffixes
def test_columns_named_by_numbers_are_the_axis_and_the_others_conditions(suffix: str, tmp_path: Path) -> None:
    samples = {name: SIGNALS[:, i] for i, name in enumerate(("0.5", "0.7", "0.9", "1.1"))}
    read = from_file(table(tmp_path, suffix, {"energy [keV]": ENERGY, "kind": KIND, **samples}))
    same(read.signals, SIGNALS)
    same(read.conditions["energy"], ENERGY)
    assert read.conditions["kind"].tolist() == [("down", "up").index(kind) for kind in KIND]
    assert read.spec.axes == (gs.Axis("sample", "", 0.5, 0.2),)
    energy = gs.Condition("energy", "keV", float(ENERGY.min()), float(ENERGY.max()))
    assert read.spec.conditions == (energy, gs.Condition("kind", levels=("down", "up")))


@suffixes
def test_conditions_among_named_columns_are_asked_for(suffix: str, tmp_path: Path) -> None:
    columns = {"a": SIGNALS[:, 0], "energy": ENERGY, "b": SIGNALS[:, 1], "run": np.arange(N) % 3, "kind": KIND}
    path = table(tmp_path, suffix, columns)
    read = from_file(path, conditions=["run", "energy"])
    same(read.signals, SIGNALS[:, :2])
    assert [condition.name for condition in read.spec.conditions] == ["run", "energy"]
    assert read.spec.conditions[0].levels == (0, 1, 2)
    assert read.provenance["conditions"] == ["run", "energy"]
    without = from_file(path, conditions=[])
    assert (without.spec.shape, without.conditions) == ((4,), {})  # the text is no sample


def test_a_table_as_numpy_writes_it(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "table.txt", SIGNALS, fmt="%+.6f", header="volts, by row")
    same(from_file(tmp_path / "table.txt").signals, SIGNALS)


def test_a_table_as_pandas_writes_it(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(SIGNALS)
    frame.to_csv(tmp_path / "with index.csv")
    frame.to_csv(tmp_path / "without.csv", index=False)
    for name in ("with index", "without"):
        read = from_file(tmp_path / f"{name}.csv")
        same(read.signals, SIGNALS)
        assert read.spec.axes == (gs.Axis("sample"),)
    pytest.importorskip("pyarrow")
    frame.rename(columns=str).set_index(KIND).to_parquet(tmp_path / "frame.parquet")
    same(from_file(tmp_path / "frame.parquet").signals, SIGNALS)


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    rows = [[str(value).replace(".", ",") for value in row] + ["a,b"[i % 2 :]] for i, row in enumerate(SIGNALS)]
    read = from_file(written(tmp_path / "excel.csv", rows, ["w", "x", "y", "z", "kind"], ";"))
    same(read.signals, SIGNALS)
    assert read.spec.conditions[0].levels == (",b", "a,b")


@pytest.mark.parametrize("suffix", [".tsv", ".csv.gz"])
def test_tabs_and_gzip(suffix: str, tmp_path: Path) -> None:
    path = written(tmp_path / "plain", SIGNALS.tolist(), list("abcd"), "\t" if suffix == ".tsv" else ",")
    data = path.read_bytes()
    (tmp_path / f"table{suffix}").write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    read = from_file(tmp_path / f"table{suffix}")
    same(read.signals, SIGNALS)
    assert read.name == "table"


def test_blank_lines_comments_and_a_byte_order_mark_are_nothing(tmp_path: Path) -> None:
    lines = [",".join(map(str, row)) for row in SIGNALS]
    text = "\ufeffa, b ,c,d\r\n# taken on Monday\r\n" + "\r\n\r\n".join(lines) + "\r\n"
    (tmp_path / "table.csv").write_text(text, encoding="utf-8", newline="")
    read = from_file(tmp_path / "table.csv")
    same(read.signals, SIGNALS)


# --- one long recording -----------------------------------------------------------------------------------

LONG = RANDOM.standard_normal((N, 3)).round(6)


@suffixes
def test_windows_of_a_table_are_cut_from_times_by_channels(suffix: str, tmp_path: Path) -> None:
    columns = {name: LONG[:, i] for i, name in enumerate(("x [mm]", "y [mm]", "z [mm]"))}
    read = from_file(table(tmp_path, suffix, columns), window=24)
    assert read.signals.shape == (N - 23, 3, 24)
    for i in (0, 7, N - 24):
        same(read.signals[i], LONG[i : i + 24].T)
    assert read.spec == gs.SignalSpec((3, 24), "mm", axes=(gs.Axis("channel"), gs.Axis("sample")))
    assert read.provenance == {"file": f"table{suffix}", "window": 24, "channels": ["x [mm]", "y [mm]", "z [mm]"]}


@suffixes
def test_a_stride_leaves_windows_out(suffix: str, tmp_path: Path) -> None:
    path = table(tmp_path, suffix, {"x": np.arange(7.0 * N) ** 2, "y": np.arange(7.0 * N)})
    every = from_file(path, window=20).signals
    thinned = from_file(path, window=20, stride=7).signals
    assert (len(every), len(thinned)) == (1031, 148)  # (1050 - 20) // 7 + 1
    np.testing.assert_array_equal(thinned, every[::7])


@suffixes
@pytest.mark.parametrize("kind", ["numbers", "dates"])
def test_a_column_of_times_is_the_axis_and_no_channel(suffix: str, kind: str, tmp_path: Path) -> None:
    if kind == "dates":
        name, times = "date", np.datetime64("2016-07-01T00:00:00") + 3600 * np.arange(N).astype("timedelta64[s]")
        times, step, unit = times if suffix == ".parquet" else [str(t).replace("T", " ") for t in times], 3600.0, "s"
    else:
        name, times, step, unit = "time (ms)", (0.2 + np.arange(N) / 30).round(2), 0.0333, "ms"
    read = from_file(table(tmp_path, suffix, {name: times, "x": LONG[:, 0], "note": KIND, "y": LONG[:, 1]}), window=5)
    same(read.signals[3], LONG[3:8, :2].T)
    assert read.spec.axes[0] == gs.Axis("channel")
    axis = read.spec.axes[1]
    assert (axis.name, axis.unit, axis.start) == ("time", unit, 0.0)
    assert axis.step == pytest.approx(step, rel=2e-3)
    assert read.spec.sampling_rate == (1 / 3600 if unit == "s" else None)


def test_times_with_a_gap_are_no_axis(tmp_path: Path) -> None:
    times = np.delete(np.arange(N + 1.0), 40)
    read = from_file(table(tmp_path, ".csv", {"time": times, "x": LONG[:, 0]}), window=8)
    assert (read.signals.shape, read.spec.axes) == ((N - 7, 8), (gs.Axis("sample"),))


@suffixes
def test_one_column_can_be_chosen(suffix: str, tmp_path: Path) -> None:
    read = from_file(table(tmp_path, suffix, {"x": LONG[:, 0], "y [V]": LONG[:, 1]}), window=8, dataset="y")
    same(read.signals[5], LONG[5:13, 1])
    assert (read.spec.shape, read.spec.unit) == ((8,), "V")


# --- Parquet: lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixed", [True, False])
def test_a_column_of_lists_holds_the_signals(fixed: bool, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    kind = pyarrow.list_(pyarrow.float32(), 4) if fixed else pyarrow.list_(pyarrow.float64())
    path = parquet(tmp_path / "x.parquet", {"wave": pyarrow.array(SIGNALS.tolist(), kind), "energy": ENERGY})
    read = from_file(path)
    same(read.signals, SIGNALS)
    same(read.conditions["energy"], ENERGY)


def test_lists_of_lists_have_two_dimensions(tmp_path: Path) -> None:
    path = parquet(tmp_path / "x.parquet", {"signals": SIGNALS.reshape(N, 2, 2).tolist(), "other": SIGNALS.tolist()})
    same(from_file(path, conditions=[]).signals, SIGNALS.reshape(N, 2, 2))


# --- what is refused --------------------------------------------------------------------------------------


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(RecordingsError) as caught:
        from_file(path, **options)
    assert path.stem in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "no columns of numbers"),
        ("a,b\n", "no columns of numbers"),
        ("a,b\n" + "1,2\n" * 9 + "1\n", "row 10 of"),
        ("a,b\n" + "1,2\n" * 9 + "1,2,3\n", "row 10 of {} has 3 fields, the first has 2"),
        ("a,b\n" + "1,2\n" * 9 + "1,NA\n", "row 10 of {} holds something else than a number"),
        ("a,b\n" + "1,2\n" * 99 + "1,\n", "1 of 100 signals"),
        ("up,0.1,7,0.3\n" * 120, "mixes names with numbers"),
        ("up\ndown\n" * 60, "no columns of numbers"),
        ('a,b\n"1,2\n' + "1,2\n" * 120, "not a table of numbers"),
        ("a\0,b\n" + "1,2\n" * 120, "identical"),
        ("1;1\n" * 120, "identical"),
    ],
)
def test_a_table_that_is_none(text: str, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert cause.format(path) in refusal(path)


def test_a_table_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes("größe,b\n1,2\n".encode("latin-1") * 120)
    assert "not a table of numbers, or not a whole one" in refusal(tmp_path / "table.csv")


@suffixes
def test_a_column_that_is_not_there(suffix: str, tmp_path: Path) -> None:
    path = table(tmp_path, suffix, {"x": LONG[:, 0], "y [V]": LONG[:, 1]})
    assert "has no column z; it has x, y" in refusal(path, window=8, dataset="z")
    assert "has no column energy; it has x, y" in refusal(path, conditions=["energy"])


def test_lists_that_are_no_signals(tmp_path: Path) -> None:
    ragged = parquet(tmp_path / "x.parquet", {"wave": [[1.0] * (2 + (i == 130)) for i in range(N)]})
    assert "different lengths" in refusal(ragged)
    several = parquet(tmp_path / "y.parquet", {"a": SIGNALS.tolist(), "b": SIGNALS.tolist()})
    assert "several columns of lists, a, b" in refusal(several)
    assert "signals already: leave window out" in refusal(several, dataset="a", window=3)
    empty = parquet(tmp_path / "z.parquet", {"a": np.empty(0)})
    assert "no rows" in refusal(empty)
