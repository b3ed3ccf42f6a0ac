#!/usr/local/autopkg/python
"""Makes a Munki item, on every Open Distribution Server, of a package that ODSPackageUploader has uploaded. It needs no Mac."""
import base64
import datetime
import http.client
import json
import os
import plistlib
import re
import ssl
import time
import unicodedata
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from autopkglib import Processor, ProcessorError

__all__ = ["ODSMunkiImporter"]

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
class ODSMunkiImporter(Processor):
    description = __doc__
    input_variables = {
        "ODS_URL": {"required": False, "description": "https://ods.example.com; also from the environment of the process."},
        "ODS_TOKEN_FILE": {"required": False, "description": "A file with the token, when the environment has no ODS_TOKEN."},
        "ODS_CA_FILE": {"required": False, "description": "PEM file of a private certificate authority."},
        "pkg_name": {"required": True, "description": "Name in ODS: ODSPackageUploader sets it."},
        "NAME": {"required": False, "description": "Name of the item; the title of the package without it."},
        "pkginfo": {"required": False, "description": "A dict of keys that are other than what is made of the package, catalogs among them."},
        "additional_pkginfo": {"required": False, "description": "The same, of processors before this one; it goes over pkginfo."},
        "munki_repo_subdirectory": {"required": False, "description": "Folder below pkgsinfo. MUNKI_REPO_SUBDIR means the same."},
        "replace_pkginfo": {"required": False, "default": "False", "description": "True replaces a pkginfo file that names another content."},
        "max_tries": {"required": False, "default": "5", "description": "Attempts, 1 to 10, when the line or the server fails."},
        "ods_wait_seconds": {"required": False, "default": "120", "description": "How long it waits until the package was inspected."},
    }
    output_variables = {
        "pkginfo_repo_path": {"description": "Path of the pkginfo file in the repository."},
        "pkg_repo_path": {"description": "Path of the package in the repository."},
        "munki_info": {"description": "The pkginfo, as it is in the repository."},
        "munki_repo_changed": {"description": "True when this run wrote a pkginfo file."},
        "munki_importer_summary_result": {"description": "A row of the report, when a pkginfo file was written."},
    }

    def main(self):
        self.env.pop("munki_importer_summary_result", None)
        server = Server(self.env, self.output)
        name = unicodedata.normalize("NFC", setting(self.env, "pkg_name"))
        if not name:
            raise ProcessorError("Set pkg_name, or let ODSPackageUploader run before: it sets it.")
        made = self.make(server, self.order(name), whole(self.env, "ods_wait_seconds", "120", 0, 86400))
        path = made.get("path") if isinstance(made, dict) else None
        if not isinstance(path, str):
            raise ProcessorError(f"What answers at {server.url} is no Open Distribution Server that has a Munki repository.")
        for sentence in made["missing"]:
            self.output(f"WARNING: {sentence}")
        self.env["munki_info"] = self.read(server, path)
        self.env["munki_repo_changed"] = not made["already_existed"]
        self.env["pkginfo_repo_path"] = path
        self.env["pkg_repo_path"] = f"pkgs/share/{name}"
        if made["already_existed"]:
            self.output(f"{path} is there already, for this package.")
        else:
            self.report(name, path)

    def order(self, name):
        """What is asked for: the keys of pkginfo and additional_pkginfo, the latter stronger."""
        keys = {}
        for variable in ("pkginfo", "additional_pkginfo"):
            given = self.env.get(variable) or {}
            if not isinstance(given, dict):
                raise ProcessorError(f"{variable} must be a dict.")
            keys.update(given)
        folder = setting(self.env, "munki_repo_subdirectory") or setting(self.env, "MUNKI_REPO_SUBDIR")
        order = {"filename": name, "folder": folder.strip("/"), "replace": switch(self.env, "replace_pkginfo")}
        item = setting(self.env, "NAME")
        if item:
            order["name"] = item
        if "catalogs" in keys:
            order["catalogs"] = keys.pop("catalogs")
        order["overrides"] = keys
        return order

    @staticmethod
    def tagged(value):
        """What JSON has no values for, as the server takes it."""
        if isinstance(value, (bytes, bytearray)):
            return {"$data": base64.b64encode(value).decode()}
        if isinstance(value, datetime.datetime):
            return {"$date": value.strftime("%Y-%m-%dT%H:%M:%SZ")}
        raise ProcessorError(f"pkginfo has a value that no property list can have: {type(value).__name__}.")

    def make(self, server, order, seconds):
        """Waits while the server has not read the package yet."""
        until = time.monotonic() + seconds
        body, headers = json.dumps(order, default=self.tagged).encode(), {"Content-Type": "application/json"}
        while True:
            answer = server.call("POST", "munki/pkginfo", expected=(200, 201, 409), body=body, headers=headers)
            if answer.status != 409:
                return answer.body
            kind = answer.body.get("type") if isinstance(answer.body, dict) else None
            if kind != "urn:ods:problem:munki-package-not-ready" or time.monotonic() >= until:
                raise ProcessorError(f"{server.url} refused with {answer.sentence}")
            time.sleep(1)

    def read(self, server, path):
        """The pkginfo as it is in the repository."""
        connection = server.connect(60)
        try:
            target = f"{server.parts.path}/api/admin/munki/files/{quote(path, safe='')}"
            connection.request("GET", target, headers={"Authorization": f"Bearer {server.token}"})
            response = connection.getresponse()
            text = response.read(LONGEST_ANSWER)
            if response.status != 200:
                raise ProcessorError(f"{path} was written and cannot be read again: status {response.status}.")
            return plistlib.loads(text)
        except LINE_FAULTS as error:
            raise ProcessorError(f"{path} was written and cannot be read again: {type(error).__name__}: {error}") from None
        finally:
            connection.close()

    def report(self, name, path):
        info = self.env["munki_info"]
        catalogs = ", ".join(info.get("catalogs", []))
        self.output(f"{path} is in the Munki repository now, in {catalogs or 'no catalog but all'}.")
        self.env["munki_importer_summary_result"] = {
            "summary_text": "The following new items were imported into Munki:",
            "report_fields": ["name", "version", "catalogs", "pkginfo_path", "pkg_repo_path", "icon_repo_path"],
            "data": {
                "name": str(info.get("name", "")),
                "version": str(info.get("version", "")),
                "catalogs": catalogs,
                "pkginfo_path": path,
                "pkg_repo_path": f"pkgs/share/{name}",
                "icon_repo_path": "",
            },
        }


if __name__ == "__main__":
    ODSMunkiImporter().execute_shell()
