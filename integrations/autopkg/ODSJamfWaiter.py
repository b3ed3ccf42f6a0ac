#!/usr/local/autopkg/python
"""Waits until Jamf Pro has a package record with the hash of a package in an Open Distribution Server."""
import http.client
import json
import os
import re
import ssl
import time
import unicodedata
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from autopkglib import Processor, ProcessorError

__all__ = ["ODSJamfWaiter"]

# The same lines stand in every processor of this folder: AutoPkg's trust information covers a processor's own file alone.
# Begin of the shared lines.
RETRIED = (408, 425, 429, 500, 502, 503, 504)
LINE_FAULTS = (OSError, http.client.HTTPException)
LONGEST_ANSWER = 16 * 1024 * 1024
STAGES = ("Dev", "Test", "Prod")


def setting(env, name, default=""):
    """An input variable; ODS_ names also from the environment of the process, which AutoPkg neither prints nor keeps in receipts."""
    given = (env.get(name), os.environ.get(name) if name.startswith("ODS_") else None)
    return str(next((each for each in given if each is not None and each != ""), default)).strip()


def switch(env, name):
    word = setting(env, name, "False").lower()
    if word not in ("true", "yes", "1", "false", "no", "0"):
        raise ProcessorError(f"{name} must be True or False, not {word!r}.")
    return word in ("true", "yes", "1")


def whole(env, name, default, least, most):
    text = setting(env, name, default)
    if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
        raise ProcessorError(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


class Answer:
    """What a server answered: status, headers and the parsed JSON (None when there is none)."""

    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        text = response.read(LONGEST_ANSWER)
        self.is_of_ods = response.status < 400 or b"urn:ods:problem:" in text
        try:
            self.body = json.loads(text) if text else None
        except ValueError:
            self.body = None

    @property
    def sentence(self):
        detail = self.body.get("detail") if isinstance(self.body, dict) else None
        moved = self.headers.get("Location") if 300 <= self.status <= 399 else None
        if moved:
            detail = f"it is at {moved} now. Set ODS_URL to that server; redirects are not followed, so that the token stays here"
        return f"status {self.status}: {detail or 'no explanation. Is ODS_URL the address of an Open Distribution Server?'}"

    @property
    def time(self):
        """Of the server, in seconds since 1970; None when it does not say."""
        try:
            return parsedate_to_datetime(self.headers["Date"]).timestamp()
        except (TypeError, ValueError):
            return None

    @property
    def retry_after(self):
        text = self.headers.get("Retry-After") or ""
        return min(int(text), 300) if re.fullmatch(r"\d{1,9}", text) else None


class Server:
    """The admin API of one server. `output` takes lines for the person who reads the log."""

    def __init__(self, env, output):
        self.output, self.url, self.tries = output, setting(env, "ODS_URL").rstrip("/"), whole(env, "max_tries", "5", 1, 10)
        self.ca_file = setting(env, "ODS_CA_FILE") or None
        self.now = time.time()  # by the clock of the server, once it answered: that of this machine may be wrong
        try:
            self.parts = urlsplit(self.url)
            is_usable = self.parts.scheme in ("https", "http") and self.parts.hostname and (self.parts.port or 1) > 0
        except ValueError:
            is_usable = False
        if not is_usable or self.parts.username is not None or self.parts.query:
            raise ProcessorError("Set ODS_URL to the address of the server, such as https://ods.example.com.")
        self.token = self.token_of(env)

    @staticmethod
    def token_of(env):
        token, file = setting(env, "ODS_TOKEN"), setting(env, "ODS_TOKEN_FILE")
        try:
            if file:
                with open(file, encoding="ascii") as stream:
                    token = stream.read(4096).strip()
        except (OSError, ValueError) as error:
            raise ProcessorError(f"The file of ODS_TOKEN_FILE cannot be read: {type(error).__name__}.") from None
        if not re.fullmatch(r"[\w.~+/=-]{8,2048}", token, re.ASCII):
            raise ProcessorError("Set ODS_TOKEN or ODS_TOKEN_FILE: a token of the console (Account, Tokens).")
        return token

    def connect(self, timeout):
        if self.parts.scheme == "http":
            return http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=timeout)
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ProcessorError(f"ODS_CA_FILE is no file of certificates in PEM: {error}") from None
        return http.client.HTTPSConnection(self.parts.hostname, self.parts.port, timeout=timeout, context=context)

    def exchange(self, method, path, body=None, headers=None, timeout=60):
        """One request below /api/admin/. Raises one of LINE_FAULTS when the line or the server fails."""
        connection = self.connect(timeout)
        try:
            heads = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **(headers or {})}
            try:
                connection.request(method, f"{self.parts.path}/api/admin/{path}", body=body, headers=heads)
            except (BrokenPipeError, ConnectionResetError):
                pass  # a refusal may come before all is sent and ends the connection: the answer counts, when there is one
            answer = Answer(connection.getresponse())
            self.now = answer.time or self.now
            return answer
        finally:
            connection.close()

    def call(self, method, path, expected=(200,), **request):
        """Repeats what may pass: a broken line, a server that restarts or is busy. Anything else ends the processor."""
        for attempt in range(1, self.tries + 1):
            answer = reason = None
            try:
                answer = self.exchange(method, path, **request)
            except ssl.SSLCertVerificationError as error:
                raise ProcessorError(f"{self.url} is not trusted: {error.verify_message}. ODS_CA_FILE takes a private authority.") from None
            except LINE_FAULTS as error:
                reason = f"{type(error).__name__}: {error}"
            if answer and answer.status in expected:
                return answer
            self.pause(attempt, answer, reason)

    def pause(self, attempt, answer, reason=None):
        """Waits before the next attempt; raises ProcessorError when there is none."""
        if answer and answer.status not in RETRIED:
            raise ProcessorError(f"{self.url} refused with {answer.sentence}")
        if attempt >= self.tries:
            raise ProcessorError(f"{self.url} did not do it in {attempt} attempts: {reason or answer.sentence}")
        wait = min(2**attempt, 60) if answer is None or answer.retry_after is None else answer.retry_after
        self.output(f"Attempt {attempt}: {reason or answer.sentence}. The next one is in {wait} s.")
        time.sleep(wait)

    def package(self, name):
        """The package of that name; None when there is none, or it was deleted."""
        answer = self.call("GET", f"packages/{quote(name, safe='')}?by=name", expected=(200, 404))
        if answer.status == 404 and not answer.is_of_ods:
            raise ProcessorError(f"{self.url} answered {answer.sentence}")
        if answer.status == 404:
            return None
        found = self.described(answer)
        return found if found["status"] != "Deleted" else None

    def described(self, answer):
        """The package that an answer describes."""
        if not (isinstance(answer.body, dict) and isinstance(answer.body.get("sha256"), str)):
            raise ProcessorError(f"What answers at {self.url} is no Open Distribution Server.")
        return answer.body

    def wait_until_served(self, name, sha256, where, seconds):
        """Waits until this content is served, at this server (here) or everywhere it belongs (all). Answers the names of the servers
        that lack it, and why; no names when it is done. What no server admits is nowhere, and never everywhere."""
        until = time.monotonic() + seconds
        while True:
            package = self.package(name)
            if package is None or package["sha256"] != sha256:
                raise ProcessorError(f"{name} was deleted or replaced at {self.url} while this waited for it.")
            if where == "here":
                is_done = package["status"] == "Public" and not package["replacement_pending"]
                missing, reason = [self.url], f"it is {package['status']} there"
            else:
                places = self.call("GET", f"packages/{quote(name, safe='')}/servers?by=name").body
                lacking = [each for each in places["servers"] if each["state"] not in ("held", "not_wanted")]
                is_done = places["everywhere"] and any(each["state"] == "held" for each in places["servers"])
                missing = [each["name"] for each in lacking] or [self.url]
                reason = " ".join(each["sentence"] for each in lacking) or places["sentence"]
            if is_done:
                return [], ""
            if time.monotonic() >= until:
                return missing, reason
            time.sleep(1)


# End of the shared lines.
class ODSJamfWaiter(Processor):
    description = __doc__
    input_variables = {
        "ODS_URL": {"required": False, "description": "The server that is connected with Jamf Pro; also from the environment of the process."},
        "ODS_TOKEN_FILE": {"required": False, "description": "A file with the token, when the environment has no ODS_TOKEN."},
        "ODS_CA_FILE": {"required": False, "description": "PEM file of a private certificate authority."},
        "pkg_name": {"required": True, "description": "Name in ODS: ODSPackageUploader sets it."},
        "max_tries": {"required": False, "default": "5", "description": "Attempts, 1 to 10, when the line or the server fails."},
        "ods_jamf_seconds": {"required": False, "default": "600", "description": "How long this waits before it fails."},
    }
    output_variables = {
        "jamf_package_id": {"description": "Number of the package record in Jamf Pro."},
        "jamf_package_name": {"description": "Display name of the package record in Jamf Pro, for JamfPolicyUploader."},
    }
    # States that only a person ends.
    DECISIONS = ("edited_hash", "conflict", "missing_in_jamf")

    def main(self):
        for variable in ("jamf_package_id", "jamf_package_name"):
            self.env.pop(variable, None)
        server = Server(self.env, self.output)
        name = unicodedata.normalize("NFC", setting(self.env, "pkg_name"))
        seconds = whole(self.env, "ods_jamf_seconds", "600", 0, 86400)
        until = time.monotonic() + seconds
        while True:
            package = server.package(name)
            if package is None:
                raise ProcessorError(f"{name} is not in ODS, or was deleted there; it has no package record.")
            record, reason = self.look(server, name, package)
            if record is not None:
                break
            if time.monotonic() >= until:
                raise ProcessorError(f"Jamf Pro does not have {name} as it is in ODS after {seconds} s: {reason}")
            time.sleep(2)
        self.env["jamf_package_id"], self.env["jamf_package_name"] = record["jamf_id"], record["package_name"]
        self.output(f"{name} is in step with record {record['jamf_id']} ({record['package_name']}) in Jamf Pro.")

    def look(self, server, name, package):
        """The record, when it has the hash of this very content; else None and why. Raises ProcessorError where waiting is of no use."""
        answer = server.call("GET", "jamf/settings", expected=(200, 404))
        if answer.status == 404:
            raise ProcessorError(f"{server.url} is not connected with Jamf Pro, or is an ODS of an earlier version.")
        settings = answer.body
        found = server.call("GET", f"jamf/records?filename={quote(name, safe='')}").body["items"]
        is_compared = settings["compared_ts"] is not None and settings["compared_ts"] > package["updated_ts"]
        if not found:
            if is_compared:
                raise ProcessorError(f"{name} has no package record: no rule for Jamf Pro fits it.")
            return None, "it was not compared with Jamf Pro since it was uploaded."
        record = found[0]
        if record["state"] == "in_step" and record["uuid"] == package["uuid"]:
            return record, ""
        reason = f"{record['state']}. {record['reason']}" if record["state"] != "in_step" else "the record has the hash of an earlier content."
        if record["state"] in self.DECISIONS and record["checked_ts"] > package["updated_ts"]:
            raise ProcessorError(f"{name} needs a decision in the console of ODS (Settings, Jamf Pro): {reason}")
        if settings["mode"] != "write" and record["state"] in ("to_create", "to_update"):
            raise ProcessorError(f"{server.url} only compares with Jamf Pro; let it write in the console (Settings, Jamf Pro).")
        if settings["failing_since_ts"] is not None:
            reason += " Jamf Pro does not answer ODS as it should at present."
        return None, reason


if __name__ == "__main__":
    ODSJamfWaiter().execute_shell()
