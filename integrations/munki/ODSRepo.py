"""Repo plugin for the command line tools of Munki 4 to 6 (munkiimport, manifestutil, makecatalogs, iconimporter): the Munki repository
that every Open Distribution Server has.

Copy this file to /usr/local/munki/munkilib/munkirepo/, set `repo_url` to https://ods.example.com and `plugin` to ODSRepo
(munkiimport --configure), and MUNKIREPO_AUTHTOKEN to a token of the console (Account, Tokens, role publisher). It needs Python 3.7 or newer
and nothing else.
"""
import base64
import hashlib
import http.client
import json
import os
import re
import ssl
import subprocess
import tempfile
from urllib.parse import quote, urlencode, urlsplit

from munkilib.munkirepo import Repo, RepoError

__all__ = ["ODSRepo"]

KINDS = ("catalogs", "manifests", "pkgsinfo", "pkgs", "icons", "client_resources")
SECURITY = "/usr/bin/security"
KEYCHAIN_SERVICE = "Open Distribution Server"
SHARE = "pkgs/share/"
API = "api/admin/"
CHUNK = 1024 * 1024
PAGE = 500
# A server that stores a package of many GiB syncs it to its disk before it answers.
TIMEOUT = 600
LINE_FAULTS = (OSError, http.client.HTTPException)


def is_made_by_servers(identifier):
    """Each server makes these of the files that it has: what tools write here is thanked for and dropped."""
    return identifier.startswith("catalogs/") or identifier == "icons/_icon_hashes.plist"


class ODSRepo(Repo):
    """The repository of one server, which sends every change on to all others."""

    def __init__(self, baseurl):
        self.url = (baseurl or "").rstrip("/")
        try:
            self.parts = urlsplit(self.url)
            is_usable = self.parts.scheme in ("https", "http") and self.parts.hostname and (self.parts.port or 1) > 0
        except ValueError:
            is_usable = False
        if not is_usable or self.parts.username is not None or self.parts.query:
            raise RepoError("Set repo_url to the address of the server, such as https://ods.example.com.")
        self.token = self._token()

    def itemlist(self, kind):
        """The paths of all files of a kind, without the kind."""
        if kind not in KINDS:
            raise RepoError(f"A Munki repository has no {kind}: use one of {', '.join(KINDS)}.")
        if kind == "catalogs":
            return sorted(each["name"] for each in self._list(self._json("munki/catalogs"), "catalogs"))
        names = [each["path"][len(kind) + 1 :] for each in self._pages("munki/files", {"kind": kind})]
        if kind == "pkgs":
            names += ["share/" + each["filename"] for each in self._pages("packages", {"status": "Public"})]
        return sorted(names)

    def get(self, resource_identifier):
        """The content of a file, as bytes."""
        parts = []
        self._read(resource_identifier, parts.append)
        return b"".join(parts)

    def get_to_local_file(self, resource_identifier, local_file_path):
        """Writes the content of a file to a local one, which is replaced when all of it has come."""
        try:
            descriptor, draft = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(local_file_path)))
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    self._read(resource_identifier, stream.write)
                os.replace(draft, local_file_path)
            except BaseException:
                os.unlink(draft)
                raise
        except OSError as error:
            raise RepoError(f"{local_file_path}: {error}") from None

    def put(self, resource_identifier, content):
        """Stores bytes as a file, in place of what is there."""
        content = content.encode("utf-8") if isinstance(content, str) else content
        self._write(resource_identifier, iter((content,)), len(content))

    def put_from_local_file(self, resource_identifier, local_file_path):
        """Stores a local file."""
        try:
            with open(local_file_path, "rb") as stream:
                self._write(resource_identifier, iter(lambda: stream.read(CHUNK), b""), os.fstat(stream.fileno()).st_size)
        except OSError as error:
            raise RepoError(f"{local_file_path}: {error}") from None

    def delete(self, resource_identifier):
        """Deletes a file, at every server."""
        if is_made_by_servers(resource_identifier):
            return
        self._refuse_share(resource_identifier)
        with self._opened("DELETE", self._path(resource_identifier)) as response:
            self._require(response, 204)

    def _read(self, identifier, take):
        """Hands the content on and checks it against the SHA-256 that the server names in the entity tag."""
        with self._opened("GET", self._path(identifier)) as response:
            self._require(response, 200)
            digest = hashlib.sha256()
            for piece in iter(lambda: response.read(CHUNK), b""):
                digest.update(piece)
                take(piece)
            if response.length:
                raise RepoError(f"{identifier} broke off with {response.length} bytes to go. Try again.")
            tag = re.fullmatch(r'"sha256-([\w-]{43})"', response.headers.get("ETag") or "")
            if tag and base64.urlsafe_b64decode(tag.group(1) + "=") != digest.digest():
                raise RepoError(f"{identifier} came from {self.url} with other bytes than it says. Try again.")

    def _write(self, identifier, pieces, size):
        if is_made_by_servers(identifier):
            return
        self._refuse_share(identifier)
        digest = hashlib.sha256()

        def checked():
            left = size
            for piece in pieces:
                left -= len(piece)
                if left < 0:
                    break
                digest.update(piece)
                yield piece
            if left != 0:
                raise RepoError(f"{identifier} changed while it was sent, and was not stored. Send it again.")

        heads = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        with self._opened("PUT", self._path(identifier), checked(), heads) as response:
            self._require(response, 200, 201)
            stored = self._described(response)
        if stored.get("sha256") != digest.hexdigest():
            raise RepoError(f"{identifier} is stored at {self.url} with other bytes than were sent. Send it again.")

    @staticmethod
    def _refuse_share(identifier):
        if identifier.startswith(SHARE):
            raise RepoError(f"{identifier} is a package of the share: upload or delete it there (ods upload, ods delete, or the console).")

    @staticmethod
    def _path(identifier):
        kind, _, name = identifier.partition("/")
        if identifier.startswith(SHARE):
            return f"share/{quote(identifier[len(SHARE):], safe='')}"
        if kind == "catalogs":
            return f"{API}munki/catalogs/{quote(name, safe='')}"
        return f"{API}munki/files/{quote(identifier, safe='')}"

    def _json(self, path):
        with self._opened("GET", API + path) as response:
            self._require(response, 200)
            return self._described(response)

    def _pages(self, path, query):
        cursor = None
        while True:
            page = self._json(f"{path}?{urlencode({**query, 'limit': PAGE, **({'cursor': cursor} if cursor else {})})}")
            yield from self._list(page, "items")
            cursor = page.get("next")
            if not cursor:
                return

    def _token(self):
        """As other plugins have it in MUNKIREPO_AUTHTOKEN: alone, after `Bearer`, or as the password after `Basic`; or from the keychain."""
        token = os.environ.get("MUNKIREPO_AUTHTOKEN") or os.environ.get("ODS_TOKEN") or self._keychain_token()
        scheme, _, rest = token.strip().partition(" ")
        if scheme.lower() == "basic":
            try:
                rest = base64.b64decode(rest).decode("utf-8").partition(":")[2]
            except ValueError:
                rest = ""
        token = rest.strip() if rest or scheme.lower() in ("basic", "bearer") else scheme
        if not re.fullmatch(r"[\w.~+/=-]{8,2048}", token, re.ASCII):
            raise RepoError("Set MUNKIREPO_AUTHTOKEN to a token of the console (Account, Tokens, role publisher).")
        return token

    def _keychain_token(self):
        if not os.access(SECURITY, os.X_OK):
            return ""
        words = [SECURITY, "find-generic-password", "-s", KEYCHAIN_SERVICE, "-a", self.parts.hostname, "-w"]
        found = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return found.stdout.decode("utf-8", "replace").strip() if found.returncode == 0 else ""

    def _opened(self, method, path, body=None, headers=None):
        return Exchange(self, method, path, body, headers or {})

    def _require(self, response, *expected):
        """Raises RepoError with the server's sentence for another status."""
        if response.status not in expected:
            raise RepoError(f"{self.url} answered {sentence(response)}")

    def _described(self, response):
        """The object in an answer."""
        try:
            found = json.loads(response.read())
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self._stranger()
        return found

    def _list(self, answer, key):
        if not isinstance(answer.get(key), list):
            raise self._stranger()
        return answer[key]

    def _stranger(self):
        return RepoError(f"What answers at {self.url} is no Open Distribution Server.")


class Exchange:
    """One request, on a connection of its own. Faults of the line become RepoError."""

    def __init__(self, repo, method, path, body, headers):
        self.repo, self.request = repo, (method, f"{repo.parts.path}/{path}", body)
        self.headers = {"Authorization": f"Bearer {repo.token}", "Accept": "application/json, */*;q=0.5", **headers}
        self.connection = None

    def __enter__(self):
        parts = self.repo.parts
        try:
            if parts.scheme == "http":
                self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
            else:
                context = ssl.create_default_context(cafile=os.environ.get("ODS_CA_FILE") or None)
                self.connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT, context=context)
            try:
                self.connection.request(*self.request, headers=self.headers)
            except (BrokenPipeError, ConnectionResetError):
                pass  # a refusal may come before all is sent and ends the connection: the answer counts, when there is one
            return self.connection.getresponse()
        except BaseException as error:
            self.close()
            if isinstance(error, LINE_FAULTS):
                raise self.fault(error) from None
            raise

    def __exit__(self, _kind, error, _trace):
        self.close()
        if isinstance(error, LINE_FAULTS):
            raise self.fault(error) from None

    def close(self):
        if self.connection:
            self.connection.close()

    def fault(self, error):
        method = self.request[0]
        doubt = "Try again." if method == "GET" else f"Whether the {method} was done is not known: try again."
        return RepoError(f"{self.repo.url}: {type(error).__name__}: {error}. {doubt}")


def sentence(response):
    """Why a server refused, from its problem document (RFC 9457)."""
    try:
        detail = json.loads(response.read(CHUNK)).get("detail")
    except (ValueError, AttributeError):
        detail = None
    moved = response.headers.get("Location") if 300 <= response.status <= 399 else None
    if moved:
        detail = f"it is at {moved} now. Set repo_url to that server; redirects are not followed, so that the token stays here"
    return f"status {response.status}: {detail or 'no explanation. Is repo_url the address of an Open Distribution Server?'}"
