#!/usr/local/autopkg/python
"""Uploads a package to an Open Distribution Server, once: the same content is never sent again."""
import base64
import hashlib
import http.client
import json
import os
import re
import ssl
import stat
import time
import unicodedata
import zipfile
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode, urlsplit

from autopkglib import Processor, ProcessorError

__all__ = ["ODSPackageUploader"]

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
BLOCK = 1024 * 1024
RESUMED_FROM = 64 * 1024 * 1024
SMALLEST_REQUEST = 64 * 1024


class ODSPackageUploader(Processor):
    description = __doc__
    input_variables = {
        "ODS_URL": {"required": False, "description": "https://ods.example.com; also from the environment of the process."},
        "ODS_TOKEN_FILE": {"required": False, "description": "A file with the token, when the environment has no ODS_TOKEN."},
        "ODS_CA_FILE": {"required": False, "description": "PEM file of a private certificate authority."},
        "pkg_path": {"required": False, "description": "The file, or a bundle, which is zipped. Defaults to pathname."},
        "pkg_name": {"required": False, "description": "Name in ODS. Defaults to that of the file."},
        "ods_stage": {"required": False, "default": "Dev", "description": "Dev, Test or Prod, of a new package; others keep theirs."},
        "ods_notes": {"required": False, "description": "Notes of a new package."},
        "replace_pkg": {"required": False, "default": "False", "description": "Replace another content of that name, everywhere."},
        "max_tries": {"required": False, "default": "5", "description": "Attempts, 1 to 10, when the line or the server fails."},
        "ods_wait_for": {"required": False, "default": "none", "description": "none, here or all: where it must be served."},
        "ods_wait_seconds": {"required": False, "default": "600", "description": "How long ods_wait_for waits before it fails."},
    }
    output_variables = {
        "ods_pkg_uploaded": {"description": "True when something new was stored."},
        "ods_pkg_status": {"description": "Public, Withdrawn and so on, at the server of ODS_URL."},
        "ods_pkg_url": {"description": "Where managed computers download it."},
        "ods_sha256": {"description": "SHA-256 of the content."},
        "ods_missing_at": {"description": "Servers that it belongs on and that do not have it, when ods_wait_for is all."},
        "pkg_name": {"description": "Name in ODS, for the processors after this one."},
        "ods_package_uploader_summary_result": {"description": "A row of the report, when something new was stored."},
    }

    def main(self):
        for name in ("ods_package_uploader_summary_result", "ods_missing_at"):
            self.env.pop(name, None)
        self.server = Server(self.env, self.output)
        wait_for = setting(self.env, "ods_wait_for", "none").lower()
        if wait_for not in ("none", "here", "all"):
            raise ProcessorError(f"ods_wait_for must be none, here or all, not {wait_for!r}.")
        seconds = whole(self.env, "ods_wait_seconds", "600", 0, 86400)
        try:
            path = self.file_to_send()
            sha256 = self.sha256(path)
        except OSError as error:
            raise ProcessorError(f"The package cannot be read: {error}") from error
        name = unicodedata.normalize("NFC", setting(self.env, "pkg_name", os.path.basename(path)))
        package, is_new = self.store(path, name, sha256)
        self.report(package, name, is_new)
        if package["status"] == "Withdrawn":
            self.output(f"WARNING: the server of ODS_URL does not serve {package['stage']} packages, so {name} is not served there.")
        if wait_for == "none":
            return
        missing, reason = self.server.wait_until_served(name, package["sha256"], wait_for, seconds)
        self.env["ods_missing_at"] = missing
        if missing:
            raise ProcessorError(f"{name} is in ODS, but after {seconds} s not where it must be ({', '.join(missing)}): {reason}")

    def file_to_send(self):
        path = setting(self.env, "pkg_path") or setting(self.env, "pathname")
        path = path.rstrip("/") or path
        if os.path.isdir(path) and not os.path.islink(path):
            return self.zipped(path)
        if not os.path.isfile(path):
            raise ProcessorError(f"There is no file to upload at {path!r}. Set pkg_path.")
        return path

    def zipped(self, bundle):
        """The bundle as one file with the same bytes on every machine: in order, without times, not compressed, links as links."""
        top = os.path.basename(bundle)
        target = os.path.join(setting(self.env, "RECIPE_CACHE_DIR", os.path.dirname(os.path.abspath(bundle))), f"{top}.zip")
        with zipfile.ZipFile(f"{target}.partial", "w", zipfile.ZIP_STORED) as archive:
            for folder, folders, files in os.walk(bundle, onerror=self.fail_reading):
                folders.sort()
                for each in sorted(files + folders):
                    path = os.path.join(folder, each)
                    self.add(archive, path, os.path.join(top, os.path.relpath(path, bundle)))
        os.replace(f"{target}.partial", target)
        return target

    @staticmethod
    def fail_reading(error):
        raise error

    @staticmethod
    def add(archive, path, name):
        found = os.lstat(path)
        entry = zipfile.ZipInfo(unicodedata.normalize("NFC", name))
        entry.create_system = 3
        if stat.S_ISLNK(found.st_mode):
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, os.readlink(path))
        elif stat.S_ISDIR(found.st_mode):
            entry.filename += "/"
            entry.external_attr = (stat.S_IFDIR | 0o755) << 16
            archive.writestr(entry, b"")
        elif stat.S_ISREG(found.st_mode):
            entry.external_attr = (stat.S_IFREG | (0o755 if found.st_mode & 0o100 else 0o644)) << 16
            with open(path, "rb") as source, archive.open(entry, "w", force_zip64=True) as copy:
                while block := source.read(BLOCK):
                    copy.write(block)
        else:
            raise ProcessorError(f"{path} is neither a file nor a link: the bundle cannot be zipped.")

    @staticmethod
    def sha256(path):
        digest = hashlib.sha256()
        with open(path, "rb", buffering=0) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def store(self, path, name, sha256):
        """Answers the package and whether this run stored it. Raises ProcessorError when the name has another content."""
        there, replace = self.server.package(name), switch(self.env, "replace_pkg")
        if there and there["sha256"] == sha256:
            self.output(f"{name} is in ODS with this content; nothing is sent.")
            return there, False
        if there and not replace:
            raise ProcessorError(
                f"{name} is in ODS with another content (SHA-256 {there['sha256']}, here {sha256}). "
                "Give the package a name with its version, or set replace_pkg to True."
            )
        fields = {"sha256": sha256, "replace": "true" if replace else "false"}
        fields["stage"] = there["stage"] if there else self.stage()
        if setting(self.env, "ods_notes") and not there:
            fields["notes"] = setting(self.env, "ods_notes")
        size = os.path.getsize(path)
        package = self.put(path, name, fields, size) if size < RESUMED_FROM else None
        package = package or self.send_resumably(path, name, fields, size)
        if package["sha256"] != sha256:
            raise ProcessorError(f"{name} was changed in ODS in the meantime: it has SHA-256 {package['sha256']}, sent was {sha256}.")
        return package, True

    def stage(self):
        word = setting(self.env, "ods_stage", "Dev").capitalize()
        if word not in STAGES:
            raise ProcessorError(f"ods_stage must be one of {', '.join(STAGES)}, not {word!r}.")
        return word

    @staticmethod
    def blocks(path, start, length):
        try:
            with open(path, "rb") as stream:
                stream.seek(start)
                while length > 0 and (block := stream.read(min(BLOCK, length))):
                    length -= len(block)
                    yield block
        except OSError as error:
            raise ProcessorError(f"{path} cannot be read: {error}") from error

    def put(self, path, name, fields, size):
        """One request; None when a proxy on the way takes no request of that length."""
        target = f"packages/{quote(name, safe='')}/content?{urlencode(fields)}"
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        for attempt in range(1, self.server.tries + 1):
            answer = reason = None
            try:
                answer = self.server.exchange("PUT", target, self.blocks(path, 0, size), headers, timeout=300)
            except LINE_FAULTS as error:
                reason = f"{type(error).__name__}: {error}"
            if answer and answer.status in (200, 201):
                return self.server.described(answer)
            if answer and answer.status == 413 and not answer.is_of_ods:
                return None
            self.server.pause(attempt, answer, reason)

    def send_resumably(self, path, name, fields, size):
        """By tus 1.0 (tus.io): after a fault it continues from what the server has. Requests that a proxy finds too long are halved."""
        location, safe, failed, most = None, 0, 0, size
        while True:
            location = location or self.begin(name, fields, size)
            found = self.server.call("HEAD", location, (200, 204, 404, 410), headers={"Tus-Resumable": "1.0.0"})
            if found.status in (404, 410):  # it expired, or was done and the answer was lost
                there = self.server.package(name)
                if there and there["sha256"] == fields["sha256"]:
                    return there
                location, failed = None, failed + 1
                self.server.pause(failed, None, "the server does not know the upload any more")
                continue
            offset = int(found.headers["Upload-Offset"])
            failed = 0 if offset > safe else failed
            safe, length = offset, min(most, size - offset)
            answer = reason = None
            try:
                answer = self.patch(path, location, offset, length)
            except LINE_FAULTS as error:
                reason = f"{type(error).__name__}: {error}"
            if answer and answer.status == 204:
                if offset + length == size:
                    return self.server.described(self.server.call("GET", f"packages/{answer.headers['ODS-Package-Id']}?by=id"))
                continue
            if answer and answer.status == 413 and not answer.is_of_ods and length > SMALLEST_REQUEST:
                most = max(SMALLEST_REQUEST, length // 2)
                continue
            if answer and answer.status in (409, 423):  # the request before it is not ended there yet
                answer, reason = None, answer.sentence
            failed += 1
            self.server.pause(failed, answer, reason)

    def begin(self, name, fields, size):
        pairs = {"filename": name, **fields}.items()
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs)
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata, "Content-Length": "0"}
        answer = self.server.call("POST", "upload/resumable", (201,), headers=headers)
        return f"upload/resumable/{(answer.headers['Location'] or '').rsplit('/', 1)[-1]}"

    def patch(self, path, location, offset, length):
        headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Length": str(length)}
        headers["Content-Type"] = "application/offset+octet-stream"
        return self.server.exchange("PATCH", location, self.blocks(path, offset, length), headers, timeout=300)

    def report(self, package, name, is_new):
        self.env["pkg_name"], self.env["ods_pkg_uploaded"] = name, is_new
        self.env["ods_pkg_status"], self.env["ods_sha256"] = package["status"], package["sha256"]
        self.env["ods_pkg_url"] = f"{self.server.url}/share/{quote(name, safe='')}"
        if is_new:
            row = {"name": name, "version": str(self.env.get("version") or ""), "stage": package["stage"], "status": package["status"]}
            self.env["ods_package_uploader_summary_result"] = {
                "summary_text": "The following packages were uploaded to ODS:",
                "report_fields": ["name", "version", "stage", "status", "size", "sha256"],
                "data": {**row, "size": package["file_size_hr"], "sha256": package["sha256"]},
            }


if __name__ == "__main__":
    ODSPackageUploader().execute_shell()
