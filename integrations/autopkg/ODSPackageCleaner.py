#!/usr/local/autopkg/python
"""Deletes earlier versions of a package from an Open Distribution Server: the newest stay in every stage, and so does what is in doubt."""
import http.client
import json
import os
import re
import ssl
import time
import unicodedata
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode, urlsplit

from autopkglib import Processor, ProcessorError

__all__ = ["ODSPackageCleaner"]

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
VERSION = re.compile(r"v?(\d+(?:[._+-]\d+)*)[._ -]?(?:(a|alpha|b|beta|dev|pre|rc)[._-]?(\d*))?", re.IGNORECASE | re.ASCII)


def order_of(version):
    """What versions are compared by: 2.0 equals 2.0.0, 10 is greater than 9, 2.0b1 is less than 2.0. None for what is no version."""
    found = VERSION.fullmatch(version)
    if not found:
        return None
    numbers = [int(each) for each in re.split(r"[._+-]", found.group(1))]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    label = (found.group(2) or "").lower()
    rank = ("dev", "pre", "a", "b", "rc", "").index({"alpha": "a", "beta": "b"}.get(label, label))
    return numbers, rank, int(found.group(3) or 0)


class ODSPackageCleaner(Processor):
    description = __doc__
    input_variables = {
        "ODS_URL": {"required": False, "description": "https://ods.example.com; also from the environment of the process."},
        "ODS_TOKEN_FILE": {"required": False, "description": "A file with the token, when the environment has no ODS_TOKEN."},
        "ODS_CA_FILE": {"required": False, "description": "PEM file of a private certificate authority."},
        "pkg_name": {"required": True, "description": "The package of this run, which always stays: ODSPackageUploader sets it."},
        "version": {"required": False, "description": "The version that is part of pkg_name, when clean_match is not set."},
        "clean_match": {"required": False, "description": "Names that are versions of one title: Firefox-*.pkg. * is the version."},
        "keep": {"required": False, "default": "3", "description": "How many of the newest stay in each stage, 1 to 1000."},
        "min_days": {"required": False, "default": "0", "description": "What is younger in ODS stays."},
        "dry_run": {"required": False, "default": "True", "description": "Only say what would be deleted."},
        "max_tries": {"required": False, "default": "5", "description": "Attempts, 1 to 10, when the line or the server fails."},
    }
    output_variables = {
        "ods_pkgs_deleted": {"description": "Names that were deleted, with dry_run those that would be."},
        "ods_package_cleaner_summary_result": {"description": "A row of the report, when something was deleted."},
    }

    def main(self):
        self.env.pop("ods_package_cleaner_summary_result", None)
        self.env["ods_pkgs_deleted"] = []
        self.server = Server(self.env, self.output)
        name = unicodedata.normalize("NFC", setting(self.env, "pkg_name"))
        keep, min_days = whole(self.env, "keep", "3", 1, 1000), whole(self.env, "min_days", "0", 0, 3650)
        is_dry = setting(self.env, "dry_run") == "" or switch(self.env, "dry_run")
        versions = self.versions_of(*self.around_version(name))
        if name not in [package["filename"] for package, _ in versions]:
            raise ProcessorError(f"{name} is not in ODS, or does not fit clean_match: nothing is deleted.")
        for stage in STAGES:
            in_stage = [each for each in versions if each[0]["stage"] == stage]
            for package in self.superseded(in_stage, keep, min_days, name):
                self.delete(package, is_dry)
        deleted = self.env["ods_pkgs_deleted"]
        if deleted and not is_dry:
            self.env["ods_package_cleaner_summary_result"] = {
                "summary_text": "The following packages were deleted from ODS; they can be restored there for a while:",
                "report_fields": ["name", "kept", "deleted"],
                "data": {"name": name, "kept": str(len(versions) - len(deleted)), "deleted": ", ".join(deleted)},
            }

    def around_version(self, name):
        """What stands before and after the version in the names of one title."""
        match, version = unicodedata.normalize("NFC", setting(self.env, "clean_match")), setting(self.env, "version")
        if not match:
            if not version or name.count(version) != 1:
                raise ProcessorError(f"The version {version!r} is not once in {name}: set clean_match to something like Firefox-*.pkg.")
            match = name.replace(version, "*")
        if match.count("*") != 1 or len(match) < 4:
            raise ProcessorError(f"clean_match must have one * in the place of the version, not {match!r}.")
        return match.split("*")

    def versions_of(self, before, after):
        """The packages of the title with their versions, newest version first. Another word in that place is another title."""
        found, query = [], {"q": max(before, after, key=len), "limit": 500}
        while query:
            page = self.server.call("GET", f"packages?{urlencode(query)}").body
            for package in page["items"]:
                name = package["filename"]
                if name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after):
                    order = order_of(name[len(before) : len(name) - len(after)])
                    if order is None:
                        self.output(f"{name} stays: what stands for the version in it is none.")
                    elif package["status"] != "Deleted":
                        found.append((package, order))
            query = {**query, "cursor": page["next"]} if page["next"] else None
        return sorted(found, key=lambda each: (each[1], each[0]["created_ts"], each[0]["id"]), reverse=True)

    def superseded(self, versions, keep, min_days, current):
        """Only what is older than each of the newest: by its version, and by when it came to ODS, so that a rollback stays."""
        newest = versions[:keep]
        for package, order in versions[keep:]:
            reason = None
            if package["filename"] == current:
                reason = "it is the package of this run"
            elif any(order >= other for _, other in newest):
                reason = "its version is no lower than one of the newest"
            elif any((package["created_ts"], package["id"]) >= (other["created_ts"], other["id"]) for other, _ in newest):
                reason = f"it came to ODS after one of the {keep} newest versions"
            elif self.server.now - package["created_ts"] < min_days * 86400:
                reason = f"it is younger than {min_days} days"
            if reason:
                self.output(f"{package['filename']} stays: {reason}.")
            else:
                yield package

    def delete(self, package, is_dry):
        name = package["filename"]
        if is_dry:
            self.output(f"{name} ({package['stage']}) would be deleted. Set dry_run to False to do it.")
        else:
            now = self.server.package(name)
            if now is None or (now["uuid"], now["stage"]) != (package["uuid"], package["stage"]):
                self.output(f"{name} stays: it was changed in the meantime.")
                return
            self.server.call("DELETE", f"packages/{quote(name, safe='')}?by=name", expected=(204, 404))
            self.output(f"{name} ({package['stage']}) is deleted, on every server; it can be restored for a while.")
        self.env["ods_pkgs_deleted"].append(name)


if __name__ == "__main__":
    ODSPackageCleaner().execute_shell()
