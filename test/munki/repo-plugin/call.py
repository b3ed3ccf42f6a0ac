"""Calls one method of the plugin, as Munki's tools do: call.py PLUGIN URL METHOD [ARGUMENT...].

Writes what the method answers to standard output: bytes as they are, anything else as JSON. `put` takes its content from standard input. A RepoError
goes to standard error and ends with status 1, as the tools print it; any other exception is a fault of the plugin and ends with status 70.
"""
import importlib.util
import json
import sys
import traceback

from munkilib.munkirepo import RepoError

plugin, url, method, *arguments = sys.argv[1:]
spec = importlib.util.spec_from_file_location("ODSRepo", plugin)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
if arguments and arguments[0].startswith("security="):
    module.SECURITY = arguments.pop(0).partition("=")[2]
if method == "put":
    arguments.append(sys.stdin.buffer.read())
try:
    answer = getattr(module.ODSRepo(url), method)(*arguments)
except RepoError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
except Exception:
    traceback.print_exc()
    sys.exit(70)
if isinstance(answer, bytes):
    sys.stdout.buffer.write(answer)
else:
    print(json.dumps(answer))
