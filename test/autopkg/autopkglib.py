"""What AutoPkg 2.9 promises a processor, for tests where AutoPkg is not installed.

Inputs come as key=value or as a property list on standard input; defaults are filled in; a missing required input and every
ProcessorError end with status 10. Unlike with AutoPkg the variables after main() are written to standard output as JSON, and the lines
of output() to standard error, so that a test reads both.
"""
import json
import plistlib
import sys


class ProcessorError(Exception):
    pass


class Processor:
    input_variables, output_variables = {}, {}

    def __init__(self, env=None):
        self.env = env

    def output(self, message, verbose_level=1):
        print(f"{type(self).__name__}: {message}", file=sys.stderr, flush=True)

    def execute_shell(self):
        try:
            words = [word.partition("=") for word in sys.argv[1:]]
            self.env = {key: value for key, _, value in words} if words else plistlib.loads(sys.stdin.buffer.read())
            for name, flags in self.input_variables.items():
                if "default" in flags:
                    self.env.setdefault(name, flags["default"])
                if flags["required"] and name not in self.env:
                    raise ProcessorError(f"{type(self).__name__} requires {name}")
            self.main()
        except ProcessorError as error:
            print(f"ProcessorError: {error}", file=sys.stderr)
            sys.exit(10)
        print(json.dumps(self.env, default=str))  # variables may be dates, too
