"""What is there in a demo portal, so that requests can be about it; and right requests for each operation."""

import itertools
import random
import re
import time
import uuid
from datetime import date, timedelta

import requests

PASSWORD = "Demo-Portal-2026!"
ADDRESSES = {"recruiter": "recruiter@demo.example", "decider": "decider@demo.example", "reader": "reader@demo.example"}
WORDS = {"subject": "Ihre Bewerbung", "bodyHtml": "<p>Guten Tag,</p><p>wir melden uns zu Ihrer Bewerbung.</p>"}
WORKFLOW = {
    "initialStatus": "offen",
    "statuses": [
        {"id": "offen", "group": "proposed", "name": "Vorgeschlagen", "nameForContacts": "Offen"},
        {"id": "abgesagt", "group": "rejected", "name": "Abgesagt", "nameForContacts": "Abgesagt"},
    ],
    "activities": [{"id": "absagen", "name": "Absagen", "fromStatuses": ["offen"], "targetStatus": "abgesagt"}],
}
PDF = {"fileName": "Leitfaden für Gespräche.pdf", "mediaType": "application/pdf", "size": 1993}


class Scout:
    """A second recruiter, who looks around and prepares what the caller is to act on."""

    def __init__(self, url: str, caller: str, seed: str):
        self.url, self.caller = url, caller
        self.random = random.Random(f"{seed} {caller}")
        self.session = requests.Session()
        self.number = itertools.count(1)
        self.lists: dict[str, list] = {}
        self.begin_session()
        self.jobs = [job["id"] for job in self.all("/api/jobs")]
        self.fresh = self.prepare()
        self.link = self.reset_link()

    def sign_in(self, email: str) -> tuple[str, str]:
        answer = requests.post(f"{self.url}/api/session", json={"email": email, "password": PASSWORD})
        answer.raise_for_status()
        return answer.json()["accessToken"], answer.headers["Set-Cookie"].split(";")[0]

    def begin_session(self):
        """A token counts for ten minutes, which is less than a busy machine may take."""
        token, self.refresh = self.sign_in("recruiter2@demo.example")
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.began = time.monotonic()

    def callers_token(self) -> str:
        return self.sign_in(ADDRESSES[self.caller])[0]

    def get(self, path: str, **query) -> dict:
        answer = self.session.get(f"{self.url}{path}", params=query)
        answer.raise_for_status()
        return answer.json()

    def all(self, path: str, **query) -> list[dict]:
        """Its first hundred items."""
        return self.get(path, limit=100, **query)["items"]

    def some(self, path: str) -> list[dict]:
        """The same, as it was at most some requests ago: it is asked for anew one time in ten."""
        if path not in self.lists or self.random.random() < 0.1:
            self.lists[path] = self.all(path)
        return self.lists[path]

    def one(self, items: list):
        return self.random.choice(items)

    def name(self) -> str:
        return f"scout{next(self.number):05}"

    def day(self) -> dict:
        """A time that no other appointment has."""
        number = next(self.number)
        day = date.today() + timedelta(days=1 + number // 16)
        minutes = 7 * 60 + (number % 16) * 45
        clock = lambda at: f"{day}T{at // 60:02}:{at % 60:02}"
        return {"startsAt": clock(minutes), "endsAt": clock(minutes + 30)}

    def prepare(self) -> list[str]:
        """Applications for jobs whose department the caller belongs to, and mails that come back."""
        jobs = [job for job in self.all("/api/jobs", customer="produktion") if job.get("externalId")]
        rows = []
        for number in range(240):
            name = self.name()
            rows.append(
                {
                    "externalId": name,
                    "jobExternalId": jobs[number % len(jobs)]["externalId"],
                    "status": "vorgeschlagen",
                    "salutation": "Frau",
                    "firstName": "Anna",
                    "lastName": name,
                    "email": f"bounce@{name}.example" if number < 6 else f"{name}@post.example",
                    "language": "de-AT",
                }
            )
        answer = self.session.post(f"{self.url}/api/applications", json=rows)
        answer.raise_for_status()
        fresh = [row["applicationId"] for row in answer.json()["rows"] if row.get("applicationId")]
        self.returned = []
        for application in fresh[:6]:
            found = self.activity(application, "email")
            if found:
                path = f"{self.url}/api/applications/{application}/activities/{found[0]}/email"
                headers = {"If-Match": found[1], "Idempotency-Key": self.name()}
                answer = self.session.post(path, json=WORDS, headers=headers)
                if answer.ok:
                    self.returned.append((application, answer.json()["historyEntry"]["id"]))
        return fresh[6:]

    def activity(self, application: str, channel: str):
        """An activity that can be carried out through the channel, and the application's `ETag`."""
        answer = self.session.get(f"{self.url}/api/applications/{application}")
        if not answer.ok:
            return None
        for activity in answer.json()["activities"]:
            if channel in activity["channels"]:
                return activity["id"], answer.headers["ETag"]
        return None

    def reset_link(self) -> str | None:
        address = "other@demo.example"
        requests.post(f"{self.url}/api/password-resets", json={"email": address}).raise_for_status()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            text = requests.get(f"{self.url}/inbox/messages", params={"to": address}).text
            if found := re.search(r"set-password#([A-Za-z0-9._~%-]+)", text):
                return found[1]
            time.sleep(0.1)
        return None

    def tagged(self, path: str) -> tuple[dict, str] | None:
        answer = self.session.get(f"{self.url}{path}")
        return (answer.json(), answer.headers["ETag"]) if answer.ok else None

    # Each gives what a right request has: `path`, `headers`, `query`, `body`.

    def act(self, channel: str, body: dict):
        for _ in range(4):
            if not self.fresh:
                return {}
            application = self.fresh.pop() if self.caller == "recruiter" else self.one(self.fresh)
            if found := self.activity(application, channel):
                return {
                    "path": {"applicationId": application, "activityId": found[0]},
                    "headers": {"If-Match": found[1], "Idempotency-Key": self.name()},
                    "body": body,
                }
        return {}

    def any_application(self):
        items = self.some("/api/applications")
        return {"path": {"applicationId": self.one(items)["id"]}} if items else {}

    def interview(self, body):
        for job in self.random.sample(self.jobs, len(self.jobs)):
            if self.some(f"/api/jobs/{job}/interviews") and (items := self.all(f"/api/jobs/{job}/interviews")):
                item = self.one(items)
                headers = {"If-Match": f'"{item["version"]}"', "Idempotency-Key": self.name()}
                return {"path": {"interviewId": item["id"]}, "headers": headers, "query": {}, "body": body}
        return {}

    def of(self, items: list[dict], name: str, base: str, body=None):
        """One of these, with its version."""
        if not items:
            return {}
        item = self.one(items)["id"]
        found = self.tagged(f"{base}/{item}")
        return {"path": {name: item}, "headers": {"If-Match": found[1]}, "body": body} if found else {}

    def contact(self, body=None, own=False):
        customer = self.one(self.some("/api/customers"))["id"]
        base = f"/api/customers/{customer}/contacts"
        items = [item for item in self.some(base) if not own or item["name"].startswith("scout")]
        right = self.of(items, "contactId", base, body)
        if right:
            right["path"]["customerId"] = customer
        return right

    def right(self, operation: str) -> dict:
        """What a right request of the operation has, as far as there is one now."""
        if time.monotonic() - self.began > 300:
            self.begin_session()
        method, path = operation.split(" ", 1)
        document = lambda body=None: self.of(self.some("/api/documents"), "documentId", "/api/documents", body)
        workflows = lambda: [item["id"] for item in self.some("/api/workflows")]
        templates = lambda: [item["id"] for item in self.some("/api/mail-templates")]
        own = lambda items: [{"id": item} for item in items if item.startswith("scout")]
        if path.endswith("/email"):
            return self.act("email", WORDS)
        if path.endswith("/phone-call"):
            return self.act("phone", {"note": "War freundlich.", "outcome": "reached"})
        if path.endswith("/status-change"):
            return self.act("statusOnly", {})
        if path.endswith("/interview"):
            interview = {**self.day(), "timeZone": "Europe/Vienna", "location": "Linz"}
            return self.act("interview", {"interview": interview, "invitation": WORDS})
        if path.endswith("/email-draft"):
            return self.act("email", {})
        if path.endswith("/resend"):
            if not self.returned:
                return {}
            application, entry = self.one(self.returned)
            return {"path": {"applicationId": application, "entryId": str(entry)}, "body": {}}
        match operation:
            case "POST /api/applications":
                row = {"externalId": self.name(), "jobExternalId": "R-2026-101", "lastName": "Huber"}
                return {"body": [row], "media_type": "application/json"}
            case "PATCH /api/interviews/{interviewId}":
                return self.interview(self.day())
            case "DELETE /api/interviews/{interviewId}":
                return self.interview(None)
            case "POST /api/customers":
                return {"body": {"name": self.name(), "languages": ["de-AT"], "locations": ["Linz"]}}
            case "PATCH /api/customers/{customerId}":
                customers = [item for item in self.some("/api/customers") if item["name"].startswith("scout")]
                return self.of(customers, "customerId", "/api/customers", {"name": self.name()})
            case "POST /api/customers/{customerId}/contacts":
                name = self.name()
                contact = {"name": name, "email": f"{name}@demo.example", "contactRole": "reader", "language": "en"}
                return {"path": {"customerId": self.one(self.some("/api/customers"))["id"]}, "body": contact}
            case "PATCH /api/customers/{customerId}/contacts/{contactId}":
                return self.contact({"language": "de-AT"}, own=True)
            case "POST /api/customers/{customerId}/contacts/{contactId}/invitation":
                return self.contact(own=True)
            case "POST /api/documents":
                return {"body": {"name": self.name(), **PDF}}
            case "PATCH /api/documents/{documentId}":
                return document({"name": self.name()})
            case "DELETE /api/documents/{documentId}":
                items = [item for item in self.some("/api/documents") if item["name"].startswith("scout")]
                return self.of(items, "documentId", "/api/documents")
            case "POST /api/documents/{documentId}/uploads":
                return document(PDF)
            case "POST /api/jobs":
                job = {"customerId": "produktion", "workflowId": "fachkraefte", "title": "Leitung", "contactIds": []}
                return {"body": {"externalId": self.name(), **job}}
            case "PATCH /api/jobs/{jobId}":
                return self.of([{"id": job} for job in self.jobs], "jobId", "/api/jobs", {"location": "Linz"})
            case "PUT /api/mail-templates/{mailTemplateId}":
                if not (known := self.tagged(f"/api/mail-templates/{self.one(templates())}")):
                    return {}
                found, tag = known
                if self.random.random() < 0.5:
                    found["id"], found["activityIds"], tag = self.name(), [], None
                    found["name"] = found["id"]
                body = {name: value for name, value in found.items() if name not in ("id", "version")}
                headers = {"If-Match": tag} if tag else {}
                return {"path": {"mailTemplateId": found["id"]}, "headers": headers, "body": body}
            case "DELETE /api/mail-templates/{mailTemplateId}":
                return self.of(own(templates()), "mailTemplateId", "/api/mail-templates")
            case "POST /api/mail-templates/{mailTemplateId}/preview":
                return {"path": {"mailTemplateId": self.one(templates())}, "body": {}}
            case "PUT /api/workflows/{workflowId}" | "POST /api/workflows/{workflowId}/diff":
                if not (known := self.tagged(f"/api/workflows/{self.one(workflows())}")):
                    return {}
                found, tag = known
                if method == "PUT" and self.random.random() < 0.5:
                    found["id"], tag = self.name(), None
                    found["workflow"] = {**WORKFLOW, "name": found["id"]}
                headers = {"If-Match": tag} if tag else {}
                return {"path": {"workflowId": found["id"]}, "headers": headers, "body": found["workflow"]}
            case "DELETE /api/workflows/{workflowId}":
                name = self.name()
                self.session.put(f"{self.url}/api/workflows/{name}", json={**WORKFLOW, "name": name}).raise_for_status()
                return self.of([{"id": name}], "workflowId", "/api/workflows")
            case "GET /api/workflows/{workflowId}/as-contact":
                contact = self.contact()
                known = self.tagged(f"/api/workflows/{self.one(workflows())}")
                if not contact or not known:
                    return {}
                workflow, _ = known
                query = {"contact": contact["path"]["contactId"], "status": workflow["workflow"]["initialStatus"]}
                return {"path": {"workflowId": workflow["id"]}, "query": query}
            case "PATCH /api/me":
                return {"body": {"language": "de-AT"}}
            case "PUT /api/me/password":
                return {"body": {"currentPassword": PASSWORD, "newPassword": PASSWORD}}
            case "POST /api/password-resets":
                return {"body": {"email": "nobody@demo.example"}}
            case "PUT /api/password-resets/{token}":
                return {"path": {"token": self.link}, "body": {"newPassword": f"{uuid.uuid4()}"}}
            case "POST /api/session":
                return {"body": {"email": "sladjana.petrovic@traunfels.example", "password": PASSWORD}}
            case "POST /api/session/refresh":
                return {"headers": {"Cookie": self.refresh}}
        if "{contactId}" in path:
            return self.contact()
        if "{applicationId}" in path:
            return self.any_application()
        for name, items in [("documentId", "/api/documents"), ("workflowId", "/api/workflows")]:
            if f"{{{name}}}" in path:
                return {"path": {name: self.one(self.some(items))["id"]}}
        for name, items in [("customerId", "/api/customers"), ("mailTemplateId", "/api/mail-templates")]:
            if f"{{{name}}}" in path:
                return {"path": {name: self.one(self.some(items))["id"]}}
        if "{jobId}" in path:
            return {"path": {"jobId": self.one(self.jobs)}}
        return {"query": {}}
