"""system.dataset, as far as the library needs it."""

from __future__ import absolute_import, division, print_function

from standin.dataset import BasicDataset


class SystemDataset(object):
    def toDataSet(self, *args):
        """toDataSet(headers, rows), or of a PyDataSet the dataset in it."""
        if len(args) == 1:
            return args[0].getUnderlyingDataset()
        headers, rows = args
        return BasicDataset(headers, rows)
