"""The part of system.date that scripts use most."""

from __future__ import absolute_import, division, print_function

from java.text import SimpleDateFormat
from java.util import Calendar, Date, Locale

MILLIS = {"Seconds": 1000, "Minutes": 60000, "Hours": 3600000}


class SystemDate(object):
    def now(self):
        return Date()

    def toMillis(self, date):
        return date.getTime()

    def fromMillis(self, millis):
        return Date(int(millis))

    def format(self, date, format="yyyy-MM-dd HH:mm:ss"):
        return SimpleDateFormat(format).format(date)

    def parse(self, dateString, formatString="yyyy-MM-dd HH:mm:ss", locale=None):
        return SimpleDateFormat(formatString, locale or Locale.ENGLISH).parse(dateString)

    def addMillis(self, date, value):
        return Date(date.getTime() + value)

    def addSeconds(self, date, value):
        return self.addMillis(date, value * MILLIS["Seconds"])

    def addMinutes(self, date, value):
        return self.addMillis(date, value * MILLIS["Minutes"])

    def addHours(self, date, value):
        return self.addMillis(date, value * MILLIS["Hours"])

    def addDays(self, date, value):
        return _add(date, Calendar.DAY_OF_MONTH, value)

    def addWeeks(self, date, value):
        return _add(date, Calendar.WEEK_OF_YEAR, value)

    def addMonths(self, date, value):
        return _add(date, Calendar.MONTH, value)

    def addYears(self, date, value):
        return _add(date, Calendar.YEAR, value)

    def millisBetween(self, date_1, date_2):
        return date_2.getTime() - date_1.getTime()

    def secondsBetween(self, date_1, date_2):
        return int(self.millisBetween(date_1, date_2) // MILLIS["Seconds"])

    def minutesBetween(self, date_1, date_2):
        return int(self.millisBetween(date_1, date_2) // MILLIS["Minutes"])

    def hoursBetween(self, date_1, date_2):
        return int(self.millisBetween(date_1, date_2) // MILLIS["Hours"])

    def isBefore(self, date_1, date_2):
        return date_1.before(date_2)

    def isAfter(self, date_1, date_2):
        return date_1.after(date_2)

    def isBetween(self, target_date, start_date, end_date):
        return not target_date.before(start_date) and not target_date.after(end_date)


def _add(date, field, value):
    calendar = Calendar.getInstance()
    calendar.setTime(date)
    calendar.add(field, value)
    return calendar.getTime()
