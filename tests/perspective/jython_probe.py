"""Run by Jython, with JSON of functions by their place on standard input: compiles each as a gateway does, and prints
JSON of those that do not compile, and why."""

from __future__ import absolute_import, division, print_function

import json
import sys

from java.lang import Throwable
from org.python.util import PythonInterpreter

interpreter, refused = PythonInterpreter(), {}
for place, text in json.load(sys.stdin).items():
    try:
        interpreter.compile(text)
    except (BaseException, Throwable) as error:
        refused[place] = "%s" % (error,)
print(json.dumps(refused))
