"""The main story over HTTP, from the first recruiter to a rejection that everybody can follow."""

from datetime import date, timedelta
from types import SimpleNamespace

import requests

from portal import Portal

PASSWORD = "Hafenstraße-und-12-Möwen"
WORKFLOW = {
    "name": "Vertrieb",
    "initialStatus": "vorgeschlagen",
    "statuses": [
        {"id": "vorgeschlagen", "group": "proposed", "name": "Vorgeschlagen", "nameForContacts": "Offen"},
        {"id": "gespraech", "group": "external", "name": "Gespräch vereinbart", "nameForContacts": "Gespräch"},
        {"id": "abgesagt", "group": "rejected", "name": "Absage durch Fachbereich", "nameForContacts": "Abgesagt"},
    ],
    "activities": [
        {
            "id": "absagen", "name": "Absagen", "fromStatuses": ["vorgeschlagen", "gespraech"],
            "targetStatus": "abgesagt", "release": {"decider": ["email", "phone", "statusOnly"]},
        },
        {
            "id": "einladen", "kind": "interview", "name": "Gespräch vereinbaren", "fromStatuses": ["vorgeschlagen"],
            "targetStatus": "gespraech", "release": {"decider": ["interview"]},
        },
    ],
}  # fmt: skip
PDF = b"%PDF-1.7\nInterviewleitfaden\n%%EOF\n"


def tell(deployment):
    portal = Portal(deployment)
    recruiter = the_first_recruiter_is_invited(deployment, portal)
    company = a_department_is_prepared(portal, recruiter)
    the_contact_rejects_by_email(deployment, company)
    an_event_of_ses_settles_the_mail(deployment, company)
    an_interview_is_arranged(deployment, company)
    the_sweep_finds_nothing_left(deployment)
    a_document_reaches_the_contact(company)
    the_recruiter_reads_what_was_done(company)
    sessions_end(portal, company)
    return company


def the_first_recruiter_is_invited(deployment, portal):
    email = "renate.haas@traunfels.example"
    event = {"email": email, "name": "Renate Haas", "language": "de-AT"}
    invited = deployment.invoke("invite-recruiter", event)
    assert invited["invitation"]["state"] == "accepted", invited
    recruiter = portal.accept_invitation(email, PASSWORD)
    me = recruiter.get("/api/me")
    assert (me["email"], me["name"], me["role"]) == (email, "Renate Haas", "recruiter"), me
    return recruiter


def a_department_is_prepared(portal, recruiter):
    department = {"name": "Vertrieb", "locations": ["Linz, Hafenstraße 12"], "languages": ["de-AT"]}
    customer = recruiter.request("POST", "/api/customers", department, 201).json()["id"]
    recruiter.request("PUT", "/api/workflows/vertrieb", WORKFLOW, 201)
    for activity, subject in (("absagen", "Ihre Bewerbung als $Job.Title$"), ("einladen", "Einladung: $Job.Title$")):
        template = {
            "name": f"{activity} Vertrieb", "language": "de-AT", "activityIds": [f"vertrieb.{activity}"],
            "releasedToPortal": True, "subject": subject,
            "bodyHtml": "<p>$Applicant.LetterSalutation$,</p><p>danke für Ihre Bewerbung.</p>",
        }  # fmt: skip
        recruiter.request("PUT", f"/api/mail-templates/{activity}vertrieb", template, 201)
    email = "j.oellinger@traunfels.example"
    contact = {"name": "Jürgen Öllinger", "email": email, "contactRole": "decider", "language": "de-AT"}
    contact = recruiter.request("POST", f"/api/customers/{customer}/contacts", contact, 201).json()["id"]
    job = {
        "externalId": "R-2026-201", "customerId": customer, "workflowId": "vertrieb",
        "title": "Key Account Management (m/w/d)", "contactIds": [contact],
    }  # fmt: skip
    job = recruiter.request("POST", "/api/jobs", job, 201).json()["id"]
    rows = [
        {
            "externalId": f"A-{number}", "jobExternalId": "R-2026-201", "salutation": "Frau", "firstName": first,
            "lastName": last, "email": f"applicant{number}@post.example", "language": "de-AT",
        }
        for number, first, last in ((1, "Anna", "Müßig-Größ"), (2, "Zoë", "Çelik"), (3, "Ida", "Łukasz"))
    ]  # fmt: skip
    imported = recruiter.request("POST", "/api/applications", rows).json()
    assert (imported["created"], imported["failed"]) == (3, 0), imported
    applications = [row["applicationId"] for row in imported["rows"]]
    decider = portal.accept_invitation(email, PASSWORD)
    waiting = decider.get(f"/api/applications?job={job}&statusGroup=proposed")["items"]
    assert {each["id"] for each in waiting} == set(applications), waiting
    return SimpleNamespace(
        customer=customer, job=job, recruiter=recruiter, decider=decider,
        rejected=applications[0], invited=applications[1], untouched=applications[2],
    )  # fmt: skip


def the_contact_rejects_by_email(deployment, company):
    path = f"/api/applications/{company.rejected}/activities/vertrieb.absagen/email-draft"
    draft = company.decider.request("POST", path, {"templateId": "absagenvertrieb"}).json()
    assert draft["to"] == "applicant1@post.example", draft
    assert draft["subject"] == "Ihre Bewerbung als Key Account Management (m/w/d)", draft
    body = {"subject": draft["subject"], "bodyHtml": draft["bodyHtml"]}
    acted = company.decider.act(company.rejected, "email", body, "rejection-by-email")
    assert acted["application"]["status"] == "abgesagt", acted
    assert acted["delivery"]["state"] == "accepted", acted
    assert acted["historyEntry"]["actor"]["name"] == "Jürgen Öllinger", acted
    (mail,) = deployment.mails_to("applicant1@post.example")
    assert mail["Subject"] == draft["subject"], mail
    assert mail["BodyText"].startswith("Sehr geehrte Frau Müßig-Größ,"), mail
    company.entry = acted["historyEntry"]
    company.message_id = mail["MessageId"]


def an_event_of_ses_settles_the_mail(deployment, company):
    tag = f"{company.rejected}_{company.entry['id']}_1"
    mail = {"messageId": company.message_id, "tags": {"mail": [tag], "attempt": ["1"]}}
    event = {"source": "aws.ses", "detail": {"eventType": "Delivery", "mail": mail}}
    assert deployment.invoke("handle-mail-events", event) == "written"
    entry = company.decider.get(f"/api/applications/{company.rejected}/history")["items"][0]
    assert entry["delivery"][0]["state"] == "delivered", entry


def an_interview_is_arranged(deployment, company):
    day = date.today() + timedelta(days=7)
    interview = {
        "startsAt": f"{day}T10:00", "endsAt": f"{day}T11:00", "timeZone": "Europe/Vienna",
        "location": "Linz, Hafenstraße 12",
    }  # fmt: skip
    invitation = {"subject": "Einladung zum Gespräch", "bodyHtml": "<p>Wir freuen uns auf Sie.</p>"}
    body = {"interview": interview, "invitation": invitation}
    acted = company.decider.act(company.invited, "interview", body, "a-new-interview")
    assert acted["application"]["status"] == "gespraech", acted
    (interview,) = company.decider.get(f"/api/jobs/{company.job}/interviews")["items"]
    assert interview["location"] == "Linz, Hafenstraße 12", interview
    (mail,) = deployment.mails_to("applicant2@post.example")
    assert mail["Subject"] == "Einladung zum Gespräch", mail
    assert any("Gespräch" in each["Subject"] for each in deployment.mails_to("j.oellinger@traunfels.example"))

    # Moved, and with the rejection by phone called off again: three mails, one for each change.
    identifier = acted["application"]["interviews"][0]["interviewId"]
    later = {"startsAt": f"{day}T14:00", "endsAt": f"{day}T15:00"}
    headers = {"if-match": '"1"', "idempotency-key": "to-the-afternoon"}
    company.decider.request("PATCH", f"/api/interviews/{identifier}", later, 200, headers)
    assert len(deployment.mails_to("applicant2@post.example")) == 2
    call = {"outcome": "reached", "note": "Bleibt an uns interessiert."}
    acted = company.decider.act(company.invited, "phone", call, "rejection-by-phone")
    assert acted["application"]["status"] == "abgesagt", acted
    assert len(deployment.mails_to("applicant2@post.example")) == 3
    assert company.decider.get(f"/api/jobs/{company.job}/interviews")["items"] == []


def the_sweep_finds_nothing_left(deployment):
    swept = deployment.invoke("sweep", {})
    assert all(count == 0 for count in swept.values()), swept


def a_document_reaches_the_contact(company):
    announced = {
        "name": "Interviewleitfaden", "fileName": "Leitfaden für Führungskräfte.pdf",
        "mediaType": "application/pdf", "size": len(PDF),
    }  # fmt: skip
    announced = company.recruiter.request("POST", "/api/documents", announced, 201).json()
    upload, document = announced["upload"], f"/api/documents/{announced['document']['id']}"
    trusted = company.decider.portal.http.verify
    assert send(upload, PDF + b"more", trusted) == 403
    assert send(upload, PDF, trusted) == 200
    complete = {"uploadId": upload["uploadId"]}
    completed = company.recruiter.request("PATCH", document, complete, 200, {"if-match": '"1"'}).json()
    assert completed["current"]["size"] == len(PDF), completed
    (listed,) = company.decider.get("/api/documents")["items"]
    assert listed["fileName"] == "Leitfaden für Führungskräfte.pdf", listed
    download = company.decider.get(f"{document}/download")
    file = requests.get(download["url"], verify=trusted, timeout=30)
    assert (file.status_code, file.content) == (200, PDF), file.text
    assert "Leitfaden%20f%C3%BCr%20F%C3%BChrungskr%C3%A4fte.pdf" in file.headers["content-disposition"]
    longer = download["url"].replace("X-Amz-Expires=", "X-Amz-Expires=9")
    forged = requests.get(longer, verify=trusted, timeout=30)
    assert forged.status_code == 403, forged.text


def send(upload, content, trusted):
    headers = {name: value for name, value in upload["headers"].items() if name != "content-length"}
    answer = requests.request(
        upload["method"], upload["url"], data=content, headers=headers, verify=trusted, timeout=30
    )
    return answer.status_code


def the_recruiter_reads_what_was_done(company):
    entries = company.recruiter.get(f"/api/applications/{company.rejected}/history")["items"]
    assert [entry["channel"] for entry in entries] == ["email", "import"], entries
    assert entries[0]["email"]["subject"] == "Ihre Bewerbung als Key Account Management (m/w/d)", entries
    feed = company.recruiter.get(f"/api/history?customer={company.customer}&channel=phone")["items"]
    assert [each["actor"]["name"] for each in feed] == ["Jürgen Öllinger"], feed
    # A contact may not read it.
    company.decider.request("GET", "/api/history", status=403)


def sessions_end(portal, company):
    renewed = portal.request("POST", "/api/session/refresh", headers={"cookie": company.decider.cookie})
    cookie = renewed.headers["set-cookie"].split(";")[0]
    assert cookie != company.decider.cookie
    portal.http.cookies.clear()
    portal.request("DELETE", "/api/session", status=204, headers={"cookie": cookie})
    portal.http.cookies.clear()
    portal.request("POST", "/api/session/refresh", status=401, headers={"cookie": cookie})
