"""Datasets as system.db answers them."""

from __future__ import absolute_import, division, print_function


class Dataset(object):
    """com.inductiveautomation.ignition.common.Dataset"""


class BasicDataset(Dataset):
    def __init__(self, names, rows, types=None):
        self._names = list(names)
        self._rows = [list(row) for row in rows]
        self._types = list(types or [None] * len(self._names))

    def getRowCount(self):
        return len(self._rows)

    def getColumnCount(self):
        return len(self._names)

    def getColumnNames(self):
        return list(self._names)

    def getColumnName(self, col):
        return self._names[col]

    def getColumnType(self, col):
        return self._types[col]

    def getColumnTypes(self):
        return list(self._types)

    def getColumnIndex(self, colName):
        """-1 where there is no such column; the case does not matter."""
        folded = [name.lower() for name in self._names]
        return folded.index(colName.lower()) if colName.lower() in folded else -1

    def getColumnAsList(self, col):
        return [row[col] for row in self._rows]

    def getValueAt(self, row, col):
        at = col if not hasattr(col, "lower") else self.getColumnIndex(col)
        if at < 0 or row < 0:
            raise IndexError("no value at row %s, column %s" % (row, col))
        return self._rows[row][at]

    rowCount = property(getRowCount)
    columnCount = property(getColumnCount)
    columnNames = property(getColumnNames)
    columnTypes = property(getColumnTypes)


class PyDataSet(BasicDataset):
    """com.inductiveautomation.ignition.common.script.builtin.DatasetUtilities.PyDataSet"""

    def getUnderlyingDataset(self):
        return BasicDataset(self._names, self._rows, self._types)

    underlyingDataset = property(getUnderlyingDataset)

    def __len__(self):
        return len(self._rows)

    def __iter__(self):
        return iter([PyRow(self, row) for row in self._rows])

    def __getitem__(self, row):
        return PyRow(self, self._rows[row])


class PyRow(object):
    """A row: by position, by name, by iteration."""

    def __init__(self, dataset, values):
        self._dataset = dataset
        self._values = values

    def __getitem__(self, column):
        if hasattr(column, "lower"):
            at = self._dataset.getColumnIndex(column)
            if at < 0:
                raise KeyError(column)
            return self._values[at]
        return self._values[column]

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return iter(self._values)

    def __repr__(self):
        return repr(tuple(self._values))


def read_result(result_set):
    """(column names, column classes, rows) of a java.sql.ResultSet."""
    about = result_set.getMetaData()
    columns = range(1, about.getColumnCount() + 1)
    rows = []
    while result_set.next():
        rows.append([result_set.getObject(at) for at in columns])
    return (
        [about.getColumnLabel(at) for at in columns],
        [about.getColumnClassName(at) for at in columns],
        rows,
    )


def py_dataset(result_set):
    names, types, rows = read_result(result_set)
    return PyDataSet(names, rows, types)
